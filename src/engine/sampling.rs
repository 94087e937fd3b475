//! Which token comes next, from logits, a mask and a request's own generator.

use super::decoder::Row;
use super::error::SequenceError;
use super::kernels::best::{Best, allowed};
use crate::backend::Sampling;

/// Draws the tokens of one request: the same request draws the same tokens in any batch.
#[derive(Debug, Clone)]
pub struct Sampler {
    settings: Sampling,
    state: u64,
}

impl Sampler {
    /// A sampler at the beginning of its seed's sequence.
    pub fn new(settings: Sampling) -> Self {
        Self {
            settings,
            state: settings.seed,
        }
    }

    /// Chooses among the tokens that `mask` allows (bit `t % 32` of word `t / 32`; what lies beyond
    /// is not allowed), or among all. Greedy ties go to the lowest token. `tokens` is the length of
    /// the sequence, for error messages.
    ///
    /// # Errors
    /// When an allowed logit is NaN, or nothing is allowed.
    pub fn sample(&mut self, row: Row, mask: Option<&[u32]>, tokens: usize) -> Result<u32, SequenceError> {
        let found = match row {
            Row::Best(best) => best.into(),
            Row::Logits(logits) if self.is_greedy() => Best::of(logits, mask).into(),
            Row::Logits(logits) => self.draw(logits, mask),
        };
        match found {
            Found::Token(token) => Ok(token),
            Found::NotANumber => Err(SequenceError::NotANumber { tokens }),
            Found::Nothing => Err(SequenceError::NothingAllowed { tokens }),
        }
    }

    /// Whether it always takes the most probable token.
    pub fn is_greedy(&self) -> bool {
        self.settings.temperature <= 0.0 || self.settings.top_k == 1
    }

    fn draw(&mut self, logits: &[f32], mask: Option<&[u32]>) -> Found {
        let candidates = allowed(0, logits, mask).map(|(token, logit)| (token as u32, logit));
        let mut candidates: Vec<(u32, f32)> = candidates.collect();
        if candidates.iter().any(|(_, logit)| logit.is_nan()) {
            return Found::NotANumber;
        }
        // A total order, so that the cut does not depend on the sort.
        candidates.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        if self.settings.top_k > 0 {
            candidates.truncate(self.settings.top_k);
        }
        let Some(&(first, most)) = candidates.first() else {
            return Found::Nothing;
        };
        if !most.is_finite() {
            return Found::Token(first);
        }
        let weight = |logit: f32| (f64::from(logit - most) / self.settings.temperature).exp();
        let weights: Vec<f64> = candidates.iter().map(|(_, logit)| weight(*logit)).collect();
        let mut total: f64 = weights.iter().sum();
        if self.settings.top_p < 1.0 {
            let wanted = total * self.settings.top_p.max(0.0);
            let mut mass = 0.0;
            let kept = weights.iter().take_while(|weight| {
                let more = mass < wanted;
                mass += **weight;
                more
            });
            let kept = kept.count().max(1);
            candidates.truncate(kept);
            total = weights[..kept].iter().sum();
        }
        let mut left = self.uniform() * total;
        for ((token, _), weight) in candidates.iter().zip(&weights) {
            left -= weight;
            if left < 0.0 {
                return Found::Token(*token);
            }
        }
        Found::Token(candidates.last().map_or(first, |(token, _)| *token))
    }

    /// SplitMix64, <https://prng.di.unimi.it/splitmix64.c>; 53 bits from 0 to below 1.
    fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

enum Found {
    Token(u32),
    NotANumber,
    Nothing,
}

impl From<Option<Best>> for Found {
    fn from(best: Option<Best>) -> Self {
        match best {
            None => Self::Nothing,
            Some(best) if best.logit.is_nan() => Self::NotANumber,
            Some(best) => Self::Token(best.token),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warm(top_k: usize, top_p: f64) -> Sampling {
        Sampling {
            temperature: 1.0,
            top_p,
            top_k,
            seed: 7,
        }
    }

    #[test]
    fn greedy_ties_go_to_the_lowest_token() {
        let mut sampler = Sampler::new(Sampling::GREEDY);
        let logits = [0.0, 3.0, 3.0, 1.0];
        assert_eq!(sampler.sample(Row::Logits(&logits), None, 0), Ok(1));
        assert_eq!(sampler.sample(Row::Logits(&logits), Some(&[0b1101]), 0), Ok(2));
        let lost = [f32::NEG_INFINITY; 3];
        assert_eq!(sampler.sample(Row::Logits(&lost), None, 0), Ok(0));
    }

    #[test]
    fn what_cannot_be_chosen_is_an_error() {
        for settings in [Sampling::GREEDY, warm(0, 1.0)] {
            let mut sampler = Sampler::new(settings);
            let nan = Err(SequenceError::NotANumber { tokens: 9 });
            assert_eq!(sampler.sample(Row::Logits(&[0.0, f32::NAN]), None, 9), nan);
            let nothing = Err(SequenceError::NothingAllowed { tokens: 9 });
            assert_eq!(
                sampler.sample(Row::Logits(&[0.0, 1.0]), Some(&[0, u32::MAX]), 9),
                nothing
            );
            assert_eq!(sampler.sample(Row::Logits(&[0.0, 1.0]), Some(&[]), 9), nothing);
        }
    }

    #[test]
    fn a_seed_draws_the_same_tokens_and_another_draws_others() {
        let logits: Vec<f32> = (0..100).map(|i| (i % 10) as f32 * 0.1).collect();
        let draws = |seed| {
            let mut sampler = Sampler::new(Sampling { seed, ..warm(0, 1.0) });
            (0..50)
                .map(|_| sampler.sample(Row::Logits(&logits), None, 0).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(draws(1), draws(1));
        assert_ne!(draws(1), draws(2));
    }

    #[test]
    fn draws_follow_the_probabilities_and_the_cuts() {
        let logits = [0.5f32.ln(), 0.3f32.ln(), 0.2f32.ln(), f32::NEG_INFINITY];
        let counts = |settings, mask: Option<&[u32]>| {
            let mut sampler = Sampler::new(settings);
            let mut counts = [0usize; 4];
            for _ in 0..10_000 {
                counts[sampler.sample(Row::Logits(&logits), mask, 0).unwrap() as usize] += 1;
            }
            counts
        };
        let all = counts(warm(0, 1.0), None);
        assert!(
            (4800..5200).contains(&all[0]) && (1800..2200).contains(&all[2]),
            "{all:?}"
        );
        assert_eq!(all[3], 0);
        let two = counts(warm(2, 1.0), None);
        assert!(two[2] == 0 && (6000..6500).contains(&two[0]), "{two:?}");
        let mass = counts(warm(0, 0.7), None);
        assert!(mass[2] == 0 && mass[1] > 0, "{mass:?}");
        let masked = counts(warm(0, 1.0), Some(&[0b0110]));
        assert!(masked[0] == 0 && (5700..6300).contains(&masked[1]), "{masked:?}");
    }
}
