//! The plain version, for any CPU: what the others are tested against.

use super::super::packed::{Band, Kind, TILE_ROWS, kind};
use super::super::simd::{BASELINE_FMA, fma};
use super::{Block, Sums};
use half::f16;

type Sixteen = [f32; TILE_ROWS];

/// # Safety
/// `KIND` is the band's, and as many blocks lie at `x` as it has column tiles.
pub(super) unsafe fn band<const KIND: u8>(band: Band, x: *const Block, width: usize, out: &mut Sums) {
    // SAFETY: the caller's contract.
    unsafe { sums::<KIND, BASELINE_FMA>(band, x, width, out) }
}

/// The same with fused multiplication and addition, which other paths have.
///
/// # Safety
/// As [`band`].
pub(super) unsafe fn band_fused<const KIND: u8>(band: Band, x: *const Block, width: usize, out: &mut Sums) {
    // SAFETY: the caller's contract.
    unsafe { sums::<KIND, true>(band, x, width, out) }
}

#[inline(always)]
unsafe fn sums<const KIND: u8, const FMA: bool>(band: Band, x: *const Block, width: usize, out: &mut Sums) {
    let kind = const { kind::<KIND>() };
    for column in 0..band.depth {
        // SAFETY: so many blocks are there.
        let x = unsafe { &*x.add(column) };
        for half in 0..2 {
            let (scales, numbers) = band.tile::<KIND>(column, half);
            // SAFETY: the tile's bytes lie within the matrix, and so do the scales above.
            let (scales, numbers, above) = unsafe {
                (
                    std::slice::from_raw_parts(scales, kind.scale_bytes()),
                    std::slice::from_raw_parts(numbers, kind.tile_bytes() - kind.scale_bytes()),
                    band.above(column, half),
                )
            };
            // SAFETY: as above; kinds without super-blocks do not look.
            let (first, second) = unsafe { factors(kind, scales, above) };
            for (token, out) in out.iter_mut().enumerate().take(width) {
                let out = &mut out[half * TILE_ROWS..(half + 1) * TILE_ROWS];
                let dots = dots(kind, numbers, x, token);
                for row in 0..TILE_ROWS {
                    let sum = &mut out[row];
                    let [low, high] = dots.map(|dots| dots[row]);
                    match kind {
                        Kind::SixK => {
                            *sum = fma::<FMA>(low as f32, first[row] * x.scales[token], *sum);
                            *sum = fma::<FMA>(high as f32, second[row] * x.scales[token], *sum);
                        }
                        Kind::Eight => {
                            *sum = fma::<FMA>((low + high) as f32, first[row] * x.scales[token], *sum);
                        }
                        _ => {
                            *sum = fma::<FMA>((low + high) as f32, first[row] * x.scales[token], *sum);
                            *sum = fma::<FMA>(-second[row], x.totals[token], *sum);
                        }
                    }
                }
            }
        }
    }
}

/// Scales of the rows; and their mins, or the scales of the last sixteen columns.
///
/// # Safety
/// Where the kind has super-blocks, 64 bytes are at `above`.
#[inline(always)]
unsafe fn factors(kind: Kind, scales: &[u8], above: *const u8) -> (Sixteen, Sixteen) {
    let halves = |bytes: &[u8], which: usize| -> Sixteen {
        std::array::from_fn(|row| {
            let at = (which * TILE_ROWS + row) * 2;
            f16::from_le_bytes([bytes[at], bytes[at + 1]]).to_f32()
        })
    };
    let bytes = |which: usize| scales[which * TILE_ROWS..].iter();
    let times = |above: Sixteen, numbers: [f32; TILE_ROWS]| -> Sixteen {
        std::array::from_fn(|row| above[row] * numbers[row])
    };
    let collect = |which: usize, signed: bool| -> Sixteen {
        let mut out = [0.0; TILE_ROWS];
        for (out, byte) in out.iter_mut().zip(bytes(which)) {
            *out = if signed {
                f32::from(*byte as i8)
            } else {
                f32::from(*byte)
            };
        }
        out
    };
    match kind {
        Kind::Eight => (halves(scales, 0), [0.0; TILE_ROWS]),
        Kind::Four | Kind::Five => (halves(scales, 0), halves(scales, 1)),
        _ => {
            // SAFETY: the caller's contract.
            let above = unsafe { std::slice::from_raw_parts(above, 64) };
            let signed = kind == Kind::SixK;
            let second = if signed {
                halves(above, 0)
            } else {
                halves(above, 1)
            };
            (
                times(halves(above, 0), collect(0, signed)),
                times(second, collect(1, signed)),
            )
        }
    }
}

/// Dot products of the first and the last sixteen columns with one token, by rows.
#[inline(always)]
fn dots(kind: Kind, numbers: &[u8], x: &Block, token: usize) -> [[i32; TILE_ROWS]; 2] {
    let (fours, _) = numbers.as_chunks::<64>();
    let mut sums = [[0i32; TILE_ROWS]; 2];
    for four in 0..8 {
        let a = x.numbers[four][token];
        let sums = &mut sums[four / 4];
        for row in 0..TILE_ROWS {
            for k in 0..4 {
                let at = row * 4 + k;
                let mut number = match kind.is_signed() {
                    true => i32::from(fours[four][at]) - 128,
                    false => i32::from(fours[four % 4][at] >> (four / 4 * 4) & 15),
                };
                if kind.is_five() {
                    number |= i32::from(fours[4][at] >> four & 1) << 4;
                }
                sums[row] += number * i32::from(a[k]);
            }
        }
    }
    sums
}
