//! Words by a name that French and English share: `bénéfice` and `profit`, `salariés` and `staff`.

use crate::record::Lang;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A word, free of its language and its ending.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// A row of the list.
    Concept(usize),
    /// The beginning of a word that is spelled alike in both texts.
    Letters(String),
}

/// What numbers of business news are told of.
const CONCEPTS: &str = include_str!("concepts.txt");

/// Beginnings of words, and whole words, each with the row that it stands in.
#[derive(Default)]
struct Stems {
    open: HashMap<&'static str, usize>,
    whole: HashMap<&'static str, usize>,
}

impl Stems {
    fn insert(&mut self, words: &'static str, row: usize) {
        for word in words.split_whitespace() {
            match word.strip_suffix('=') {
                Some(whole) => self.whole.insert(whole, row),
                None => self.open.insert(word, row),
            };
        }
    }

    /// The row of the longest beginning of a word that the list has.
    fn row(&self, word: &str) -> Option<usize> {
        let singular = word.strip_suffix('s').unwrap_or(word);
        let whole = self.whole.get(word).or_else(|| self.whole.get(singular));
        let least = word.len().saturating_sub(ENDING).max(1);
        let open = (least..=word.len())
            .rev()
            .filter_map(|end| self.open.get(word.get(..end)?))
            .next();
        whole.or(open).copied()
    }
}

/// The list, read.
#[derive(Default)]
struct Concepts {
    french: Stems,
    english: Stems,
    /// By row: the rows that say what this one does not, by a name that they share.
    slots: Vec<Option<&'static str>>,
}

static READ: LazyLock<Concepts> = LazyLock::new(|| {
    let mut read = Concepts::default();
    let mut slot = None;
    for line in CONCEPTS.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('@') {
            slot = Some(name.trim()).filter(|name| !name.is_empty());
            continue;
        }
        let row = read.slots.len();
        read.slots.push(slot);
        let (french, english) = line.split_once('|').unwrap_or((line, ""));
        read.french.insert(french, row);
        read.english.insert(english, row);
    }
    read
});

/// How much longer a word may be than the beginning that names its row.
const ENDING: usize = 4;

/// Words that are said of everything.
const EMPTY: &[&str] = &[
    "avec",
    "dans",
    "sans",
    "sous",
    "plus",
    "moins",
    "cette",
    "sont",
    "leur",
    "leurs",
    "elle",
    "elles",
    "soit",
    "dont",
    "mais",
    "comme",
    "aussi",
    "ainsi",
    "entre",
    "depuis",
    "apres",
    "avant",
    "selon",
    "quelque",
    "environ",
    "pres",
    "etre",
    "avoir",
    "fait",
    "faire",
    "tout",
    "tous",
    "toute",
    "toutes",
    "encore",
    "deja",
    "meme",
    "autre",
    "autres",
    "chaque",
    "ayant",
    "etait",
    "etaient",
    "avait",
    "avaient",
    "million",
    "millions",
    "milliard",
    "milliards",
    "billion",
    "billions",
    "euro",
    "euros",
    "dollar",
    "dollars",
    "cents",
    "pourcent",
    "percent",
    "point",
    "points",
    "annee",
    "annees",
    "year",
    "years",
    "mois",
    "month",
    "months",
    "jour",
    "jours",
    "days",
    "semaine",
    "week",
    "weeks",
    "with",
    "from",
    "that",
    "this",
    "these",
    "those",
    "their",
    "which",
    "while",
    "than",
    "more",
    "less",
    "some",
    "about",
    "around",
    "over",
    "under",
    "into",
    "have",
    "been",
    "were",
    "will",
    "would",
    "also",
    "each",
    "other",
    "after",
    "before",
    "since",
    "between",
    "nearly",
    "almost",
    "only",
    "vers",
    "ceux",
    "celle",
    "celui",
    "celles",
    "premier",
    "premiere",
    "deuxieme",
    "second",
    "seconde",
    "troisieme",
    "quatrieme",
    "first",
    "third",
    "fourth",
    "trimestre",
    "quarter",
    "semestre",
    "half",
    "dernier",
    "derniere",
    "last",
    "precedent",
    "previous",
    "earlier",
    "contre",
    "pour",
    "against",
    "compared",
    "chiffre",
    "group",
    "groupe",
    "passe",
    "passer",
    "doit",
    "devrait",
    "peut",
    "they",
    "them",
    "said",
    "says",
];

/// Beginnings of verbs that bring in any number.
const VERBS: &[&str] = &[
    "attein", "repres", "etabl", "ressor", "devrai", "affich", "enregi", "annonc", "estim", "compt",
    "demeur", "reach", "amount", "accoun", "announc", "record", "repor", "estimat", "includ", "remain",
    "expect", "prevoi", "prevu",
];

/// The name of a word; none of those that say nothing. `alone` tells whether both texts are in one language.
pub(super) fn key(word: &str, lang: Lang, alone: bool) -> Option<Key> {
    let plain = plain(word);
    let year = plain.len() == 4 && plain.bytes().all(|byte| byte.is_ascii_digit());
    if year {
        return Some(Key::Letters(plain));
    }
    if EMPTY.contains(&plain.as_str()) || VERBS.iter().any(|verb| plain.starts_with(verb)) {
        return None;
    }
    let stems = match lang {
        Lang::Fr => &READ.french,
        Lang::En => &READ.english,
        Lang::Other => return None,
    };
    if let Some(row) = stems.row(&plain) {
        return Some(Key::Concept(row));
    }
    let letters = plain.chars().count();
    let long = letters >= if alone { 4 } else { 5 };
    (long && plain.chars().all(char::is_alphabetic)).then(|| Key::Letters(plain.chars().take(6).collect()))
}

/// What a key is one of, where a number goes with only one of them: a year, a country, a month.
pub(super) fn slot(key: &Key) -> Option<&'static str> {
    match key {
        Key::Concept(row) => READ.slots.get(*row).copied().flatten(),
        Key::Letters(letters) => letters
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some("year"),
    }
}

/// A word in small letters, without its accents.
pub(super) fn plain(word: &str) -> String {
    let plain = |letter: char| match letter {
        'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        other => other,
    };
    word.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_says_every_word_once_in_both_languages() {
        let rows = CONCEPTS.lines().filter(|line| !line.starts_with(['#', '@']));
        let mut seen = std::collections::HashSet::new();
        for row in rows {
            let (french, english) = row.split_once('|').unwrap_or_else(|| panic!("no English: {row}"));
            for (side, words) in [french, english].into_iter().enumerate() {
                assert!(!words.trim().is_empty(), "{row}");
                for word in words.split_whitespace() {
                    let stem = word.strip_suffix('=').unwrap_or(word);
                    assert!(stem.bytes().all(|byte| byte.is_ascii_lowercase()), "{row}");
                    assert!(seen.insert((side, word)), "{word} is there twice");
                }
            }
        }
    }

    #[test]
    fn words_of_two_languages_have_one_name() {
        let french = |word: &str| key(word, Lang::Fr, false);
        let english = |word: &str| key(word, Lang::En, false);
        for (one, other) in [
            ("salariés", "staff"),
            ("bénéfice", "profits"),
            ("abonnés", "subscribers"),
            ("Espagne", "Spain"),
            ("2024", "2024"),
            ("Roubaix", "Roubaix"),
        ] {
            let name = french(&one.to_lowercase());
            assert!(
                name.is_some() && name == english(&other.to_lowercase()),
                "{one}: {name:?}"
            );
        }
        assert_ne!(french("salariés"), french("postes"));
        assert_eq!(
            (french("millions"), english("year"), french("et")),
            (None, None, None)
        );
    }
}
