//! Every kind of tile against the plain numbers of the same matrix, and attention against the textbook.
//!
//! A CPU without tiles cannot run the fast side of these comparisons: there a test says so in its output and
//! ends. The plain numbers are compared with candle's everywhere.

use super::attention::TilePages;
use super::*;
use crate::engine::kernels::attention::{Pages as _, Sight, Span};
use crate::engine::kernels::noise;
use crate::engine::kernels::packed::Blocks;
use crate::engine::kernels::packed::samples::{ALL, distance, gate_and_up, packed, plain, random_blocks};
use crate::engine::kernels::product::Out;
use crate::engine::kernels::product::tests::logits_are_written_and_handed_over_by;

fn activations(x: &[f32], columns: usize) -> Activations {
    let mut input = Activations::default();
    input.fill(x.len() / columns, columns, |token, row| {
        row.copy_from_slice(&x[token * columns..(token + 1) * columns]);
    });
    input
}

fn there() -> bool {
    if !is_available() {
        println!("this CPU has no AMX: nothing to compare");
    }
    is_available()
}

#[test]
fn plain_numbers_equal_those_of_candle() {
    use candle_core::quantized::{GgmlDType, QStorage, QTensor};
    for (blocks, dtype) in ALL.into_iter().zip([
        GgmlDType::Q4_0,
        GgmlDType::Q4_1,
        GgmlDType::Q5_0,
        GgmlDType::Q5_1,
        GgmlDType::Q8_0,
        GgmlDType::Q4K,
        GgmlDType::Q5K,
        GgmlDType::Q6K,
    ]) {
        let (rows, columns) = (80, 512);
        let data = random_blocks(blocks, rows, columns);
        let storage = QStorage::from_data((&data).into(), &candle_core::Device::Cpu, dtype).unwrap();
        let tensor = QTensor::new(storage, (rows, columns)).unwrap();
        let expected = tensor.dequantize(&candle_core::Device::Cpu).unwrap();
        let expected: Vec<f32> = expected.flatten_all().unwrap().to_vec1().unwrap();
        for (ours, theirs) in plain(&packed(blocks, rows, columns)).iter().zip(expected) {
            assert!(
                (ours - theirs).abs() <= 1e-6 * theirs.abs().max(0.1),
                "{blocks:?}: {ours} {theirs}"
            );
        }
    }
}

#[test]
fn products_of_every_kind_are_right_and_rows_do_not_feel_each_other() {
    if !there() {
        return;
    }
    // Two super-blocks; rows that fill no band; from one token to more than one unit's blocks.
    let (rows, columns) = (77, 512);
    for blocks in ALL {
        let weights = packed(blocks, rows, columns);
        let x = noise(70 * columns, 3);
        let numbers = plain(&weights);
        let mut widest: Vec<f32> = Vec::new();
        for tokens in [70, 50, 33, 32, 17, 16, 5, 2, 1] {
            let x = &x[..tokens * columns];
            let mut out = vec![0.0; tokens * rows];
            product(
                &activations(x, columns),
                vec![Part {
                    weights: &weights,
                    out: Out::Set(&mut out, rows, None),
                }],
            );
            assert!(distance(x, &numbers, columns, &out) < 3e-3, "{blocks:?} {tokens}");
            if widest.is_empty() {
                widest = out;
            } else {
                assert!(
                    out[..] == widest[..out.len()],
                    "{blocks:?}: {tokens} of 70 tokens differ"
                );
            }
        }
    }
}

/// Expanded weights are cut off instead of rounded, and made larger before so that they do not shrink.
#[test]
fn weights_are_hardly_less_precise_than_rounded_ones() {
    if !there() {
        return;
    }
    let (rows, columns) = (1024, 256);
    for blocks in [Blocks::Q8_0, Blocks::Q6K] {
        let weights = packed(blocks, rows, columns);
        let numbers = plain(&weights);
        let (mut mean, mut square, mut count) = (0.0, 0.0, 0.0);
        for column in 0..columns {
            let mut x = vec![0.0; columns];
            x[column] = 1.0;
            let mut out = vec![0.0; rows];
            let part = Part {
                weights: &weights,
                out: Out::Set(&mut out, rows, None),
            };
            product(&activations(&x, columns), vec![part]);
            for (row, found) in out.iter().enumerate() {
                let exact = f64::from(numbers[row * columns + column]);
                if exact != 0.0 {
                    // In last places of a bfloat16 of this size, away from zero.
                    let place = exact.abs().log2().floor().exp2() / 128.0;
                    let error = (f64::from(*found).abs() - exact.abs()) / place;
                    assert!(error.abs() < 1.0, "{exact} became {found}");
                    (mean, square, count) = (mean + error, square + error * error, count + 1.0);
                }
            }
        }
        let (mean, root): (f64, f64) = (mean / count, f64::sqrt(square / count));
        println!("{blocks:?}: mean {mean:.3}, root of the mean square {root:.3} last places");
        assert!(mean.abs() < 0.06, "{blocks:?}: {mean}");
        assert!(root < 0.34, "{blocks:?}: {root}");
    }
}

#[test]
fn large_activations_cost_no_more_precision_than_small_ones() {
    if !there() {
        return;
    }
    let (rows, columns) = (64, 512);
    let weights = packed(Blocks::Q4K, rows, columns);
    let mut x = noise(16 * columns, 3);
    // One channel in a hundred is a hundred times larger, as in real models.
    x.iter_mut().step_by(97).for_each(|x| *x *= 100.0);
    let mut out = vec![0.0; 16 * rows];
    product(
        &activations(&x, columns),
        vec![Part {
            weights: &weights,
            out: Out::Set(&mut out, rows, None),
        }],
    );
    assert!(distance(&x, &plain(&weights), columns, &out) < 3e-3);
}

#[test]
fn biases_and_sums_are_added() {
    if !there() {
        return;
    }
    let (rows, columns, tokens) = (40, 256, 3);
    let weights = packed(Blocks::Q8_0, rows, columns);
    let input = activations(&noise(tokens * columns, 1), columns);
    let (bias, before) = (noise(rows, 2), noise(tokens * rows, 3));
    let mut plain = vec![0.0; tokens * rows];
    let mut added = before.clone();
    let parts = vec![
        Part {
            weights: &weights,
            out: Out::Set(&mut plain, rows, None),
        },
        Part {
            weights: &weights,
            out: Out::Add(&mut added, rows, Some(&bias), 0.5),
        },
    ];
    product(&input, parts);
    for i in 0..tokens * rows {
        let expected = before[i] + 0.5 * (plain[i] + bias[i % rows]);
        assert!((added[i] - expected).abs() < 1e-5, "{i}");
    }
}

#[test]
fn the_gate_goes_straight_into_the_next_product() {
    if !there() {
        return;
    }
    let (inner, columns) = (96, 256);
    let [both, gate, up] = gate_and_up(inner, columns);
    let down = packed(Blocks::Q8_0, 32, inner);
    for tokens in [1, 7, 16, 40] {
        let input = activations(&noise(tokens * columns, 4), columns);
        let mut gated = Activations::default();
        product(
            &input,
            vec![Part {
                weights: &both,
                out: Out::Gate(&mut gated, inner),
            }],
        );
        let mut found = vec![0.0; tokens * 32];
        product(
            &gated,
            vec![Part {
                weights: &down,
                out: Out::Set(&mut found, 32, None),
            }],
        );
        let (mut a, mut b) = (vec![0.0; tokens * inner], vec![0.0; tokens * inner]);
        let parts = vec![
            Part {
                weights: &gate,
                out: Out::Set(&mut a, inner, None),
            },
            Part {
                weights: &up,
                out: Out::Set(&mut b, inner, None),
            },
        ];
        product(&input, parts);
        let product: Vec<f32> = a
            .iter()
            .zip(&b)
            .map(|(a, b)| a / (1.0 + (-a).exp()) * b)
            .collect();
        assert!(
            distance(&product, &plain(&down), inner, &found) < 4e-3,
            "{tokens}"
        );
    }
}

fn sight(heads: usize, window: Option<usize>) -> Sight {
    Sight {
        heads,
        scale: 0.17,
        window,
    }
}

struct Case {
    heads: usize,
    kv_heads: usize,
    dim: usize,
    tokens: usize,
    window: Option<usize>,
}

const CASES: [(usize, usize, usize, usize, Option<usize>); 6] = [
    (4, 2, 64, 75, None),
    (6, 1, 48, 130, Some(20)),
    (3, 3, 128, 40, Some(1)),
    (32, 1, 32, 66, Some(65)),
    (16, 8, 128, 200, None),
    (5, 1, 80, 90, None),
];

impl Case {
    fn all() -> impl Iterator<Item = Self> {
        CASES
            .into_iter()
            .map(|(heads, kv_heads, dim, tokens, window)| Self {
                heads,
                kv_heads,
                dim,
                tokens,
                window,
            })
    }

    /// Attention chunk by chunk, over pages that another sequence used before.
    fn run(&self, q: &[f32], k: &[f32], v: &[f32], chunks: &[usize]) -> Vec<f32> {
        let pages: Vec<u32> = (0..10).rev().collect();
        let mut layer = TilePages::new(10, self.kv_heads, self.dim);
        let other = vec![f32::NAN; 320 * self.kv_heads * self.dim];
        let whole = Span {
            row: 0,
            tokens: 320,
            start: 0,
            pages: &pages,
        };
        layer.append(&other, &other, &[whole]);
        let (width, kv_width) = (self.heads * self.dim, self.kv_heads * self.dim);
        let (mut found, mut start) = (Vec::new(), 0);
        for tokens in chunks.iter().copied().cycle() {
            let tokens = tokens.min(self.tokens - start);
            if tokens == 0 {
                return found;
            }
            let span = Span {
                row: 0,
                tokens,
                start,
                pages: &pages,
            };
            let kv = start * kv_width..(start + tokens) * kv_width;
            layer.append(&k[kv.clone()], &v[kv], &[span]);
            let q = &q[start * width..(start + tokens) * width];
            let mut out = vec![0.0; q.len()];
            layer.attend(q, sight(self.heads, self.window), &[span], &mut out);
            found.extend(out);
            start += tokens;
        }
        found
    }

    /// The textbook form in f64.
    fn plain(&self, q: &[f32], k: &[f32], v: &[f32]) -> Vec<f64> {
        let (dim, group) = (self.dim, self.heads / self.kv_heads);
        let mut out = Vec::with_capacity(q.len());
        for token in 0..self.tokens {
            let first = (token + 1).saturating_sub(self.window.unwrap_or(usize::MAX));
            for head in 0..self.heads {
                let query = &q[(token * self.heads + head) * dim..][..dim];
                let at = |key: usize| (key * self.kv_heads + head / group) * dim;
                let score = |key: usize| -> f64 {
                    let products = query.iter().zip(&k[at(key)..]);
                    products.map(|(q, k)| f64::from(q * 0.17) * f64::from(*k)).sum()
                };
                let scores: Vec<f64> = (first..=token).map(score).collect();
                let most = scores.iter().copied().fold(f64::MIN, f64::max);
                let total: f64 = scores.iter().map(|s| (s - most).exp()).sum();
                for d in 0..dim {
                    let values = scores.iter().enumerate();
                    let sum = values.map(|(i, s)| (s - most).exp() / total * f64::from(v[at(first + i) + d]));
                    out.push(sum.sum());
                }
            }
        }
        out
    }
}

#[test]
fn attention_equals_the_textbook_form_however_it_is_cut() {
    if !there() {
        return;
    }
    for case in Case::all() {
        let q = noise(case.tokens * case.heads * case.dim, 1);
        let k = noise(case.tokens * case.kv_heads * case.dim, 2);
        let v = noise(case.tokens * case.kv_heads * case.dim, 3);
        let whole = case.run(&q, &k, &v, &[case.tokens]);
        let (mut error, mut all) = (0.0, 0.0);
        for (found, exact) in whole.iter().zip(case.plain(&q, &k, &v)) {
            error += (f64::from(*found) - exact).powi(2);
            all += exact * exact;
        }
        let distance = (error / all).sqrt();
        assert!(
            distance < 4e-3,
            "{} heads of {}: {distance}",
            case.heads,
            case.dim
        );
        assert!(
            whole == case.run(&q, &k, &v, &[1, 15, 2, 33, 7]),
            "chunks of {} heads",
            case.heads
        );
    }
}

#[test]
fn tokens_that_share_their_beginning_get_the_same_bits_as_alone() {
    if !there() {
        return;
    }
    // Sequences on two beginnings of some pages, each with some pages of its own; one stands alone.
    for (heads, kv_heads, dim, window) in [(4, 2, 64, None), (16, 8, 128, Some(100)), (6, 1, 48, None)] {
        let (width, kv_width) = (heads * dim, kv_heads * dim);
        let mut layer = TilePages::new(200, kv_heads, dim);
        let mut next = 0u32;
        let mut pages = |count: usize| -> Vec<u32> {
            next += count as u32;
            (next - count as u32..next).collect()
        };
        let beginnings = [pages(7), pages(3)];
        let mut tables: Vec<(Vec<u32>, usize)> = Vec::new();
        for index in 0..12usize {
            let shared = &beginnings[index % 2];
            let own = pages(2 + index % 3);
            let length = (shared.len() + own.len()) * 32 - 1 - index;
            tables.push(([shared.as_slice(), &own].concat(), length));
        }
        tables.push((pages(4), 100));
        for (index, (pages, length)) in tables.iter().enumerate() {
            // The same numbers in shared pages, whoever writes them.
            let mut k = noise(length * kv_width, 100 + index as u64);
            let shared = (beginnings[index % 2].len() * 32).min(*length);
            k[..shared * kv_width].copy_from_slice(&noise(shared * kv_width, (index % 2) as u64));
            let span = Span {
                row: 0,
                tokens: *length,
                start: 0,
                pages,
            };
            layer.append(&k, &k, &[span]);
        }
        // Answers of one token, and of several that are guessed.
        let mut rows = 0;
        let spans: Vec<Span> = tables
            .iter()
            .enumerate()
            .map(|(index, (pages, length))| {
                let tokens = 1 + index % 4;
                rows += tokens;
                Span {
                    row: rows - tokens,
                    tokens,
                    start: length - tokens,
                    pages,
                }
            })
            .collect();
        let q = noise(rows * width, 8);
        let mut together = vec![0.0; q.len()];
        layer.attend(&q, sight(heads, window), &spans, &mut together);
        for span in &spans {
            for token in 0..span.tokens {
                let place = (span.row + token) * width..(span.row + token + 1) * width;
                let mut alone = vec![0.0; width];
                let own = Span {
                    row: 0,
                    tokens: 1,
                    start: span.start + token,
                    ..*span
                };
                layer.attend(&q[place.clone()], sight(heads, window), &[own], &mut alone);
                assert!(alone == together[place], "{heads} {} {token}", span.row);
            }
        }
    }
}

#[test]
fn logits_are_written_and_handed_over() {
    if there() {
        logits_are_written_and_handed_over_by(|tokens, columns, parts| {
            product(&activations(&noise(tokens * columns, 5), columns), parts);
        });
    }
}
