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
    fn attended(&self, layer: &LayerPages, queries: &[f32], span: Span) -> Vec<f32> {
        let sight = Sight {
            heads: self.heads,
            scale: 0.7,
            window: self.window,
        };
        let mut out = vec![0.0; queries.len()];
        layer.attend(queries, sight, &[span], &mut out);
        out
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
        let mut layer = LayerPages::new(10, case.kv_heads, case.dim);
        let span = Span {
            row: 0,
            tokens: case.tokens,
            start: 0,
            pages: &pages,
        };
        layer.append(&tensors.1, &tensors.2, &[span]);
        let out = case.attended(&layer, &tensors.0, span);
        for (ours, exact) in out.iter().zip(case.plain(&tensors, 0.7)) {
            assert!((f64::from(*ours) - exact).abs() < 1e-5, "{ours} {exact}");
        }
    }
}

#[test]
fn chunks_and_neighbours_do_not_change_a_bit() {
    for case in CASES {
        let (q, k, v) = case.tensors();
        let pages: Vec<u32> = (0..10).collect();
        let mut layer = LayerPages::new(10, case.kv_heads, case.dim);
        let whole = Span {
            row: 0,
            tokens: case.tokens,
            start: 0,
            pages: &pages,
        };
        layer.append(&k, &v, &[whole]);
        let expected = case.attended(&layer, &q, whole);
        // Pages that hold NaN beyond the sequence must not be felt.
        let mut layer = LayerPages::new(10, case.kv_heads, case.dim);
        layer.keys.fill(f32::NAN);
        layer.values.fill(f32::NAN);
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
            found.extend(case.attended(&layer, q, span));
            start += tokens;
        }
        assert_eq!(found, expected);
    }
}
