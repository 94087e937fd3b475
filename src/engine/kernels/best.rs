#![allow(unsafe_code)]
//! The most probable token of a row, also of one whose logits are seen piece by piece, by several threads.

use std::sync::atomic::{AtomicU64, Ordering};

/// The most probable token of a row, the lowest of equal ones, and its logit: NaN where one of the logits is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Best {
    /// The token.
    pub token: u32,
    /// Its logit.
    pub logit: f32,
}

impl Best {
    /// Of the tokens of a row that `mask` allows (bit `t % 32` of word `t / 32`; what lies beyond is not allowed), or of all:
    /// none where nothing is allowed.
    pub fn of(logits: &[f32], mask: Option<&[u32]>) -> Option<Self> {
        Self::of_part(0, logits, mask, 0)
    }

    /// The same of the tokens from `first` on, unless its key is less than `least`.
    fn of_part(first: usize, logits: &[f32], mask: Option<&[u32]>, least: u64) -> Option<Self> {
        let logit = largest(first, logits, mask);
        let best = |token: usize| Self {
            token: token as u32,
            logit,
        };
        // Mostly a better one was seen before.
        if best(first).key() < least {
            return None;
        }
        let found = allowed(first, logits, mask).find(|(_, other)| *other == logit || logit.is_nan());
        found.map(|(token, _)| best(token))
    }

    /// A number that is larger for a larger logit, and for a lower token among equal ones; largest for NaN.
    fn key(self) -> u64 {
        // Zeros of both signs are equal.
        let bits = (self.logit + 0.0).to_bits();
        let ordered = match (self.logit.is_nan(), bits >> 31) {
            (true, _) => u32::MAX,
            (false, 0) => bits | 1 << 31,
            (false, _) => !bits,
        };
        u64::from(ordered) << 32 | u64::from(!self.token)
    }

    fn from_key(key: u64) -> Option<Self> {
        if key == 0 {
            return None;
        }
        let (ordered, token) = ((key >> 32) as u32, !(key as u32));
        let logit = match ordered >> 31 {
            1 => f32::from_bits(ordered ^ 1 << 31),
            _ => f32::from_bits(!ordered),
        };
        Some(Self { token, logit })
    }
}

/// The most probable tokens of some rows whose logits are on their way.
#[derive(Debug)]
pub struct Search(Vec<AtomicU64>);

impl Search {
    /// Nothing is known of `rows` rows yet.
    pub fn new(rows: usize) -> Self {
        Self((0..rows).map(|_| AtomicU64::new(0)).collect())
    }

    /// Takes in some logits of a row, those of the tokens from `first` on, of which `mask` allows some. In which order they
    /// come changes nothing.
    pub fn see(&self, row: usize, first: usize, logits: &[f32], mask: Option<&[u32]>) {
        let seen = self.0[row].load(Ordering::Relaxed);
        if let Some(best) = Best::of_part(first, logits, mask, seen) {
            self.0[row].fetch_max(best.key(), Ordering::Relaxed);
        }
    }

    /// What was found in each row, unless nothing was allowed.
    pub fn found(self) -> impl Iterator<Item = Option<Best>> {
        self.0.into_iter().map(|key| Best::from_key(key.into_inner()))
    }
}

by_isa!(largest = largest_body(first: usize, logits: &[f32], mask: Option<&[u32]>) -> f32);

/// The largest allowed logit, or NaN when one of them is.
#[inline(always)]
fn largest_body<const FMA: bool>(first: usize, logits: &[f32], mask: Option<&[u32]>) -> f32 {
    // By lanes, so that the compiler takes many numbers at once.
    let mut most = [f32::NEG_INFINITY; WORD];
    let mut odd = [false; WORD];
    for (_, word, logits) in words(first, logits, mask) {
        if word == 0 {
            continue;
        }
        let mut filled = [f32::NEG_INFINITY; WORD];
        let logits: &[f32; WORD] = logits.try_into().unwrap_or_else(|_| {
            filled[..logits.len()].copy_from_slice(logits);
            &filled
        });
        for lane in 0..WORD {
            let logit = if word >> lane & 1 == 1 {
                logits[lane]
            } else {
                f32::NEG_INFINITY
            };
            odd[lane] |= logit.is_nan();
            most[lane] = if logit > most[lane] { logit } else { most[lane] };
        }
    }
    match odd.contains(&true) {
        true => f32::NAN,
        false => most.into_iter().fold(f32::NEG_INFINITY, f32::max),
    }
}

/// The tokens from `first` on that `mask` allows, ascending, with their logits.
pub fn allowed<'a>(
    first: usize,
    logits: &'a [f32],
    mask: Option<&'a [u32]>,
) -> impl Iterator<Item = (usize, f32)> {
    let words = words(first, logits, mask).filter(|(_, word, _)| *word != 0);
    words.flat_map(|(at, word, logits)| {
        let lanes = (0..logits.len()).filter(move |lane| word >> lane & 1 == 1);
        lanes.map(move |lane| (at + lane, logits[lane]))
    })
}

/// Tokens of a word of a mask.
const WORD: usize = 32;

/// Cuts logits where the mask's words begin: the first token of each part, what is allowed of it, and its logits.
#[inline(always)]
fn words<'a>(
    first: usize,
    logits: &'a [f32],
    mask: Option<&'a [u32]>,
) -> impl Iterator<Item = (usize, u32, &'a [f32])> {
    let (head, rest) = logits.split_at(logits.len().min(first.wrapping_neg() % WORD));
    let behind = first + head.len();
    let rest = rest.chunks(WORD).enumerate();
    let rest = rest.map(move |(index, part)| (behind + index * WORD, part));
    let head = (!head.is_empty()).then_some((first, head));
    head.into_iter().chain(rest).map(move |(at, part)| {
        let word = match mask {
            None => u32::MAX,
            Some(mask) => mask.get(at / WORD).map_or(0, |word| word >> (at % WORD)),
        };
        (at, word & (u32::MAX >> (WORD - part.len())), part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One by one.
    fn plain(logits: &[f32], mask: Option<&[u32]>) -> Option<Best> {
        let allows = |token: usize| {
            mask.is_none_or(|mask| {
                mask.get(token / 32)
                    .is_some_and(|word| word >> (token % 32) & 1 == 1)
            })
        };
        let mut best: Option<Best> = None;
        for token in (0..logits.len()).filter(|token| allows(*token)) {
            if best.is_none_or(|best| logits[token] > best.logit) {
                let logit = logits[token];
                let token = token as u32;
                best = Some(Best { token, logit });
            }
        }
        best
    }

    #[test]
    fn pieces_in_any_order_give_what_the_whole_row_gives() {
        let mut state = 7u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize
        };
        for round in 0..500 {
            // Few values, so that many are equal.
            let mut logits: Vec<f32> = (0..300).map(|_| (next() % 7) as f32 - 3.0).collect();
            match round % 5 {
                0 => logits[next() % 300] = f32::INFINITY,
                1 => logits.fill(f32::NEG_INFINITY),
                2 => logits
                    .iter_mut()
                    .for_each(|x| *x = -x.abs() * (next() % 2) as f32),
                _ => {}
            }
            // Of all words, of some, with few bits, and of none.
            let length = next() % 12;
            let mask: Vec<u32> = (0..length).map(|_| next() as u32 & next() as u32).collect();
            let mask: Vec<u32> = match round % 3 {
                0 => mask,
                1 => mask.iter().map(|word| word & 1 << 9).collect(),
                _ => vec![0; length],
            };
            let mask = (round % 4 > 0).then_some(&mask[..]);
            let search = Search::new(2);
            let mut cuts: Vec<usize> = (0..3).map(|_| next() % 301).chain([0, 300]).collect();
            cuts.sort_unstable();
            let mut pieces: Vec<_> = cuts.windows(2).map(|cut| cut[0]..cut[1]).collect();
            if round % 2 == 0 {
                pieces.reverse();
            }
            for piece in pieces {
                search.see(1, piece.start, &logits[piece], mask);
            }
            let found: Vec<_> = search.found().collect();
            let wanted = plain(&logits, mask);
            assert_eq!((found[0], found[1]), (None, wanted), "{logits:?} {mask:?}");
            assert_eq!(Best::of(&logits, mask), wanted);
        }
    }

    #[test]
    fn what_is_not_a_number_is_found_where_it_is_allowed() {
        for nan in [f32::NAN, -f32::NAN] {
            for place in [0, 40] {
                let mut logits = [1.0; 41];
                logits[place] = nan;
                let search = Search::new(2);
                let others = [!1, !(1 << 8)];
                for (row, mask) in [(0, None), (1, Some(&others[..]))] {
                    search.see(row, 0, &logits[..20], mask);
                    search.see(row, 20, &logits[20..], mask);
                }
                let found: Vec<f32> = search.found().map(|best| best.unwrap().logit).collect();
                assert!(found[0].is_nan(), "{found:?}");
                assert_eq!(found[1], 1.0);
                assert!(Best::of(&logits, None).unwrap().logit.is_nan());
            }
        }
    }
}
