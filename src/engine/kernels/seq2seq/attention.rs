#![allow(unsafe_code)]
//! Attention of single rows over keys and values that are found by their places.

use crate::engine::kernels::each_part;
use crate::engine::kernels::simd::{LANES, Lanes, exp, fma, max, raise, sum};

/// The keys and values that one query sees.
#[derive(Debug, Clone, Copy)]
pub struct Memory<'a> {
    /// Keys: row `r` begins at `r * stride`.
    pub keys: &'a [f32],
    /// Values, in the same way.
    pub values: &'a [f32],
    /// Numbers from one row to the next.
    pub stride: usize,
    /// The rows that are seen.
    pub rows: Rows<'a>,
}

/// Rows of a memory.
#[derive(Debug, Clone, Copy)]
pub enum Rows<'a> {
    /// The first so many.
    First(usize),
    /// These, in this order.
    These(&'a [u32]),
}

impl Rows<'_> {
    fn len(self) -> usize {
        match self {
            Rows::First(count) => count,
            Rows::These(rows) => rows.len(),
        }
    }

    #[inline(always)]
    fn get(self, index: usize) -> usize {
        match self {
            Rows::First(_) => index,
            Rows::These(rows) => rows[index] as usize,
        }
    }
}

/// Heads of a row.
#[derive(Debug, Clone, Copy)]
pub struct Heads {
    /// How many.
    pub count: usize,
    /// Numbers of each.
    pub width: usize,
}

/// Attends with each query (`heads` side by side, row `r` at `r * stride`) over its memory, with
/// scores divided by the square root of the head's width; `out` has one row of all heads for each.
///
/// # Panics
/// When a memory lists a row that it does not have.
pub fn attend(queries: &[f32], stride: usize, heads: Heads, memories: &[Memory], out: &mut [f32]) {
    let width = heads.count * heads.width;
    let seen: usize = memories.iter().map(|memory| memory.rows.len()).sum();
    for memory in memories {
        let last = match memory.rows {
            Rows::First(count) => count.checked_sub(1),
            Rows::These(rows) => rows.iter().max().map(|row| *row as usize),
        };
        let needed = last.map_or(0, |last| last * memory.stride + width);
        assert!(memory.keys.len() >= needed && memory.values.len() >= needed);
    }
    assert!(out.len() == memories.len() * width);
    let worth = memories.len() > 1 && seen * width > 1 << 13;
    each_part(out, width, worth, |row, out| {
        let query = &queries[row * stride..row * stride + width];
        let mut scores = Vec::new();
        for head in 0..heads.count {
            let at = head * heads.width;
            let job = Job {
                query: &query[at..at + heads.width],
                memory: memories[row],
                at,
            };
            attend_head(job, &mut scores, &mut out[at..at + heads.width]);
        }
    });
}

#[derive(Clone, Copy)]
struct Job<'a> {
    query: &'a [f32],
    memory: Memory<'a>,
    /// Where the head begins in a row.
    at: usize,
}

by_isa!(attend_head = attend_body(job: Job, scores: &mut Vec<f32>, out: &mut [f32]));

#[inline(always)]
fn attend_body<const FMA: bool>(job: Job, scores: &mut Vec<f32>, out: &mut [f32]) {
    let count = job.memory.rows.len();
    let width = job.query.len();
    let scale = 1.0 / (width as f32).sqrt();
    let padded = count.next_multiple_of(LANES);
    scores.clear();
    scores.resize(padded, f32::NEG_INFINITY);
    for index in 0..count {
        let start = job.memory.rows.get(index) * job.memory.stride + job.at;
        scores[index] = dot::<FMA>(job.query, &job.memory.keys[start..start + width]) * scale;
    }
    softmax::<FMA>(scores);
    let (whole, rest) = out.as_chunks_mut::<LANES>();
    let mut done = 0;
    // Four registers of the output at a time.
    for quad in whole.chunks_mut(4) {
        let mut sums = [[0.0; LANES]; 4];
        for index in 0..count {
            let start = job.memory.rows.get(index) * job.memory.stride + job.at + done;
            let value = &job.memory.values[start..start + quad.len() * LANES];
            let (value, _) = value.as_chunks::<LANES>();
            for (sums, value) in sums.iter_mut().zip(value) {
                for lane in 0..LANES {
                    sums[lane] = fma::<FMA>(scores[index], value[lane], sums[lane]);
                }
            }
        }
        for (out, sums) in quad.iter_mut().zip(&sums) {
            *out = *sums;
        }
        done += quad.len() * LANES;
    }
    for (offset, out) in rest.iter_mut().enumerate() {
        *out = 0.0;
        for index in 0..count {
            let row = job.memory.rows.get(index) * job.memory.stride;
            let value = job.memory.values[row + job.at + done + offset];
            *out = fma::<FMA>(scores[index], value, *out);
        }
    }
}

#[inline(always)]
fn dot<const FMA: bool>(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes: Lanes = [0.0; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            lanes[lane] = fma::<FMA>(a[lane], b[lane], lanes[lane]);
        }
    }
    for (lane, (a, b)) in a_rest.iter().zip(b_rest).enumerate() {
        lanes[lane] = fma::<FMA>(*a, *b, lanes[lane]);
    }
    sum(&lanes)
}

/// In place; the padding is minus infinity and becomes 0.
#[inline(always)]
fn softmax<const FMA: bool>(scores: &mut [f32]) {
    let (chunks, _) = scores.as_chunks_mut::<LANES>();
    let mut most: Lanes = [f32::NEG_INFINITY; LANES];
    for chunk in &mut *chunks {
        raise(&mut most, chunk);
    }
    let most = max(&most);
    let mut totals: Lanes = [0.0; LANES];
    for chunk in &mut *chunks {
        for lane in 0..LANES {
            chunk[lane] -= most;
        }
        exp::<FMA>(chunk);
        for lane in 0..LANES {
            totals[lane] += chunk[lane];
        }
    }
    let scale = 1.0 / sum(&totals);
    for chunk in chunks {
        for lane in 0..LANES {
            chunk[lane] *= scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::noise;
    use super::*;

    #[test]
    fn attention_is_a_weighted_mean_of_the_listed_values() {
        for (width, count) in [(4, 3), (16, 20), (24, 17), (64, 40), (80, 5)] {
            let heads = Heads { count: 2, width };
            let stride = 2 * width + 3;
            let (keys, values) = (noise(60 * stride, 1), noise(60 * stride, 2));
            let queries = noise(2 * 2 * width, 3);
            let list: Vec<u32> = (0..count as u32).map(|i| (i * 7 + 2) % 60).collect();
            let memory = |rows| Memory {
                keys: &keys,
                values: &values,
                stride,
                rows,
            };
            let memories = [memory(Rows::These(&list)), memory(Rows::First(count))];
            let mut out = vec![0.0; 4 * width];
            attend(&queries, 2 * width, heads, &memories, &mut out);
            for (row, memory) in memories.iter().enumerate() {
                for head in 0..2 {
                    let at = head * width;
                    let query = &queries[row * 2 * width + at..][..width];
                    let seen: Vec<usize> = (0..count).map(|i| memory.rows.get(i) * stride + at).collect();
                    let score = |start: &usize| {
                        let products = query.iter().zip(&keys[*start..]);
                        let score: f64 = products.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
                        (score / (width as f64).sqrt()).exp()
                    };
                    let weights: Vec<f64> = seen.iter().map(score).collect();
                    let total: f64 = weights.iter().sum();
                    for i in 0..width {
                        let parts = seen.iter().zip(&weights);
                        let exact: f64 = parts
                            .map(|(start, w)| w / total * f64::from(values[start + i]))
                            .sum();
                        let found = f64::from(out[row * 2 * width + at + i]);
                        assert!((found - exact).abs() < 1e-5, "{width} {count}");
                    }
                }
            }
            let mut alone = vec![0.0; 2 * width];
            attend(&queries, 2 * width, heads, &memories[..1], &mut alone);
            assert_eq!(alone, out[..2 * width]);
        }
    }
}
