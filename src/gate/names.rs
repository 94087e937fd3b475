//! Numbers that belong to a name (`Calliope 2`) are not the gate's matter, even where the grammar takes one
//! side's for a figure.

use super::board::{Board, Column, Item};
use std::collections::HashSet;

/// Settles open bare numbers that stand after a capitalized word and do so in the other text as well.
pub(super) fn settle(board: &mut Board) {
    settle_from(&mut board.source, board.generated.side.text);
    settle_from(&mut board.generated, board.source.side.text);
}

fn settle_from(column: &mut Column, other: &str) {
    let mut open = column.open();
    open.retain(|&at| column.items[at].reading.bare && is_digits(&column.items[at]));
    if open.is_empty() || column.side.text.is_empty() {
        return;
    }
    let text: Vec<char> = column.side.text.chars().collect();
    let known = names_in(other);
    for at in open {
        let figure = column.items[at].reading.figure;
        if let Some(word) = word_before(&text, figure.start)
            && known.contains(&(word, figure.text.clone()))
        {
            column.items[at].settled = true;
        }
    }
}

fn is_digits(item: &Item) -> bool {
    item.reading.figure.text.chars().all(|c| c.is_ascii_digit())
}

/// The capitalized word that ends one space before `at`.
fn word_before(text: &[char], at: usize) -> Option<String> {
    let end = at
        .checked_sub(1)
        .filter(|&end| text.get(end).is_some_and(|c| c.is_whitespace()))?;
    let start = text[..end]
        .iter()
        .rposition(|c| !c.is_alphanumeric())
        .map_or(0, |before| before + 1);
    let word: String = text[start..end].iter().collect();
    word.starts_with(char::is_uppercase).then_some(word)
}

/// Every capitalized word with the digits after it.
fn names_in(text: &str) -> HashSet<(String, String)> {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let is_name = |pair: &&[&str]| {
        pair[0].starts_with(char::is_uppercase) && pair[1].chars().all(|c| c.is_ascii_digit())
    };
    words
        .windows(2)
        .filter(is_name)
        .map(|pair| (pair[0].to_owned(), pair[1].to_owned()))
        .collect()
}
