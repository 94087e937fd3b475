//! What a word means to the number grammar, looked up once per word.
//!
//! Only words that can begin or carry a figure are here; the words around a figure (qualifiers,
//! units, counted nouns) are looked up when a figure has been found.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A number word of either language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Card {
    /// 0 to 19, those that are one word.
    Unit(u8),
    /// 20 to 90.
    Ten(u8),
    Hundred,
    Thousand,
    /// A power of ten from a million on.
    Scale(u8),
}

/// The part that a word can play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Word {
    #[default]
    None,
    Cardinal(Card),
    /// `deuxième`, `centième`.
    Ordinal(Card),
    /// `vingtaine`, `dozen`: about that many, or exactly that many after a number.
    Collective(u16),
    /// `tiers`, `quart`, `moitié`: one part in so many.
    Part(u8),
    /// `plusieurs`, `several`: an unstated number.
    Several,
    Month(u8),
    /// Monday is 1.
    Weekday(u8),
    /// `doublé`: the factor, and whether the thing grew.
    Factor(u8, bool),
    /// A word that can begin or end a period: `trimestre`, `hier`, `exercice`.
    Period,
}

/// A map that is built once from our own tables.
pub(super) type Table<K, V> = HashMap<K, V, BuildHasherDefault<Fnv>>;

/// Maps folded words to what they mean.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    words: Table<&'static str, Word>,
}

impl Lexicon {
    pub fn get(&self, fold: &str) -> Word {
        self.words.get(fold).copied().unwrap_or_default()
    }

    /// Adds every word of the space-separated list.
    pub fn add(&mut self, words: &'static str, meaning: Word) {
        for word in words.split(' ') {
            self.words.insert(word, meaning);
        }
    }
}

/// FNV-1a: the keys are short and come from our own tables, so speed counts and flooding does not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// A set of folded words.
#[derive(Debug, Default)]
pub(super) struct WordSet {
    words: std::collections::HashSet<&'static str, BuildHasherDefault<Fnv>>,
}

impl WordSet {
    /// The words of a space-separated list.
    pub fn new(list: &'static str) -> WordSet {
        WordSet {
            words: list.split_ascii_whitespace().collect(),
        }
    }

    pub fn has(&self, fold: &str) -> bool {
        self.words.contains(fold)
    }
}
