//! What a figure is told of: the words that stand nearer to it than to any other figure, in both languages by one name. Two
//! numbers that changed places in a summary, and one that was taken from another sentence, have the wrong words around
//! them.

use super::board::{Board, Class, Column};
use super::concepts::{self, Key};
use super::reading::{Reading, Sort};
use super::words::{Pause, Word, Words};
use crate::record::{Figure, FigureKind, Lang};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How far a word may stand from the figure that it is said of, in chars and what counts as such.
const FAR: usize = 130;
/// What a comma is worth, and a figure in between.
const CLAUSE: usize = 35;
const CLAUSE_AHEAD: usize = 45;
const FIGURE: usize = 40;

/// `52 % des malades traités et chez 27 % des autres`: what such a word is worth.
const LINK: usize = 25;
const LINKS: &[&str] = &[
    "et",
    "ou",
    "mais",
    "contre",
    "puis",
    "tandis",
    "alors",
    "dont",
    "après",
    "avant",
    "soit",
    "and",
    "or",
    "but",
    "while",
    "against",
    "whereas",
    "then",
    "from",
    "versus",
    "compared",
    "including",
];

/// Words between a noun and its number.
const GLUE: &[&str] = &[
    "de", "d", "des", "du", "le", "la", "les", "l", "un", "une", "à", "of", "the", "a", "an", "at", "to",
];

/// What one sentence may say of several figures in turn.
const WIDE: &[&str] = &["metric", "people", "thing"];

/// The words said of a figure.
pub(super) type Said = HashSet<Key>;

/// Where a figure stands.
struct Place {
    start: usize,
    end: usize,
    /// Its place in the column.
    at: usize,
    bracketed: bool,
}

/// Which figures a word is said of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rivals {
    /// The nearest one.
    All,
    /// The nearest one of each class: `sales rose 9.3% to €1.09bn` says of both that they are sales.
    Alike,
}

/// For every figure of a side, what is said of it.
fn said(column: &Column, words: &Words, rivals: Rivals, alone: bool) -> Vec<Said> {
    let lang = column.side.lang;
    let mut classes: HashMap<Option<Class>, Vec<Place>> = HashMap::new();
    for (at, item) in column.items.iter().enumerate() {
        if item.reading.sort == Sort::Date {
            continue;
        }
        let Figure { start, end, .. } = *item.reading.figure;
        let bracketed = is_bracketed(column, at);
        // `600 millions d'euros, les actionnaires en apportent 150 millions`
        let class = (rivals == Rivals::Alike).then(|| match is_large(&item.reading) {
            true if item.reading.sort == Sort::Number => Class::Money,
            _ => Class::of(&item.reading),
        });
        let place = Place {
            start,
            end,
            at,
            bracketed,
        };
        classes.entry(class).or_default().push(place);
    }
    let inside = |word: &Word| {
        let mut places = classes.values().flatten();
        places.any(|place| place.start < word.end && word.start < place.end)
    };
    let mut said = vec![Said::default(); column.items.len()];
    for word in words.all() {
        let Some(key) = concepts::key(&word.text, lang, alone).filter(|_| !inside(word)) else {
            continue;
        };
        for places in classes.values() {
            if let Some(at) = nearest(places, words, word) {
                said[at].insert(key.clone());
            }
        }
    }
    said
}

/// The figure that a word is said of, if one is near enough.
fn nearest(places: &[Place], words: &Words, word: &Word) -> Option<usize> {
    let next = places.partition_point(|place| place.start < word.end);
    let before = (next.saturating_sub(3)..next).rev().enumerate();
    let after = (next..places.len().min(next + 3)).enumerate();
    before
        .chain(after)
        .filter_map(|(between, nth)| {
            let place = &places[nth];
            let cost = distance(place, words, word)? + between * FIGURE;
            (cost <= FAR).then_some((cost, place.at))
        })
        .min()
        .map(|(_, at)| at)
}

/// How far a word stands from a figure: in chars, where what parts them counts as some; nothing across sentences.
fn distance(place: &Place, words: &Words, word: &Word) -> Option<usize> {
    let ahead = word.end <= place.start;
    let (from, to) = match ahead {
        true => (word.end, place.start),
        false => (place.end, word.start),
    };
    let (pause, chars) = words.apart(from, to);
    let pause = match (pause, place.bracketed) {
        // `le cloud public (29 %)`
        (Pause::Clause, true) if ahead => 0,
        (Pause::None, true) => CLAUSE,
        (Pause::None, false) => 0,
        (Pause::Clause, _) if ahead => CLAUSE_AHEAD,
        (Pause::Clause, _) => CLAUSE,
        (Pause::Sentence, _) => return None,
    };
    let has = |list: &[&str], word: &Word| list.contains(&word.text.as_str());
    let links = words.between(from, to).filter(|word| has(LINKS, word)).count();
    // `€2.1m on sales of €46m`
    let glued = words.between(from, to).all(|word| has(GLUE, word));
    let chars = if glued { 0 } else { chars };
    Some(chars + pause + links * LINK)
}

/// A bracket opens right before the figure.
fn is_bracketed(column: &Column, at: usize) -> bool {
    column
        .before(at, 3)
        .trim_end_matches([' ', '+', '-', '−', '\u{a0}', '\u{202f}'])
        .ends_with('(')
}

/// A figure of the source, by its place in the ledger, and the figure of the text that it is told as.
pub(super) type Pair = (usize, usize);

/// Both sides; a value that the source states several times is told of all that it is told of there.
pub(super) struct About {
    /// What is said of a figure rather than of any other.
    own: [Vec<Said>; 2],
    /// What is said of it rather than of another of its class.
    of_class: [Vec<Said>; 2],
}

impl About {
    pub(super) fn of(board: &Board, words: &[Words; 2]) -> About {
        let alone = board.source.side.lang == board.generated.side.lang;
        let both = |rivals: Rivals| {
            let mut source = said(&board.source, &words[0], rivals, alone);
            join_equals(&board.source, &mut source);
            [source, said(&board.generated, &words[1], rivals, alone)]
        };
        About {
            own: both(Rivals::All),
            of_class: both(Rivals::Alike),
        }
    }

    /// What is said of one of two and not of the other goes with the other one in the text.
    pub(super) fn crossed(&self, one: Pair, other: Pair) -> bool {
        [&self.own, &self.of_class]
            .into_iter()
            .any(|said| self.crossed_in(said, one, other))
    }

    fn crossed_in(&self, [source, generated]: &[Vec<Said>; 2], one: Pair, other: Pair) -> bool {
        let [theirs, ours] = &self.of_class;
        // What both texts say of the first figure, and neither of the second: by the wider of the two ways.
        let shared = |first: Pair, second: Pair| {
            source[first.0]
                .intersection(&generated[first.1])
                .filter(move |key| !theirs[second.0].contains(*key) && !ours[second.1].contains(*key))
        };
        let straight = shared(one, other).chain(shared(other, one)).count();
        let (here, there) = ((one.0, other.1), (other.0, one.1));
        let crossed: Vec<&Key> = shared(here, there).chain(shared(there, here)).collect();
        let narrow = || {
            let mut slots = crossed.iter().filter_map(|key| concepts::slot(key));
            slots.any(|slot| !WIDE.contains(&slot))
        };
        straight == 0 && (crossed.len() >= 2 || crossed.len() == 1 && narrow())
    }

    /// A figure of the source whose words a figure of the text has, though it has the value of another one: `at` is the pair.
    pub(super) fn taken_for(&self, board: &Board, words: &Words, at: Pair) -> Option<usize> {
        let [source, generated] = &self.of_class;
        let (theirs, ours) = (&source[at.0], &generated[at.1]);
        if ours.intersection(theirs).next().is_some() {
            return None;
        }
        let item = |at: usize| &board.source.items[at].reading;
        let reading = item(at.0);
        let near = |other: usize| {
            let (from, to) = board.source.gap(at.0, other);
            words.apart(from, to).0 < Pause::Sentence
        };
        // Two values of one sentence that are both told are told of the same thing: `14,20 euros, contre 15,60`.
        let rival = |other: &usize| {
            let told = board.source.items[*other].partner.is_some();
            may_be_told_as(item(*other), reading)
                && counts_alike(board, *other, at.1)
                && !(told && near(*other))
        };
        let (score, best) = (0..board.source.items.len())
            .filter(rival)
            .map(|other| (source[other].intersection(ours).count(), other))
            .max_by_key(|&(score, other)| (score, std::cmp::Reverse(other)))?;
        (score >= 2).then_some(best)
    }

    /// As [`About::taken_for`]: the source tells the value of another year, country or kind than the text does, and has another
    /// value for that one.
    pub(super) fn of_another(&self, board: &Board, at: Pair) -> Option<usize> {
        let [source, generated] = &self.own;
        let (theirs, ours) = (by_slot(&source[at.0]), by_slot(&generated[at.1]));
        let item = |at: usize| &board.source.items[at].reading;
        let reading = item(at.0);
        let clash = ours.iter().find_map(|(slot, key)| {
            let there = theirs.get(slot)?;
            (key.is_some() && there.is_some() && key != there).then_some((*slot, (*key)?))
        });
        let (slot, right) = clash?;
        (0..board.source.items.len()).find(|&other| {
            may_be_told_as(item(other), reading)
                && counts_alike(board, other, at.1)
                && by_slot(&source[other]).get(slot) == Some(&Some(right))
        })
    }
}

/// What is said of a value anywhere is said of each figure that states it.
fn join_equals(column: &Column, said: &mut [Said]) {
    let value = |at: usize| {
        let reading = &column.items[at].reading;
        (Class::of(reading), reading.amount.clone())
    };
    let mut of_value: HashMap<_, Said> = HashMap::new();
    for (at, said) in said.iter().enumerate() {
        of_value
            .entry(value(at))
            .or_default()
            .extend(said.iter().cloned());
    }
    for (at, said) in said.iter_mut().enumerate() {
        said.clone_from(&of_value[&value(at)]);
    }
}

/// Millions, which may be an amount of money whose currency stands elsewhere.
fn is_large(reading: &Reading) -> bool {
    let million = Decimal::from(1_000_000);
    reading.point().is_some_and(|value| value.abs() >= million)
}

/// Two figures of different values of which one could be taken for the other.
fn may_be_told_as(one: &Reading, other: &Reading) -> bool {
    // `troisième`, `trois fois`
    let counts = |reading: &Reading| !matches!(reading.kind(), FigureKind::Ordinal | FigureKind::Multiple);
    Class::of(one) == Class::of(other)
        && counts(one)
        && counts(other)
        // `212 restaurateurs` and `95 millions` are no two of a kind
        && (one.sort != Sort::Number || is_large(one) == is_large(other))
        && one.amount != other.amount
}

/// Both figures count the same, as far as both say what: `trois chercheurs` is not told as `140 salariés`.
fn counts_alike(board: &Board, source: usize, generated: usize) -> bool {
    let (theirs, ours) = board.readings(source, generated);
    let alone = board.source.side.lang == board.generated.side.lang;
    let noun = |reading: &Reading, lang: Lang| {
        let unit = reading.figure.unit.as_deref()?;
        concepts::key(&unit.to_lowercase(), lang, alone)
    };
    let nouns = noun(theirs, board.source.side.lang).zip(noun(ours, board.generated.side.lang));
    theirs.sort != Sort::Number || nouns.is_none_or(|(theirs, ours)| theirs == ours)
}

/// What is said of a figure, by what it is one of; none where two of a kind are said.
fn by_slot(said: &Said) -> BTreeMap<&'static str, Option<&Key>> {
    let mut slots = BTreeMap::new();
    for key in said {
        if let Some(slot) = concepts::slot(key) {
            slots
                .entry(slot)
                .and_modify(|key| *key = None)
                .or_insert(Some(key));
        }
    }
    slots
}

#[cfg(test)]
mod tests {
    use crate::gate::{Scope, check_text};
    use crate::record::Lang;

    const ARTICLE: &str = "Orvanne va investir 1,4 milliard d'euros d'ici à 2029 dans trois centres de données. Son chiffre \
        d'affaires a progressé de 9,3 %, à 1,09 milliard d'euros, et sa perte s'est réduite à 41 millions d'euros en 2024, après \
        36 millions en 2023.\n\nLes serveurs dédiés pèsent 41 % de l'activité, le cloud public 29 %. L'hébergeur emploie 1 850 \
        salariés à Roubaix et 6 700 dans le monde.";

    fn said(summary: &str, lang: Lang) -> Vec<String> {
        let findings = check_text(ARTICLE, Lang::Fr, summary, lang, Scope::Subset);
        findings.into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a_faithful_summary_is_let_pass_whatever_its_order() {
        let french = "Le cloud public représente 29 % de l'activité d'Orvanne et les serveurs dédiés 41 %. L'hébergeur, qui a perdu \
            41 millions d'euros en 2024, contre 36 millions en 2023, va investir 1,4 milliard dans des centres de données.";
        assert_eq!(said(french, Lang::Fr), [] as [&str; 0]);
        let english = "With sales up 9.3% at €1.09bn, Orvanne will invest €1.4bn in data centres by 2029. It has 6,700 staff \
            worldwide, 1,850 of them in Roubaix.";
        assert_eq!(said(english, Lang::En), [] as [&str; 0]);
    }

    #[test]
    fn two_numbers_that_changed_places_are_seen_in_both_languages() {
        for (summary, lang) in [
            (
                "Les serveurs dédiés représentent 29 % de l'activité et le cloud public 41 %.",
                Lang::Fr,
            ),
            (
                "Orvanne will invest €1.09bn in data centres, and its sales came to €1.4bn.",
                Lang::En,
            ),
        ] {
            let found = said(summary, lang);
            assert!(
                found
                    .iter()
                    .any(|said| said.ends_with("two numbers were exchanged")),
                "{summary}: {found:?}"
            );
        }
    }

    #[test]
    fn a_number_that_is_told_of_something_else_is_seen() {
        for (summary, lang) in [
            ("Orvanne a perdu 36 millions d'euros en 2024.", Lang::Fr),
            (
                "Orvanne va investir 1,09 milliard d'euros dans des centres de données.",
                Lang::Fr,
            ),
            ("Orvanne will invest €1.09bn in data centres by 2029.", Lang::En),
        ] {
            let found = said(summary, lang);
            assert!(
                found
                    .iter()
                    .any(|said| said.ends_with("it is the number of something else")),
                "{summary}: {found:?}"
            );
        }
    }
}
