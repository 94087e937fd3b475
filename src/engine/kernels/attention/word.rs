#![allow(unsafe_code)]
//! What keys, values, queries and weights are kept in: f32, or pairs of bfloat16.
//!
//! A product of two bfloat16 is exact in f32, so that a sum of them is rounded once for each, fused or not. The
//! instruction for it, `vdpbf16ps` (Intel's manual, and the same on AMD's Zen 5), adds the product of the upper halves of
//! its words first, then that of the lower ones, each rounded to the nearest; the other versions do the same in steps,
//! and all give the same bits. Only numbers below 2^-126 differ: that instruction takes them for zero.

use super::super::simd::{LANES, Lanes, fma};

/// Multiplication and addition, each rounded.
pub(super) const PLAIN: u8 = 0;
/// Fused multiplication and addition.
pub(super) const FUSED: u8 = 1;
/// The same, and AVX-512's products of bfloat16.
pub(super) const BF16: u8 = 2;
/// Fused, and AVX2's registers.
pub(super) const AVX2: u8 = 3;

/// `a * b + c`, as `MODE` rounds it.
#[inline(always)]
pub(super) fn multiply_add<const MODE: u8>(a: f32, b: f32, c: f32) -> f32 {
    match MODE {
        PLAIN => fma::<false>(a, b, c),
        _ => fma::<true>(a, b, c),
    }
}

/// One or two numbers: of a key neighbouring dimensions, of a value two keys.
///
/// What all lanes share of a product, of a query or of weights, is kept as it is used: as the bits of a word for
/// `BF16`, else as those of one float for each number.
pub trait Word: Copy + Default + Send + Sync + 'static {
    /// How many numbers.
    const NUMBERS: usize;

    /// Writes the number of that place; the first takes the others away.
    fn set(&mut self, place: usize, x: f32);

    /// The word of these numbers, filled up with zeros.
    fn of(numbers: &[f32]) -> Self;

    /// Appends a row of numbers for all lanes to share.
    ///
    /// # Safety
    /// The CPU has what `MODE` names.
    unsafe fn extend<const MODE: u8>(row: &[f32], out: &mut Vec<u32>);

    /// Adds to each lane the products of what all lanes share and of its own word, the last number's first.
    ///
    /// # Safety
    /// As many bits as `shared_width` says lie at `shared`, and the CPU has what `MODE` names.
    unsafe fn add_products<const MODE: u8>(shared: *const u32, own: &[Self; LANES], sums: &mut Lanes);

    /// The number at a place of each lane's word.
    fn floats(own: &[Self; LANES], place: usize) -> Lanes;

    /// Rounds the weights of sixteen keys to what words hold, and writes them to `out` for all lanes to share, in the
    /// order of values: each word holds the keys that stand `16 / NUMBERS` from each other.
    fn weights<const MODE: u8>(keys: &mut Lanes, out: &mut [u32]);
}

/// How many times 32 bits all lanes share of a word.
pub(super) const fn shared_width<W: Word, const MODE: u8>() -> usize {
    match MODE {
        BF16 => 1,
        _ => W::NUMBERS,
    }
}

impl Word for f32 {
    const NUMBERS: usize = 1;

    #[inline(always)]
    fn of(numbers: &[f32]) -> Self {
        numbers[0]
    }

    #[inline(always)]
    unsafe fn extend<const MODE: u8>(row: &[f32], out: &mut Vec<u32>) {
        out.extend(row.iter().map(|x| x.to_bits()));
    }

    #[inline(always)]
    fn set(&mut self, _: usize, x: f32) {
        *self = x;
    }

    #[inline(always)]
    unsafe fn add_products<const MODE: u8>(shared: *const u32, own: &[Self; LANES], sums: &mut Lanes) {
        // SAFETY: the caller's contract.
        let shared = f32::from_bits(unsafe { *shared });
        for lane in 0..LANES {
            sums[lane] = multiply_add::<MODE>(shared, own[lane], sums[lane]);
        }
    }

    #[inline(always)]
    fn floats(own: &[Self; LANES], _: usize) -> Lanes {
        *own
    }

    #[inline(always)]
    fn weights<const MODE: u8>(keys: &mut Lanes, out: &mut [u32]) {
        out[..LANES].copy_from_slice(&keys.map(f32::to_bits));
    }
}

/// The bits of two numbers of bfloat16.
///
/// An array, so that the system zeroes a new store's memory when it is first used.
pub type Pair = [u16; 2];

/// Pairs in words: the first number in the lower half.
#[inline(always)]
fn words(pairs: &[Pair; LANES]) -> [u32; LANES] {
    const { assert!(cfg!(target_endian = "little")) }
    // SAFETY: both are 64 bytes, and any bits are a word.
    unsafe { std::ptr::from_ref(pairs).cast::<[u32; LANES]>().read_unaligned() }
}

#[inline(always)]
fn numbers(word: u32) -> [f32; 2] {
    [f32::from_bits(word << 16), f32::from_bits(word & 0xffff_0000)]
}

/// The bits of the nearest bfloat16 in the upper half; what is no number stays none.
#[inline(always)]
fn rounded(x: f32) -> u32 {
    let bits = x.to_bits();
    let up = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) & 0xffff_0000;
    if bits & 0x7fff_ffff > 0x7f80_0000 {
        0x7fc0_0000
    } else {
        up
    }
}

/// Sixteen numbers as words, rounded by the CPU's own instruction.
///
/// # Safety
/// The CPU has AVX-512 with products of bfloat16.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bf16")]
#[inline]
unsafe fn eight_pairs(numbers: &[f32; LANES]) -> [u32; LANES / 2] {
    use std::arch::x86_64::*;
    // SAFETY: sixteen floats; 32 bytes on both sides, and any bits are integers.
    unsafe {
        let rounded = _mm512_cvtneps_pbh(_mm512_loadu_ps(numbers.as_ptr()));
        std::mem::transmute::<__m256bh, [u32; LANES / 2]>(rounded)
    }
}

impl Word for Pair {
    const NUMBERS: usize = 2;

    #[inline(always)]
    fn of(numbers: &[f32]) -> Self {
        let second = numbers.get(1).map_or(0, |x| rounded(*x));
        [(rounded(numbers[0]) >> 16) as u16, (second >> 16) as u16]
    }

    #[inline(always)]
    unsafe fn extend<const MODE: u8>(row: &[f32], out: &mut Vec<u32>) {
        #[cfg(target_arch = "x86_64")]
        let row = match MODE {
            BF16 => {
                let (sixteens, rest) = row.as_chunks::<LANES>();
                // SAFETY: the caller's contract.
                sixteens
                    .iter()
                    .for_each(|row| out.extend_from_slice(&unsafe { eight_pairs(row) }));
                rest
            }
            _ => row,
        };
        let (pairs, rest) = row.as_chunks::<2>();
        let rest = rest.first().map(|last| [*last, 0.0]);
        for pair in pairs.iter().copied().chain(rest) {
            let [low, high] = pair.map(rounded);
            match MODE {
                BF16 => out.push(low >> 16 | high),
                _ => out.extend([low, high]),
            }
        }
    }

    #[inline(always)]
    fn set(&mut self, place: usize, x: f32) {
        let bits = (rounded(x) >> 16) as u16;
        match place {
            0 => *self = [bits, 0],
            _ => self[1] = bits,
        }
    }

    #[inline(always)]
    unsafe fn add_products<const MODE: u8>(shared: *const u32, own: &[Self; LANES], sums: &mut Lanes) {
        #[cfg(target_arch = "x86_64")]
        if MODE == BF16 {
            use std::arch::x86_64::*;
            // SAFETY: the caller's contract; registers are words and floats of 64 bytes.
            unsafe {
                let own = std::ptr::from_ref(own).cast::<__m512bh>().read_unaligned();
                let shared = std::mem::transmute::<__m512i, __m512bh>(_mm512_set1_epi32(*shared as i32));
                let sum = _mm512_dpbf16_ps(_mm512_loadu_ps(sums.as_ptr()), shared, own);
                _mm512_storeu_ps(sums.as_mut_ptr(), sum);
            }
            return;
        }
        let own = words(own);
        for place in [1, 0] {
            // SAFETY: the caller's contract.
            let shared = f32::from_bits(unsafe { *shared.add(place) });
            for lane in 0..LANES {
                sums[lane] = multiply_add::<MODE>(shared, numbers(own[lane])[place], sums[lane]);
            }
        }
    }

    #[inline(always)]
    fn floats(own: &[Self; LANES], place: usize) -> Lanes {
        words(own).map(|word| numbers(word)[place])
    }

    #[inline(always)]
    fn weights<const MODE: u8>(keys: &mut Lanes, out: &mut [u32]) {
        const HALF: usize = LANES / 2;
        let bits = keys.map(rounded);
        *keys = bits.map(f32::from_bits);
        for key in 0..HALF {
            let (low, high) = (bits[key], bits[key + HALF]);
            match MODE {
                BF16 => out[key] = low >> 16 | high,
                _ => (out[2 * key], out[2 * key + 1]) = (low, high),
            }
        }
    }
}
