#![allow(unsafe_code)]
//! The best tokens of a row of logits, and what turns a logit into a log-probability.
//!
//! A row is looked at in blocks of a fixed size whose results are put together in order, so that who
//! computes which block changes nothing.

use crate::engine::kernels::simd::{LANES, Lanes, exp, max, raise, sum};

/// Logits of one block: whole panels of every matrix.
pub const BLOCK: usize = 960;

/// What is known of a row, or of a part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidates {
    /// The largest logit.
    most: f32,
    /// Sum of the exponentials of all logits less the largest.
    total: f32,
    /// The best tokens and their logits, best first, the lower token before an equal one.
    pub best: Vec<(u32, f32)>,
    /// Whether a logit is not a number.
    pub broken: bool,
}

impl Candidates {
    /// Nothing yet.
    pub const EMPTY: Candidates = Candidates {
        most: f32::NEG_INFINITY,
        total: 0.0,
        best: Vec::new(),
        broken: false,
    };

    /// Logarithm of the sum of the exponentials: a logit less this is a log-probability.
    pub fn normalizer(&self) -> f32 {
        self.most + self.total.ln()
    }

    /// Leaves some tokens out and keeps so many of the others.
    pub fn without(&mut self, forbidden: &[u32], keep: usize) {
        self.best.retain(|(token, _)| !forbidden.contains(token));
        self.best.truncate(keep);
    }

    /// Takes in the next part of the same row; `keep` tokens are kept.
    pub fn merge(&mut self, next: Candidates, keep: usize) {
        self.broken |= next.broken;
        if next.most > self.most {
            self.total = self.total * (self.most - next.most).exp() + next.total;
            self.most = next.most;
        } else if next.most > f32::NEG_INFINITY {
            self.total += next.total * (next.most - self.most).exp();
        }
        for (token, logit) in next.best {
            insert(&mut self.best, (token, logit), keep);
        }
    }
}

/// Looks through the logits of the tokens from `first` on: at most [`BLOCK`] of them. Those that are
/// minus infinity are no candidates.
pub fn scan(logits: &[f32], first: usize, keep: usize) -> Candidates {
    let mut found = Candidates::EMPTY;
    let (most, total) = normalizer(logits);
    (found.most, found.total) = (max(&most), total);
    found.broken = total.is_nan();
    find(logits, first, keep, at_least(most, keep), &mut found.best);
    found
}

/// A logit that at least `keep` logits reach, of which the largest of every lane are known: most of the others need not
/// be looked at.
fn at_least(mut most: Lanes, keep: usize) -> f32 {
    most.sort_unstable_by(|a, b| b.total_cmp(a));
    match keep {
        1..=LANES => most[keep - 1],
        _ => f32::NEG_INFINITY,
    }
}

by_isa!(find = find_body(logits: &[f32], first: usize, keep: usize, least: f32, best: &mut Vec<(u32, f32)>));

#[inline(always)]
fn find_body<const FMA: bool>(
    logits: &[f32],
    first: usize,
    keep: usize,
    least: f32,
    best: &mut Vec<(u32, f32)>,
) {
    let mut worst = least.next_down();
    let (whole, rest) = logits.as_chunks::<LANES>();
    let last = (whole.len() * LANES, rest);
    let lanes = whole
        .iter()
        .enumerate()
        .map(|(i, lanes)| (i * LANES, lanes.as_slice()));
    for (at, lanes) in lanes.chain(std::iter::once(last)) {
        let mut above = 0u32;
        for logit in lanes {
            above += u32::from(*logit > worst);
        }
        if above == 0 {
            continue;
        }
        for (lane, logit) in lanes.iter().enumerate() {
            if *logit > worst {
                insert(best, ((first + at + lane) as u32, *logit), keep);
                if best.len() == keep {
                    worst = best.last().map_or(worst, |last| last.1);
                }
            }
        }
    }
}

/// Equal logits keep their order: the lower token stands first.
fn insert(best: &mut Vec<(u32, f32)>, new: (u32, f32), keep: usize) {
    let place = best.partition_point(|old| old.1 >= new.1);
    if place < keep {
        best.insert(place, new);
        best.truncate(keep);
    }
}

// The largest logit of every lane, and the sum of all exponentials less the largest of all.
by_isa!(normalizer = normalizer_body(logits: &[f32]) -> (Lanes, f32));

#[inline(always)]
fn normalizer_body<const FMA: bool>(logits: &[f32]) -> (Lanes, f32) {
    let (whole, rest) = logits.as_chunks::<LANES>();
    let mut most: Lanes = [f32::NEG_INFINITY; LANES];
    for chunk in whole {
        raise(&mut most, chunk);
    }
    let mut last: Lanes = [f32::NEG_INFINITY; LANES];
    last[..rest.len()].copy_from_slice(rest);
    raise(&mut most, &last);
    let lanes = most;
    let most = max(&lanes);
    let mut totals: Lanes = [0.0; LANES];
    for chunk in whole.iter().chain(std::iter::once(&last)) {
        let mut power = [0.0; LANES];
        for lane in 0..LANES {
            power[lane] = chunk[lane] - most;
        }
        exp::<FMA>(&mut power);
        for lane in 0..LANES {
            totals[lane] += power[lane];
        }
    }
    let total = if most == f32::NEG_INFINITY {
        0.0
    } else {
        sum(&totals)
    };
    (lanes, total)
}

#[cfg(test)]
mod tests {
    use super::super::super::noise;
    use super::*;

    #[test]
    fn blocks_together_know_what_the_whole_row_knows() {
        let mut logits: Vec<f32> = noise(5000, 9).iter().map(|x| x * 20.0).collect();
        logits[77] = f32::NEG_INFINITY;
        logits[4000] = logits[123];
        let mut found = Candidates::EMPTY;
        for (index, block) in logits.chunks(BLOCK).enumerate() {
            found.merge(scan(block, index * BLOCK, 8), 8);
        }
        let exact: f64 = logits.iter().map(|x| f64::from(*x).exp()).sum::<f64>().ln();
        assert!((f64::from(found.normalizer()) - exact).abs() < 1e-5);
        let mut sorted: Vec<(u32, f32)> = (0..5000).map(|i| (i as u32, logits[i])).collect();
        sorted.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        assert_eq!(found.best, sorted[..8]);
        assert!(!found.broken);
        let exact_part = logits[..BLOCK].to_vec();
        logits[3] = f32::NAN;
        assert!(scan(&logits[..BLOCK], 0, 8).broken);
        // More than there are lanes.
        sorted.retain(|(token, _)| *token < BLOCK as u32);
        assert_eq!(scan(&exact_part, 0, 40).best, sorted[..40]);
        let nothing = scan(&[f32::NEG_INFINITY; 40], 0, 8);
        assert!(nothing.best.is_empty() && !nothing.broken);
    }

    #[test]
    fn equal_logits_keep_the_order_of_their_tokens() {
        let found = scan(&[1.0; 100], 50, 3);
        assert_eq!(found.best, [(50, 1.0), (51, 1.0), (52, 1.0)]);
    }
}
