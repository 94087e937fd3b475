//! Words that both texts have, and the figure that each of them goes with: `en octobre` and `in October`, `Engie`, `abstentions`.

use super::board::Column;
use super::concepts;
use super::reading::Sort;
use super::words::{Pause, Word, Words};
use std::collections::HashMap;

/// How far a word may stand from the figure that it goes with, in chars.
const NEAR: usize = 32;

/// A word that both texts have once, by the figure that it stands nearest to, on one side.
pub(super) type Ties = HashMap<String, usize>;

/// The same word in two languages: `octobre` and `October`, `Engie`, `2019`, `abstentions`.
fn key(word: &str) -> Option<String> {
    let letters: Vec<char> = concepts::plain(word).chars().collect();
    let year = letters.len() == 4 && letters.iter().all(char::is_ascii_digit);
    let scale = ["milli", "billi", "trill", "pourc", "perce"]
        .iter()
        .any(|scale| word.starts_with(scale));
    let word = letters.len() >= 5 && letters.iter().all(|letter| letter.is_alphabetic()) && !scale;
    (year || word).then(|| letters.into_iter().take(6).collect())
}

/// Words that stand once in both texts, each with its figure, where each is the nearest of the other; on either side.
pub(super) fn ties(columns: [&Column; 2], words: &[Words; 2]) -> [Ties; 2] {
    let keys: [Vec<Option<String>>; 2] = [0, 1].map(|side: usize| {
        let words = words[side].all().iter();
        words.map(|word| key(&word.text)).collect()
    });
    let counts = [0, 1].map(|side: usize| {
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for key in keys[side].iter().flatten() {
            *counts.entry(key).or_default() += 1;
        }
        counts
    });
    let is_tie = |key: &str| counts.iter().all(|counts| counts.get(key) == Some(&1));
    [0, 1].map(|side: usize| {
        let words = &words[side];
        let known = words.all().iter().zip(&keys[side]);
        let ties = known.filter_map(|(word, key)| Some((word, key.as_deref().filter(|key| is_tie(key))?)));
        on_one_side(columns[side], words, ties)
    })
}

/// The figure that each of the words goes with.
fn on_one_side<'k>(
    column: &Column,
    words: &Words,
    candidates: impl Iterator<Item = (&'k Word, &'k str)>,
) -> Ties {
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
    let mut nearest: HashMap<usize, (usize, &str)> = HashMap::new();
    for (word, key) in candidates {
        let inside = |at: &usize| {
            let figure = column.items[*at].reading.figure;
            figure.start <= word.start && word.end <= figure.end
        };
        if figures.iter().any(inside) {
            continue;
        }
        let near = figures
            .iter()
            .filter_map(|&at| Some((distance(at, word.start, word.end)?, at)))
            .min();
        if let Some((chars, at)) = near {
            let best = nearest.entry(at).or_insert((usize::MAX, ""));
            if chars < best.0 {
                *best = (chars, key);
            }
        }
    }
    nearest
        .into_iter()
        .map(|(at, (_, key))| (key.to_owned(), at))
        .collect()
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
