//! Kernels of the encoder-decoder: layer norms, activations, attention over rows that are listed one
//! by one, and the search for the best tokens.
//!
//! The rule of [`super`] holds here too: what is computed for a row depends on that row alone.

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

pub mod attention;
pub mod elementwise;
pub mod int8;
pub mod top;

/// Hands each of `units` parts of `out`, `size(unit)` long and one after the other, to `work`, in
/// parallel where there are enough numbers to be worth it.
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
    super::parallel(length.div_ceil(width), |units| {
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
