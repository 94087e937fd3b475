//! Which sentences are taken: the best first, each as unlike those already taken as possible.

use super::passage::Passage;
use super::score::Score;
use crate::task::Length;

/// What repeating a taken sentence costs.
const REPETITION: f32 = 1.7;
/// What a second sentence of one paragraph costs.
const SAME_PARAGRAPH: f32 = 0.35;
/// Optional sentences must be worth this part of the best one.
const WORTHWHILE: f32 = 0.42;
/// Characters after which an abstract takes no optional sentence.
const ABSTRACT_CHARS: usize = 420;

/// Indices of the passages taken, in the order of the article.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Of the abstract.
    pub sentences: Vec<usize>,
    /// Of the bullets.
    pub bullets: Vec<usize>,
}

/// Chooses the sentences of the abstract, then those of the bullets.
pub(super) fn choose(passages: &[Passage], scores: &[Score], length: Length) -> Chosen {
    let picker = Picker { passages, scores };
    let enough = passages.len() >= length.sentences().end() + length.bullets().end() + 2;
    let sentences = picker.abstract_sentences(length);
    let bullets = picker.bullets(length, if enough { &sentences } else { &[] });
    Chosen { sentences, bullets }
}

struct Picker<'a> {
    passages: &'a [Passage<'a>],
    scores: &'a [Score],
}

impl Picker<'_> {
    fn abstract_sentences(&self, length: Length) -> Vec<usize> {
        let wanted = length.sentences();
        let Some(lead) = self.lead() else {
            return Vec::new();
        };
        let mut taken = vec![lead];
        let mut chars = self.passages[lead].chars();
        while taken.len() < *wanted.end() {
            let Some((next, gain)) = self.best(&taken, &[], |at| self.follows(at, &taken)) else {
                break;
            };
            let optional = taken.len() >= *wanted.start();
            let room = chars + self.passages[next].chars() <= ABSTRACT_CHARS * (1 + wanted.end() / 4);
            if optional && (!room || gain < WORTHWHILE * self.scores[lead].worth) {
                break;
            }
            chars += self.passages[next].chars();
            taken.push(next);
        }
        taken.sort_unstable();
        taken
    }

    /// The sentence that tells the news: the best of the opening that stands alone.
    fn lead(&self) -> Option<usize> {
        let opening = self.passages.len().min(5);
        let value = |at: usize| self.scores[at].worth - self.scores[at].dependence;
        let best = |range: std::ops::Range<usize>| {
            range.max_by(|&a, &b| value(a).total_cmp(&value(b)).then(b.cmp(&a)))
        };
        best(0..opening)
    }

    /// What a sentence loses for leaning on the one before: nothing where that one is taken.
    fn follows(&self, at: usize, taken: &[usize]) -> f32 {
        let previous = at.checked_sub(1).filter(|previous| {
            taken.contains(previous) && self.passages[*previous].paragraph == self.passages[at].paragraph
        });
        if previous.is_some() {
            -0.25
        } else {
            self.scores[at].dependence
        }
    }

    fn bullets(&self, length: Length, told: &[usize]) -> Vec<usize> {
        let wanted = length.bullets();
        let mut taken: Vec<usize> = Vec::new();
        let mut best_gain = None;
        while taken.len() < *wanted.end() {
            let Some((next, gain)) = self.best(&taken, told, |at| self.scores[at].dependence) else {
                break;
            };
            let best_gain = *best_gain.get_or_insert(gain);
            if taken.len() >= *wanted.start() && gain < WORTHWHILE * best_gain {
                break;
            }
            taken.push(next);
        }
        taken.sort_unstable();
        taken
    }

    /// The sentence that adds most to `taken` and `told`, and how much.
    fn best(&self, taken: &[usize], told: &[usize], leaning: impl Fn(usize) -> f32) -> Option<(usize, f32)> {
        (0..self.passages.len())
            .filter(|at| !taken.contains(at) && !told.contains(at))
            .map(|at| {
                let others = || taken.iter().chain(told).copied();
                let likeness = others()
                    .map(|other| self.scores[at].likeness(&self.scores[other]))
                    .fold(0.0, f32::max);
                let crowded = taken
                    .iter()
                    .any(|&other| self.passages[other].paragraph == self.passages[at].paragraph);
                let crowding = if crowded { SAME_PARAGRAPH } else { 0.0 };
                (
                    at,
                    self.scores[at].worth - leaning(at) - REPETITION * likeness - crowding,
                )
            })
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    }
}
