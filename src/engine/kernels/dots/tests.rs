//! Every kind of tile on every path that this CPU has: against products in f64, and against the plain path,
//! bit for bit.

use super::*;
use crate::engine::kernels::noise;
use crate::engine::kernels::packed::Blocks;
use crate::engine::kernels::packed::samples::{
    ALL, distance, gate_and_up, packed, packed_from, plain, random_blocks,
};
use crate::engine::kernels::product::tests::logits_are_written_and_handed_over_by;

/// Types that have products in integers.
fn types() -> impl Iterator<Item = Blocks> {
    ALL.into_iter().filter(|blocks| *blocks != Blocks::Bf16)
}

/// Paths that this CPU has; the others are named in the output.
fn paths() -> Vec<Path> {
    let mut paths = vec![Path::Plain(true), Path::Plain(false)];
    #[cfg(target_arch = "x86_64")]
    for (path, there) in [
        (
            Path::Avx512,
            is_x86_feature_detected!("avx512vnni") && is_x86_feature_detected!("avx512bw"),
        ),
        (Path::AvxVnni, is_x86_feature_detected!("avxvnni")),
        (
            Path::Avx2,
            is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("f16c"),
        ),
    ] {
        match there {
            true => paths.push(path),
            false => println!("this CPU has no {path:?}: nothing to compare"),
        }
    }
    paths
}

fn activations(x: &[f32], columns: usize) -> Activations {
    let mut input = Activations::default();
    input.fill(x.len() / columns, columns, |token, row| {
        row.copy_from_slice(&x[token * columns..(token + 1) * columns]);
    });
    input
}

/// The product of all tokens in `x`.
fn computed(path: Path, weights: &Packed, x: &[f32]) -> Vec<f32> {
    let (rows, columns) = (weights.rows(), weights.columns());
    let mut out = vec![0.0; x.len() / columns * rows];
    let part = Part {
        weights,
        out: Out::Set(&mut out, rows, None),
    };
    product_on(path, &activations(x, columns), vec![part]);
    out
}

#[test]
fn every_path_gives_the_same_bits_and_tokens_do_not_feel_each_other() {
    // Two super-blocks; rows that fill no band; from one token to several units' blocks.
    let columns = 512;
    for blocks in types() {
        let weights = packed(blocks, 77, columns);
        let numbers = plain(&weights);
        let x = noise(37 * columns, 3);
        let reference = computed(Path::Plain(true), &weights, &x);
        let error = distance(&x, &numbers, columns, &reference);
        assert!(error < 6e-3, "{blocks:?}: {error}");
        for path in paths() {
            for tokens in [37, 16, 9, 8, 7, 5, 4, 3, 2, 1] {
                let found = computed(path, &weights, &x[..tokens * columns]);
                if path == Path::Plain(false) {
                    let error = distance(&x[..tokens * columns], &numbers, columns, &found);
                    assert!(error < 6e-3, "{blocks:?} {tokens}: {error}");
                } else {
                    assert!(
                        found[..] == reference[..found.len()],
                        "{blocks:?} on {path:?}, {tokens} tokens"
                    );
                }
            }
        }
    }
}

#[test]
fn eight_tokens_at_a_time_are_rounded_as_each_is_alone() {
    let columns = 96;
    let mut x = noise(17 * columns, 5);
    x[..columns].fill(0.0);
    x[columns..columns + 32].fill(-1e-40);
    x[2 * columns] = 3e38;
    x[3 * columns + 40] = f32::INFINITY;
    x.iter_mut().skip(4 * columns).step_by(50).for_each(|x| *x *= 1e4);
    // Ties go to the even number.
    x[5 * columns..5 * columns + 32].fill(0.5);
    x[5 * columns] = 127.0;
    let together = activations(&x, columns);
    let bits = |numbers: [f32; TOKENS]| numbers.map(f32::to_bits);
    for (token, row) in x.chunks(columns).enumerate() {
        let alone = activations(row, columns);
        for (ours, theirs) in together.block(token / TOKENS).iter().zip(alone.block(0)) {
            let at = token % TOKENS;
            for (ours, theirs) in ours.numbers.iter().zip(&theirs.numbers) {
                assert_eq!(ours[at], theirs[0], "{token}");
            }
            assert_eq!(bits(ours.scales)[at], bits(theirs.scales)[0], "{token}");
            assert_eq!(bits(ours.totals)[at], bits(theirs.totals)[0], "{token}");
            for (ours, theirs) in ours.starts.iter().zip(&theirs.starts) {
                assert_eq!(ours[at], theirs[0], "{token}");
            }
        }
    }
}

#[test]
fn extreme_numbers_do_not_overflow() {
    // Weights of -128 and 127 in every place, activations at the ends of their range.
    let columns = 64;
    for byte in [0x80u8, 0x7f, 0x81] {
        let mut data = Vec::new();
        for _ in 0..32 * columns / 32 {
            data.extend_from_slice(&half::f16::from_f32(1.0).to_le_bytes());
            data.extend_from_slice(&[byte; 32]);
        }
        let weights = packed_from(Blocks::Q8_0, &data, columns);
        for sign in [1.0, -1.0] {
            let x = vec![sign; columns];
            for path in paths() {
                let expected = f32::from(byte as i8) * sign * columns as f32;
                for found in computed(path, &weights, &x) {
                    assert!(
                        (found - expected).abs() < expected.abs() * 1e-5,
                        "{path:?} {byte}: {found}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_largest_numbers_of_every_type_keep_sums_of_sixteen_bits_exact() {
    let columns = 256;
    for blocks in types() {
        // Where the numbers of a block stand, beside its scales.
        let numbers = match blocks {
            Blocks::Q4_1 | Blocks::Q5_1 => 4..blocks.bytes(),
            Blocks::Q4K | Blocks::Q5K => 16..blocks.bytes(),
            Blocks::Q6K => 0..192,
            _ => 2..blocks.bytes(),
        };
        for byte in [0, 0x7f, 0x80, 0xff] {
            let mut data = random_blocks(blocks, 32, columns);
            for block in data.chunks_mut(blocks.bytes()) {
                block[numbers.clone()].fill(byte);
            }
            let weights = packed_from(blocks, &data, columns);
            let [all, turns] =
                [1, 2].map(|step| (0..8 * columns).map(move |i| if i % step == 0 { 1.0f32 } else { -1.0 }));
            for x in [
                all.clone().collect::<Vec<_>>(),
                all.map(|x| -x).collect(),
                turns.collect(),
            ] {
                let expected = computed(Path::Plain(true), &weights, &x);
                for path in paths().into_iter().filter(|path| *path != Path::Plain(false)) {
                    for tokens in [8, 1] {
                        let found = computed(path, &weights, &x[..tokens * columns]);
                        assert!(
                            found[..] == expected[..found.len()],
                            "{blocks:?} {byte:x} on {path:?}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn large_activations_take_precision_from_the_small_ones_of_their_block_alone() {
    let columns = 512;
    let weights = packed(Blocks::Q4K, 64, columns);
    let mut x = noise(16 * columns, 3);
    // One channel in a hundred is a hundred times larger, as in real models.
    x.iter_mut().step_by(97).for_each(|x| *x *= 100.0);
    let error = distance(&x, &plain(&weights), columns, &computed(path(), &weights, &x));
    assert!(error < 1.5e-2, "{error}");
}

#[test]
fn what_is_no_number_stays_with_its_token() {
    let columns = 256;
    let weights = packed(Blocks::Q8_0, 32, columns);
    let clean = noise(3 * columns, 3);
    let mut x = clean.clone();
    (x[columns + 5], x[columns + 70]) = (f32::NAN, f32::INFINITY);
    for path in paths() {
        let (found, expected) = (computed(path, &weights, &x), computed(path, &weights, &clean));
        assert!(
            found[..32] == expected[..32] && found[64..] == expected[64..],
            "{path:?}"
        );
    }
}

#[test]
fn biases_and_sums_are_added() {
    let (rows, columns, tokens) = (40, 256, 3);
    let weights = packed(Blocks::Q8_0, rows, columns);
    let input = activations(&noise(tokens * columns, 1), columns);
    let (bias, before) = (noise(rows, 2), noise(tokens * rows, 3));
    let (mut plain, mut added) = (vec![0.0; tokens * rows], before.clone());
    let outs = [
        Out::Set(&mut plain, rows, None),
        Out::Add(&mut added, rows, Some(&bias), 0.5),
    ];
    let parts = outs.map(|out| Part {
        weights: &weights,
        out,
    });
    input.product(parts.into());
    for i in 0..tokens * rows {
        let expected = before[i] + 0.5 * (plain[i] + bias[i % rows]);
        assert!((added[i] - expected).abs() < 1e-5, "{i}");
    }
}

#[test]
fn the_gate_becomes_the_input_of_the_next_product() {
    // A width that fills its pairs of bands, and one that does not.
    for (inner, tokens) in [(96, 1), (96, 11), (80, 5)] {
        let columns = 256;
        let [both, gate, up] = gate_and_up(inner, columns);
        let x = noise(tokens * columns, 4);
        let mut gated = Activations::default();
        let part = Part {
            weights: &both,
            out: Out::Gate(&mut gated, inner),
        };
        activations(&x, columns).product(vec![part]);
        let (a, b) = (computed(path(), &gate, &x), computed(path(), &up, &x));
        let expected: Vec<f32> = a
            .iter()
            .zip(&b)
            .map(|(a, b)| a / (1.0 + (-a).exp()) * b)
            .collect();
        let found = gated.rows(tokens, inner);
        for (found, expected) in found.iter().zip(&expected) {
            assert!(
                (found - expected).abs() <= 1e-5 * expected.abs().max(1.0),
                "{found} {expected}"
            );
        }
    }
}

#[test]
fn logits_are_written_and_handed_over() {
    for path in paths() {
        logits_are_written_and_handed_over_by(|tokens, columns, parts| {
            product_on(path, &activations(&noise(tokens * columns, 5), columns), parts);
        });
    }
}
