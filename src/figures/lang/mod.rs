//! What a language adds to the grammar: its tables.
//!
//! A new language is a table like [`fr`] and a reader of number words like `words_fr`.

mod en;
mod fr;

use std::sync::LazyLock;

use super::lexicon::{Lexicon, Table, Word, WordSet};
use super::phrase::Phrases;
use crate::record::{Direction, Lang, Qualifier};

/// The tables of one language. All words are folded: lower case, no accents, elisions undone.
pub(super) struct Language {
    pub lang: Lang,
    /// The comma is the decimal mark where the shape of a number leaves it open.
    pub decimal_comma: bool,
    /// Words that begin or carry figures.
    pub lexicon: Lexicon,
    /// Words that are never a counted noun.
    pub function_words: WordSet,
    /// Adjectives between a number and its noun.
    pub adjectives: WordSet,
    /// Words before a number that make it a name or a reference (`article`, `page`, `iphone`).
    pub labels: WordSet,
    /// Words after a number that make it an address.
    pub streets: WordSet,
    /// Phrases before a figure that qualify it.
    pub before: Phrases<Qualifier>,
    /// Phrases after a figure that qualify it.
    pub after: Phrases<Qualifier>,
    /// Nouns and verbs of change before a figure.
    pub change: Table<String, Direction>,
    /// What a rate can be per.
    pub per: Table<&'static str, &'static str>,
    /// Months and their abbreviations.
    pub months: Table<&'static str, u8>,
}

/// The tables for `lang`; what is neither French nor English is read as French.
pub(super) fn of(lang: Lang) -> &'static Language {
    static FR: LazyLock<Language> = LazyLock::new(fr::language);
    static EN: LazyLock<Language> = LazyLock::new(en::language);
    match lang {
        Lang::En => &EN,
        Lang::Fr | Lang::Other => &FR,
    }
}

fn map<V: Copy>(rows: &[(&'static str, V)]) -> Table<&'static str, V> {
    let mut map = Table::default();
    for (words, value) in rows {
        for word in words.split_ascii_whitespace() {
            map.insert(word, *value);
        }
    }
    map
}

/// The words of `rows`, and every form of the French verbs in `-er` whose stems are in `stems`.
fn changes(rows: &[(&str, Direction)], stems: &[(&str, Direction)]) -> Table<String, Direction> {
    const ENDINGS: &[&str] = &[
        "e", "es", "ent", "ee", "ees", "er", "ait", "aient", "era", "eront", "erait", "eraient", "ant",
    ];
    let mut map = Table::default();
    for (list, direction) in stems {
        for stem in list.split_ascii_whitespace() {
            map.extend(
                ENDINGS
                    .iter()
                    .map(|ending| (format!("{stem}{ending}"), *direction)),
            );
        }
    }
    for (list, direction) in rows {
        map.extend(
            list.split_ascii_whitespace()
                .map(|word| (word.to_owned(), *direction)),
        );
    }
    map
}

fn lexicon(rows: &[(&'static str, Word)]) -> Lexicon {
    let mut lexicon = Lexicon::default();
    for (words, meaning) in rows {
        lexicon.add(words, *meaning);
    }
    lexicon
}
