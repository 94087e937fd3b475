//! Words that both texts have, and the figure that each of them goes with: `en octobre` and `in October`, `Engie`, `abstentions`.

use super::board::Column;
use super::reading::Sort;
use super::words::{Pause, Words};
use std::collections::HashMap;

/// How far a word may stand from the figure that it goes with, in chars.
const NEAR: usize = 32;

/// A word that both texts have once, by the figure that it stands nearest to, on one side.
pub(super) type Ties = HashMap<String, usize>;

/// The same word in two languages: `octobre` and `October`, `Engie`, `2019`, `abstentions`.
fn key(word: &str) -> Option<String> {
    let plain = |letter: char| match letter {
        'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        other => other,
    };
    let letters: Vec<char> = word.chars().map(plain).collect();
    let year = letters.len() == 4 && letters.iter().all(char::is_ascii_digit);
    let scale = ["milli", "billi", "trill", "pourc", "perce"]
        .iter()
        .any(|scale| word.starts_with(scale));
    let word = letters.len() >= 5 && letters.iter().all(|letter| letter.is_alphabetic()) && !scale;
    (year || word).then(|| letters.into_iter().take(6).collect())
}

/// Words that stand once in both texts, each with its figure, where each is the nearest of the other.
pub(super) fn ties(column: &Column, words: &Words, other: &Words) -> Ties {
    let count = |words: &Words| {
        let mut counts: HashMap<String, u32> = HashMap::new();
        for key in words.all().iter().filter_map(|word| key(&word.text)) {
            *counts.entry(key).or_default() += 1;
        }
        counts
    };
    let (here, there) = (count(words), count(other));
    let figures: Vec<usize> = (0..column.items.len())
        .filter(|&at| column.items[at].reading.sort != Sort::Date)
        .collect();
    let distance = |at: usize, start: usize, end: usize| {
        let figure = column.items[at].reading.figure;
        let (from, to) = if figure.end <= start {
            (figure.end, start)
        } else {
            (end, figure.start)
        };
        let (pause, chars) = words.apart(from, to);
        (pause == Pause::None && to >= from && chars <= NEAR).then_some(chars)
    };
    let mut nearest: HashMap<usize, (usize, String)> = HashMap::new();
    for word in words.all() {
        let Some(key) = key(&word.text).filter(|key| here.get(key) == Some(&1) && there.get(key) == Some(&1))
        else {
            continue;
        };
        let inside = |at: &&usize| {
            let figure = column.items[**at].reading.figure;
            figure.start <= word.start && word.end <= figure.end
        };
        if figures.iter().any(|at| inside(&at)) {
            continue;
        }
        let near = figures
            .iter()
            .filter_map(|&at| Some((distance(at, word.start, word.end)?, at)))
            .min();
        if let Some((chars, at)) = near {
            let best = nearest.entry(at).or_insert((usize::MAX, String::new()));
            if chars < best.0 {
                *best = (chars, key);
            }
        }
    }
    nearest.into_iter().map(|(at, (_, key))| (key, at)).collect()
}

/// A word goes with the one in the source and with the other in the text, and another word the other way round.
pub(super) fn tied_across(ties: &[Ties; 2], one: (usize, usize), other: (usize, usize)) -> bool {
    let crosses = |source: usize, generated: usize| {
        ties[0]
            .iter()
            .any(|(key, at)| *at == source && ties[1].get(key) == Some(&generated))
    };
    crosses(one.0, other.1) && crosses(other.0, one.1)
}
