//! Attention against the textbook form, and its bits whatever the chunks.

use super::super::noise;
use super::*;

struct Case {
    heads: usize,
    kv_heads: usize,
    dim: usize,
    tokens: usize,
    window: Option<usize>,
}

impl Case {
    fn sight(&self) -> Sight {
        Sight {
            heads: self.heads,
            scale: 0.7,
            window: self.window,
        }
    }

    fn attended<W: Word>(&self, layer: &LayerPages<W>, queries: &[f32], spans: &[Span]) -> Vec<f32> {
        let mut out = vec![0.0; queries.len()];
        layer.attend(queries, self.sight(), spans, &mut out);
        out
    }

    /// Pages that hold all tokens of a sequence.
    fn filled<W: Word>(&self, tensors: &(Vec<f32>, Vec<f32>, Vec<f32>), span: Span) -> LayerPages<W> {
        let mut layer = LayerPages::new(10, self.kv_heads, self.dim);
        layer.append(&tensors.1, &tensors.2, &[span]);
        layer
    }

    fn whole<'a>(&self, pages: &'a [u32]) -> Span<'a> {
        Span {
            row: 0,
            tokens: self.tokens,
            start: 0,
            pages,
        }
    }

    fn tensors(&self) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
        (
            noise(self.tokens * self.heads * self.dim, 1),
            noise(self.tokens * self.kv_heads * self.dim, 2),
            noise(self.tokens * self.kv_heads * self.dim, 3),
        )
    }

    /// The textbook form in f64.
    fn plain(&self, (q, k, v): &(Vec<f32>, Vec<f32>, Vec<f32>), scale: f32) -> Vec<f64> {
        let (dim, group) = (self.dim, self.heads / self.kv_heads);
        let mut out = vec![0.0; q.len()];
        for t in 0..self.tokens {
            for h in 0..self.heads {
                let q = &q[(t * self.heads + h) * dim..][..dim];
                let first = (t + 1).saturating_sub(self.window.unwrap_or(usize::MAX));
                let at = |s: usize| (s * self.kv_heads + h / group) * dim;
                let scores: Vec<f64> = (first..=t)
                    .map(|s| {
                        let k = &k[at(s)..][..dim];
                        let dot: f64 = q
                            .iter()
                            .zip(k)
                            .map(|(a, b)| f64::from(a * scale) * f64::from(*b))
                            .sum();
                        dot
                    })
                    .collect();
                let most = scores.iter().copied().fold(f64::MIN, f64::max);
                let total: f64 = scores.iter().map(|s| (s - most).exp()).sum();
                for (i, s) in scores.iter().enumerate() {
                    for d in 0..dim {
                        out[(t * self.heads + h) * dim + d] +=
                            (s - most).exp() / total * f64::from(v[at(first + i) + d]);
                    }
                }
            }
        }
        out
    }
}

const CASES: [Case; 4] = [
    Case {
        heads: 4,
        kv_heads: 2,
        dim: 8,
        tokens: 75,
        window: None,
    },
    Case {
        heads: 6,
        kv_heads: 1,
        dim: 48,
        tokens: 130,
        window: Some(20),
    },
    Case {
        heads: 3,
        kv_heads: 3,
        dim: 128,
        tokens: 40,
        window: Some(1),
    },
    Case {
        heads: 40,
        kv_heads: 1,
        dim: 32,
        tokens: 66,
        window: Some(65),
    },
];

#[test]
fn attention_equals_the_textbook_form() {
    for case in CASES {
        let tensors = case.tensors();
        let pages: Vec<u32> = (0..10).rev().collect();
        let span = case.whole(&pages);
        let exact = case.plain(&tensors, 0.7);
        let floats = case.attended(&case.filled::<f32>(&tensors, span), &tensors.0, &[span]);
        for (ours, exact) in floats.iter().zip(&exact) {
            assert!((f64::from(*ours) - exact).abs() < 1e-5, "{ours} {exact}");
        }
        // Keys, values, queries and weights rounded to 8 bits of mantissa: 2^-9 relative each, 2^-10 in the mean.
        let pairs = case.attended(&case.filled::<Pair>(&tensors, span), &tensors.0, &[span]);
        let square = |numbers: &mut dyn Iterator<Item = f64>| numbers.map(|x| x * x).sum::<f64>();
        let error = square(
            &mut pairs
                .iter()
                .zip(&exact)
                .map(|(ours, exact)| f64::from(*ours) - exact),
        );
        let relative = (error / square(&mut exact.iter().copied())).sqrt();
        assert!(relative < 3e-3, "{relative}");
        assert!(relative > 1e-5, "not rounded at all: {relative}");
    }
}

#[test]
fn every_path_of_this_cpu_gives_the_same_bits() {
    fn check<W: Word>(case: &Case) {
        let tensors = case.tensors();
        let pages: Vec<u32> = (0..10).collect();
        let span = case.whole(&pages);
        let layer = case.filled::<W>(&tensors, span);
        let on = |path| {
            let mut out = vec![0.0; tensors.0.len()];
            layer.attend_on(path, &tensors.0, case.sight(), &[span], &mut out);
            out
        };
        let expected = on(Path::Plain(true));
        for path in Path::here() {
            assert!(on(path) == expected, "{path:?}");
        }
        for (plain, fused) in on(Path::Plain(false)).iter().zip(&expected) {
            assert!((plain - fused).abs() < 1e-2, "{plain} {fused}");
        }
    }
    for case in CASES {
        check::<f32>(&case);
        check::<Pair>(&case);
    }
}

#[test]
fn chunks_do_not_change_a_bit() {
    fn check<W: Word>(case: &Case) {
        let tensors = case.tensors();
        let pages: Vec<u32> = (0..10).collect();
        let whole = case.whole(&pages);
        let expected = case.attended(&case.filled::<W>(&tensors, whole), &tensors.0, &[whole]);
        let (q, k, v) = tensors;
        // Pages that hold NaN beyond the sequence must not be felt.
        let mut layer = LayerPages::<W>::new(10, case.kv_heads, case.dim);
        let nothing = vec![f32::NAN; 320 * case.kv_heads * case.dim];
        let all = Span { tokens: 320, ..whole };
        layer.append(&nothing, &nothing, &[all]);
        let (width, kv_width) = (case.heads * case.dim, case.kv_heads * case.dim);
        let mut found = Vec::new();
        let mut start = 0;
        for tokens in [1, 15, 2, 33, 7].into_iter().cycle() {
            let tokens = usize::min(tokens, case.tokens - start);
            if tokens == 0 {
                break;
            }
            let span = Span {
                row: 0,
                tokens,
                start,
                pages: &pages,
            };
            let rows = start..start + tokens;
            let kv = rows.start * kv_width..rows.end * kv_width;
            layer.append(&k[kv.clone()], &v[kv], &[span]);
            let q = &q[rows.start * width..rows.end * width];
            found.extend(case.attended(&layer, q, &[span]));
            start += tokens;
        }
        assert_eq!(found, expected);
    }
    for case in CASES {
        check::<f32>(&case);
        check::<Pair>(&case);
    }
}

#[test]
fn answers_that_share_their_first_pages_have_the_bits_that_each_has_alone() {
    fn check<W: Word>(case: &Case) {
        let (heads, kv_heads) = (case.heads * case.dim, case.kv_heads * case.dim);
        let mut layer = LayerPages::<W>::new(10, case.kv_heads, case.dim);
        // 128 tokens in pages 0 to 3, then four answers of 1 to 40 tokens, each in pages of its own.
        let tables: Vec<Vec<u32>> = (0..4).map(|i| vec![0, 1, 2, 3, 4 + i, 8 + i % 2]).collect();
        let lengths = [1, 17, 32, 40];
        let first = Span {
            row: 0,
            tokens: 128,
            start: 0,
            pages: &tables[0],
        };
        let fill = |seed, tokens| noise(tokens * kv_heads, seed);
        layer.append(&fill(4, 128), &fill(5, 128), &[first]);
        for (index, (pages, tokens)) in tables.iter().zip(lengths).enumerate() {
            let own = Span {
                row: 0,
                tokens: tokens.min(32),
                start: 128,
                pages,
            };
            layer.append(&fill(6 + index as u64, 40), &fill(16 + index as u64, 40), &[own]);
        }
        let last = Span {
            row: 0,
            tokens: 8,
            start: 160,
            pages: &tables[3],
        };
        layer.append(&fill(30, 8), &fill(31, 8), &[last]);
        // The last tokens of each: one, or some that are guessed.
        let (tokens, rows) = ([1, 2, 3, 1], [0, 1, 3, 6]);
        let queries = noise(7 * heads, 40);
        let spans: Vec<Span> = (0..4)
            .map(|index| Span {
                row: rows[index],
                tokens: tokens[index],
                start: 128 + lengths[index] - tokens[index],
                pages: &tables[index],
            })
            .collect();
        let together = case.attended(&layer, &queries, &spans);
        for span in spans {
            for token in 0..span.tokens {
                let place = (span.row + token) * heads..(span.row + token + 1) * heads;
                let own = Span {
                    row: 0,
                    tokens: 1,
                    start: span.start + token,
                    ..span
                };
                let alone = case.attended(&layer, &queries[place.clone()], &[own]);
                assert_eq!(alone, together[place], "{} {token}", span.row);
            }
        }
    }
    for case in CASES {
        check::<f32>(&case);
        check::<Pair>(&case);
    }
}
