//! The two ledgers side by side, and which figure of one has found its figure in the other.

use super::Scope;
use super::Side;
use super::equal::{self, Retold, Verdict};
use super::reading::{Amount, Reading, Sort};
use super::unit;
use crate::record::{Figure, FindingKind};
use std::cell::OnceCell;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Candidates looked at for one figure before the gate takes the first that fits: bounds the work on
/// texts that repeat one value thousands of times.
const LOOK_AHEAD: usize = 64;

/// How far apart two figures of one list may stand and still share a unit, in chars and in figures.
const CARRY_REACH: usize = 240;
const CARRY_FIGURES: usize = 6;

/// How many words after a number its unit may be (`25 working days`).
const UNIT_REACH: usize = 3;

/// One figure that can be compared.
#[derive(Debug)]
pub(super) struct Item<'a> {
    pub(super) reading: Reading<'a>,
    /// Its figure on the other side.
    pub(super) partner: Option<usize>,
    /// Settled: matched, let pass, or already reported.
    pub(super) settled: bool,
}

/// One side.
#[derive(Debug)]
pub(super) struct Column<'a> {
    pub(super) side: Side<'a>,
    pub(super) items: Vec<Item<'a>>,
    /// The letters of the text, when something first asks for them.
    letters: OnceCell<Vec<char>>,
}

impl<'a> Column<'a> {
    fn new(side: Side<'a>) -> Column<'a> {
        let item = |figure: &'a Figure| {
            let reading = Reading::of(figure)?;
            Some(Item {
                reading,
                partner: None,
                settled: false,
            })
        };
        Column {
            side,
            items: side.figures.iter().filter_map(item).collect(),
            letters: OnceCell::new(),
        }
    }

    /// Indices of the figures that nothing has been said of yet.
    pub(super) fn open(&self) -> Vec<usize> {
        (0..self.items.len())
            .filter(|&at| !self.items[at].settled)
            .collect()
    }

    /// Whether the bare number `at` may have that sort: a neighbour in its list has it, or the words
    /// after it name the unit.
    fn lends(&self, at: usize, sort: &Sort) -> bool {
        let here = self.items[at].reading.figure;
        let near = at.saturating_sub(CARRY_FIGURES)..self.items.len().min(at + CARRY_FIGURES + 1);
        let neighbour = self.items[near].iter().any(|neighbour| {
            let there = neighbour.reading.figure;
            let gap = if there.start < here.start {
                here.start.saturating_sub(there.end)
            } else {
                there.start.saturating_sub(here.end)
            };
            neighbour.reading.sort == *sort && gap <= CARRY_REACH
        });
        neighbour
            || match sort {
                Sort::Measure(unit) => self.has_after(here, |words| unit::of_word(words) == Some(*unit)),
                // `26 trillion won`: the verb, unless the source speaks of that currency.
                Sort::Money(currency) => {
                    self.has_after(here, |word| unit::is_currency(word, currency.code()))
                }
                _ => false,
            }
    }

    /// Where what stands between two figures begins and ends, whichever of them comes first.
    pub(super) fn gap(&self, one: usize, other: usize) -> (usize, usize) {
        let (one, other) = (self.items[one].reading.figure, self.items[other].reading.figure);
        match one.start < other.start {
            true => (one.end, other.start),
            false => (other.end, one.start),
        }
    }

    /// `the two sides`, `les deux groupes`: two that were spoken of before, so that the other language may leave the number out.
    pub(super) fn is_the_two(&self, at: usize) -> bool {
        const DETERMINERS: &[&str] = &[
            "the", "these", "their", "its", "les", "ces", "leurs", "ses", "des", "aux",
        ];
        let figure = self.items[at].reading.figure;
        if !matches!(figure.text.to_lowercase().as_str(), "two" | "deux") {
            return false;
        }
        let before = self.before(at, 24);
        let word = before.trim_end().rsplit(|c: char| !c.is_alphabetic()).next();
        word.is_some_and(|word| DETERMINERS.contains(&word))
    }

    /// Up to so many chars before a figure, in small letters.
    pub(super) fn before(&self, at: usize, most: usize) -> String {
        let start = self.items[at].reading.figure.start;
        let letters = self.letters.get_or_init(|| self.side.text.chars().collect());
        let before = letters.get(start.saturating_sub(most)..start).unwrap_or_default();
        before.iter().flat_map(|letter| letter.to_lowercase()).collect()
    }

    /// Whether one of the words right after the figure, or two of them, are what is looked for.
    fn has_after(&self, figure: &Figure, is: impl Fn(&str) -> bool) -> bool {
        let letters = self.letters.get_or_init(|| self.side.text.chars().collect());
        let after = letters.get(figure.end..).unwrap_or_default();
        let phrase: String = after
            .iter()
            .take(60)
            .take_while(|letter| !matches!(letter, ',' | '.' | ';' | ':' | '(' | '\n'))
            .collect();
        let words: Vec<&str> = phrase
            .split(|c: char| c.is_whitespace() || c == '-')
            .filter(|word| !word.is_empty())
            .take(UNIT_REACH)
            .collect();
        words.iter().any(|word| is(word)) || words.windows(2).any(|pair| is(&pair.join(" ")))
    }
}

/// A pair that says the same thing wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clash {
    pub(super) kind: FindingKind,
    pub(super) source: usize,
    pub(super) generated: usize,
    /// What is wrong, where the two figures do not tell.
    pub(super) why: Option<&'static str>,
}

/// Both sides.
#[derive(Debug)]
pub(super) struct Board<'a> {
    pub(super) source: Column<'a>,
    pub(super) generated: Column<'a>,
    pub(super) scope: Scope,
    pub(super) clashes: Vec<Clash>,
}

impl<'a> Board<'a> {
    pub(super) fn new(source: Side<'a>, generated: Side<'a>, scope: Scope) -> Board<'a> {
        Board {
            source: Column::new(source),
            generated: Column::new(generated),
            scope,
            clashes: Vec::new(),
        }
    }

    /// Takes two figures for the same one.
    pub(super) fn pair(&mut self, source: usize, generated: usize) {
        let (theirs, ours) = (
            &mut self.source.items[source],
            &mut self.generated.items[generated],
        );
        theirs.partner = Some(generated);
        ours.partner = Some(source);
        ours.settled = true;
        // A summary may state a figure of its article as often as it likes.
        theirs.settled = self.scope == Scope::Complete;
    }

    /// Takes two figures for the same one, told wrong.
    pub(super) fn clash(&mut self, kind: FindingKind, source: usize, generated: usize) {
        self.pair(source, generated);
        self.clashes.push(Clash {
            kind,
            source,
            generated,
            why: None,
        });
    }

    /// Says that a figure of the source is told as one of the text, though the text states its value somewhere.
    pub(super) fn accuse(&mut self, kind: FindingKind, source: usize, generated: usize, why: &'static str) {
        self.clashes.push(Clash {
            kind,
            source,
            generated,
            why: Some(why),
        });
    }

    /// Pairs what is equal: figures that agree in everything first, then those that agree by rule.
    pub(super) fn pair_equals(&mut self) {
        let everything = |item: &Item| {
            let reading = &item.reading;
            Some((
                reading.sort,
                reading.amount.clone(),
                reading.bound,
                reading.movement(),
                reading.negative,
                reading.kind(),
            ))
        };
        self.pair_by(everything, |board, source, generated| {
            board.judge_alike(source, generated)
        });
        let alike = |item: &Item| Some((Class::of(&item.reading), item.reading.amount.clone()));
        self.pair_by(alike, |board, source, generated| {
            board.judge_alike(source, generated)
        });
        let same_value = |item: &Item| item.reading.point();
        self.pair_by(same_value, |board, source, generated| {
            board.judge_across(source, generated)
        });
        self.pair_by(
            |item: &Item| matches!(item.reading.amount, Amount::Some(_)).then(|| Class::of(&item.reading)),
            |board, source, generated| {
                let (theirs, ours) = board.readings(source, generated);
                if equal::same_vague_scale(&theirs.amount, &ours.amount) {
                    equal::judge_alike(theirs, ours)
                } else {
                    Verdict::Different
                }
            },
        );
        self.pair_by(
            |item: &Item| equal::exact_time(&item.reading),
            |board, source, generated| {
                let (theirs, ours) = board.readings(source, generated);
                equal::judge_converted(theirs, ours)
            },
        );
        // The same parts of a whole, or weeks, are already paired where the sorts agree.
        self.pair_by(|item: &Item| Retold::of(&item.reading), |_, _, _| Verdict::Equal);
    }

    /// Pairs open figures that share a key, in the order of the texts: every pair that is equal before
    /// any pair that clashes. Linear in the number of figures.
    fn pair_by<K: Eq + Hash>(
        &mut self,
        key: impl Fn(&Item) -> Option<K>,
        judge: impl Fn(&Board, usize, usize) -> Verdict,
    ) {
        let mut by_key: HashMap<K, VecDeque<usize>> = HashMap::new();
        for at in self.source.open() {
            if let Some(key) = key(&self.source.items[at]) {
                by_key.entry(key).or_default().push_back(at);
            }
        }
        for clashes_too in [false, true] {
            for generated in self.generated.open() {
                let Some(candidates) =
                    key(&self.generated.items[generated]).and_then(|key| by_key.get_mut(&key))
                else {
                    continue;
                };
                let found = candidates
                    .iter()
                    .take(LOOK_AHEAD)
                    .enumerate()
                    .find_map(|(nth, &source)| match judge(self, source, generated) {
                        Verdict::Equal => Some((nth, source, None)),
                        Verdict::Conflict(kind) if clashes_too => Some((nth, source, Some(kind))),
                        Verdict::Conflict(_) | Verdict::Different => None,
                    });
                let Some((nth, source, clash)) = found else {
                    continue;
                };
                match clash {
                    Some(kind) => self.clash(kind, source, generated),
                    None => self.pair(source, generated),
                }
                if self.source.items[source].settled {
                    candidates.remove(nth);
                }
            }
        }
    }

    /// A figure of the source, and one of the text.
    pub(super) fn readings(&self, source: usize, generated: usize) -> (&Reading<'a>, &Reading<'a>) {
        (
            &self.source.items[source].reading,
            &self.generated.items[generated].reading,
        )
    }

    fn judge_alike(&self, source: usize, generated: usize) -> Verdict {
        let (theirs, ours) = self.readings(source, generated);
        match self.ranks_what_was_counted(theirs, ours) {
            true => Verdict::Different,
            false => equal::judge_alike(theirs, ours),
        }
    }

    /// A whole article counts three of something somewhere, which makes nothing the third.
    fn ranks_what_was_counted(&self, source: &Reading, generated: &Reading) -> bool {
        self.scope == Scope::Subset && equal::ranks_what_was_counted(source, generated)
    }

    fn judge_across(&self, source: usize, generated: usize) -> Verdict {
        let (theirs, ours) = self.readings(source, generated);
        if self.ranks_what_was_counted(theirs, ours) {
            return Verdict::Different;
        }
        equal::judge_across(
            theirs,
            ours,
            || self.source.lends(source, &ours.sort),
            || self.generated.lends(generated, &theirs.sort),
        )
    }

    /// Lets a repeated figure of a translation pass when the source states it at least once.
    pub(super) fn settle_repeats(&mut self) {
        let key = |item: &Item| (item.reading.sort, item.reading.amount.clone());
        let stated: std::collections::HashSet<_> = self.source.items.iter().map(key).collect();
        for at in self.generated.open() {
            if stated.contains(&key(&self.generated.items[at])) {
                self.generated.items[at].settled = true;
            }
        }
    }
}

/// The sort, any currency: what two figures share that can be one figure told wrong.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Class {
    Money,
    Other(Sort),
}

impl Class {
    pub(super) fn of(reading: &Reading) -> Class {
        match &reading.sort {
            Sort::Money(_) => Class::Money,
            sort => Class::Other(*sort),
        }
    }
}
