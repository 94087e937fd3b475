//! Our own CPU kernels: products of packed and of float weights, attention over pages, norms, rotations.
//!
//! One rule holds for all of them: the number that they compute for a row depends on that row (and
//! on the keys that it sees) alone. Every row goes through the same operations in the same order
//! however many rows come with it and whichever thread takes it, so that a sequence computed alone
//! equals the same sequence in any batch, bit for bit.
//!
//! Each kernel is written once, over arrays of 16 lanes, and compiled for AVX-512, for AVX2 and for
//! the baseline; [`isa`] says which one runs. Products of packed weights (`amx`, [`dots`]) and attention on tiles are
//! written for the instructions that they need, beside a plain version.

// Lanes and registers are counted, so that the compiler sees fixed bounds everywhere.
#![allow(clippy::needless_range_loop)]

/// Compiles a body for each instruction set and calls the best one.
macro_rules! by_isa {
    ($name:ident = $body:ident($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)?) => {
        fn $name($($arg: $type),*) $(-> $out)? {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
            fn avx512($($arg: $type),*) $(-> $out)? {
                $body::<true>($($arg),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2($($arg: $type),*) $(-> $out)? {
                $body::<true>($($arg),*)
            }
            match $crate::engine::kernels::isa() {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: `isa` found the features.
                $crate::engine::kernels::Isa::Avx512 => unsafe { avx512($($arg),*) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: `isa` found the features.
                $crate::engine::kernels::Isa::Avx2 => unsafe { avx2($($arg),*) },
                _ => $body::<{ $crate::engine::kernels::simd::BASELINE_FMA }>($($arg),*),
            }
        }
    };
}

/// Calls `work::<KIND>(…)` with the kind of a matrix as a constant, or evaluates `bf16` for bfloat16.
macro_rules! by_kind {
    ($kind:expr, $($work:ident)::+($($arg:expr),* $(,)?), bf16: $bf16:expr) => {
        match $kind {
            Kind::Four => $($work)::+::<{ Kind::Four as u8 }>($($arg),*),
            Kind::Five => $($work)::+::<{ Kind::Five as u8 }>($($arg),*),
            Kind::FourK => $($work)::+::<{ Kind::FourK as u8 }>($($arg),*),
            Kind::FiveK => $($work)::+::<{ Kind::FiveK as u8 }>($($arg),*),
            Kind::SixK => $($work)::+::<{ Kind::SixK as u8 }>($($arg),*),
            Kind::Eight => $($work)::+::<{ Kind::Eight as u8 }>($($arg),*),
            Kind::Bf16 => $bf16,
        }
    };
}

#[cfg(target_arch = "x86_64")]
pub mod amx;
pub mod attention;
pub mod best;
pub mod dots;
pub mod floats;
pub mod matmul;
pub mod packed;
pub mod pool;
pub mod product;
pub mod rows;
pub mod seq2seq;
mod simd;

pub use simd::{Isa, has_tiles, isa};
use std::sync::{Mutex, PoisonError};

/// Runs `work` over parts of `0..units` on the pool, a few for each thread.
pub(crate) fn parallel(units: usize, work: impl Fn(std::ops::Range<usize>) + Sync) {
    /// So that a thread which is held up does not hold up the others.
    const PARTS: usize = 8;
    let pool = pool::Pool::global();
    let part = units.div_ceil(pool.threads() * PARTS).max(1);
    pool.run(units.div_ceil(part), |index| {
        work(index * part..units.min((index + 1) * part));
    });
}

/// An error of one of several threads: of more than one, any is as good as another.
pub(crate) struct Failure<E>(Mutex<Option<E>>);

impl<E> Failure<E> {
    pub(crate) fn none() -> Self {
        Self(Mutex::new(None))
    }

    pub(crate) fn keep(&self, error: E) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    /// What was done, unless it failed.
    pub(crate) fn or<T>(self, done: T) -> Result<T, E> {
        match self.0.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(done),
        }
    }
}

/// Hands the parts of `out`, each `width` long and one after the other, to `work`, in parallel where that
/// is worth it.
#[allow(unsafe_code)]
pub(crate) fn each_part<T: Send>(
    out: &mut [T],
    width: usize,
    worth: bool,
    work: impl Fn(usize, &mut [T]) + Sync,
) {
    if width == 0 || out.is_empty() {
        return;
    }
    if !worth {
        out.chunks_mut(width)
            .enumerate()
            .for_each(|(unit, out)| work(unit, out));
        return;
    }
    let length = out.len();
    let target = Pointer(out.as_mut_ptr());
    parallel(length.div_ceil(width), |units| {
        let target = &target;
        for unit in units {
            let (from, to) = (unit * width, length.min((unit + 1) * width));
            // SAFETY: parts are disjoint and within `out`, and each is visited by one thread.
            let part = unsafe { std::slice::from_raw_parts_mut(target.0.add(from), to - from) };
            work(unit, part);
        }
    });
}

/// A pointer that threads share, each for a part of its own.
struct Pointer<T>(*mut T);

// SAFETY: `each_part` hands out disjoint parts of numbers that may be sent between threads.
#[allow(unsafe_code)]
unsafe impl<T: Send> Sync for Pointer<T> {}

/// Numbers in -1..1 that look random and are the same in every run.
#[cfg(test)]
fn noise(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 40) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect()
}
