//! How much a sentence deserves to stand in a summary, and how alike two sentences are.

use super::passage::Passage;
use super::words;
use std::collections::{BTreeMap, HashMap};

/// A sentence as weighted words: number of the word, weight; sorted, of length 1.
type Vector = Vec<(usize, f32)>;

/// What is known of one sentence when the selection starts.
#[derive(Debug, Clone)]
pub(super) struct Score {
    /// Worth in a summary, on its own.
    pub worth: f32,
    /// What it loses because it leans on the sentence before.
    pub dependence: f32,
    vector: Vector,
}

impl Score {
    /// Cosine of the words: 0 nothing shared, 1 the same words.
    pub(super) fn likeness(&self, other: &Score) -> f32 {
        dot(&self.vector, &other.vector)
    }
}

const TITLE: f32 = 0.55;
const CENTRALITY: f32 = 1.0;
const LEAD: f32 = 0.9;
const OPENS_PARAGRAPH: f32 = 0.15;
const FIGURES: f32 = 0.3;
const ENTITIES: f32 = 0.25;
const DEPENDENCE: f32 = 1.1;
const QUOTED: f32 = 0.6;
const WEAK: f32 = 0.7;
const NO_SENTENCE: f32 = 0.5;
const ITEM: f32 = 0.2;
const STANDFIRST: f32 = 0.5;

/// The scores of all sentences, in order. `taken` is the sentence that serves as headline.
pub(super) fn scores(passages: &[Passage], title: &str, taken: Option<usize>) -> Vec<Score> {
    let vocabulary = Vocabulary::of(passages);
    let vectors: Vec<Vector> = passages
        .iter()
        .map(|passage| vocabulary.vector(&passage.stems))
        .collect();
    let title = vocabulary.vector(&words::stems(title));
    let centre = centre(&vectors);
    let central: Vec<f32> = vectors.iter().map(|vector| dot(vector, &centre)).collect();
    let most_central = central.iter().copied().fold(f32::EPSILON, f32::max);
    let most_named = passages
        .iter()
        .map(|passage| passage.entities)
        .max()
        .unwrap_or(0)
        .max(1);
    let opening = opening(passages);
    passages
        .iter()
        .zip(vectors)
        .enumerate()
        .map(|(at, (passage, vector))| {
            let distance = passage.paragraph.saturating_sub(opening) as f32;
            let mut worth = CENTRALITY * central[at] / most_central
                + TITLE * dot(&vector, &title)
                + LEAD / (1.0 + 0.8 * distance) * if passage.first { 1.0 } else { 0.75 }
                + FIGURES * passage.figures.min(3) as f32 / 3.0
                + ENTITIES * passage.entities as f32 / most_named as f32;
            worth -= if passage.paragraph < opening {
                STANDFIRST
            } else {
                0.0
            };
            worth += if passage.first { OPENS_PARAGRAPH } else { 0.0 };
            worth -= QUOTED * passage.quoted + length_loss(passage.chars());
            worth -= if passage.weak { WEAK } else { 0.0 };
            worth -= if passage.is_item { ITEM } else { 0.0 };
            worth -= if passage.is_sentence || passage.is_item {
                0.0
            } else {
                NO_SENTENCE
            };
            worth -= if taken == Some(at) { 2.0 } else { 0.0 };
            Score {
                worth,
                dependence: DEPENDENCE * passage.dependence,
                vector,
            }
        })
        .collect()
}

/// The paragraph that tells the news. A standfirst before it, a line or two in other words, would only
/// be repeated.
fn opening(passages: &[Passage]) -> usize {
    let Some(first) = passages.first().map(|passage| passage.paragraph) else {
        return 0;
    };
    let Some(next) = passages
        .iter()
        .map(|passage| passage.paragraph)
        .find(|&paragraph| paragraph > first)
    else {
        return first;
    };
    let of = |paragraph: usize| {
        passages
            .iter()
            .filter(move |passage| passage.paragraph == paragraph)
    };
    let chars = |paragraph: usize| of(paragraph).map(Passage::chars).sum::<usize>();
    let standfirst = of(first).count() <= 2 && chars(first) <= 220 && chars(next) >= 220;
    if standfirst && passages.len() >= 8 {
        next
    } else {
        first
    }
}

/// Very short sentences say little, very long ones are no point of a summary.
fn length_loss(chars: usize) -> f32 {
    match chars {
        0..60 => 0.6,
        60..80 => 0.25,
        80..260 => 0.0,
        260..330 => 0.15,
        _ => 0.5,
    }
}

struct Vocabulary<'a> {
    words: HashMap<&'a str, (usize, f32)>,
}

impl<'a> Vocabulary<'a> {
    fn of(passages: &'a [Passage]) -> Vocabulary<'a> {
        let mut sentences: BTreeMap<&str, usize> = BTreeMap::new();
        for passage in passages {
            let mut stems: Vec<&str> = passage.stems.iter().map(String::as_str).collect();
            stems.sort_unstable();
            stems.dedup();
            for stem in stems {
                *sentences.entry(stem).or_default() += 1;
            }
        }
        let all = passages.len() as f32;
        let words = sentences
            .into_iter()
            .enumerate()
            .map(|(number, (stem, count))| (stem, (number, (1.0 + all / count as f32).ln())))
            .collect();
        Vocabulary { words }
    }

    fn vector(&self, stems: &[String]) -> Vector {
        let mut weights: BTreeMap<usize, f32> = BTreeMap::new();
        for &(number, rarity) in stems.iter().filter_map(|stem| self.words.get(stem.as_str())) {
            *weights.entry(number).or_default() += rarity;
        }
        let length = weights
            .values()
            .map(|weight| weight * weight)
            .sum::<f32>()
            .sqrt()
            .max(f32::EPSILON);
        weights
            .into_iter()
            .map(|(number, weight)| (number, weight / length))
            .collect()
    }
}

/// What the article is about: the sum of its sentences.
fn centre(vectors: &[Vector]) -> Vector {
    let mut sum: BTreeMap<usize, f32> = BTreeMap::new();
    for &(number, weight) in vectors.iter().flatten() {
        *sum.entry(number).or_default() += weight;
    }
    sum.into_iter().collect()
}

fn dot(left: &Vector, right: &Vector) -> f32 {
    let (mut sum, mut a, mut b) = (0.0, 0, 0);
    while let (Some(&(left_number, left_weight)), Some(&(right_number, right_weight))) =
        (left.get(a), right.get(b))
    {
        match left_number.cmp(&right_number) {
            std::cmp::Ordering::Less => a += 1,
            std::cmp::Ordering::Greater => b += 1,
            std::cmp::Ordering::Equal => {
                sum += left_weight * right_weight;
                a += 1;
                b += 1;
            }
        }
    }
    sum
}
