//! What a scoring run says: counts by kind, every disagreement, as a table for people and as JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

/// The score of a gold file.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Report {
    /// All figures together, extents and kinds.
    pub total: GroupScore,
    /// All figures together, extents alone: a right extent of a wrong kind counts here.
    pub spans: GroupScore,
    /// By kind of figure, or by origin and kind for foreign corpora.
    pub groups: BTreeMap<String, GroupScore>,
    /// Readings where none belongs, in the sentences tagged as traps.
    pub traps: TrapScore,
    /// Sentences read without any disagreement.
    pub cases_right: usize,
    /// Sentences scored.
    pub cases_scored: usize,
    /// Lines that were not scored, and why.
    pub skipped: Vec<Skipped>,
    /// The sentences with a disagreement, in the order of the file.
    pub failing: Vec<CaseOutcome>,
}

/// Counts of one kind; JSON has `precision`, `recall` and `f1` beside them.
#[derive(Debug, Clone, Default)]
pub struct GroupScore {
    /// Annotated figures (optional ones are not counted).
    pub gold: usize,
    /// Figures that the grammar read here.
    pub read: usize,
    /// Read with the right extent and kind.
    pub matched: usize,
    /// Of the matched ones: how often each annotated field was right.
    pub fields: BTreeMap<Field, Tally>,
}

/// How often a field was right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// As annotated.
    pub right: usize,
    /// Annotated and matched.
    pub checked: usize,
}

/// A scored field of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// `value`, `min` and `max` together.
    Value,
    /// `unit`.
    Unit,
    /// `currency` and `currency_ambiguous` together.
    Currency,
    /// `qualifier`.
    Qualifier,
    /// `direction`.
    Direction,
    /// `period`.
    Period,
    /// `full_text`.
    FullText,
}

impl Field {
    /// Every field, in the order of the table.
    pub const ALL: [Field; 7] = [
        Field::Value,
        Field::Unit,
        Field::Currency,
        Field::Qualifier,
        Field::Direction,
        Field::Period,
        Field::FullText,
    ];

    /// The name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Field::Value => "value",
            Field::Unit => "unit",
            Field::Currency => "currency",
            Field::Qualifier => "qualifier",
            Field::Direction => "direction",
            Field::Period => "period",
            Field::FullText => "full_text",
        }
    }
}

/// What was read in sentences full of digits that are no figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct TrapScore {
    /// Sentences tagged `trap:…`.
    pub cases: usize,
    /// Those in which something was read that is no figure.
    pub hit: usize,
    /// Such readings.
    pub readings: usize,
}

/// Lines left out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Skipped {
    /// Why.
    pub reason: String,
    /// How many lines.
    pub lines: usize,
}

/// A sentence and what is wrong with its reading.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CaseOutcome {
    /// The sentence.
    pub id: String,
    /// What differs.
    pub disagreements: Vec<Disagreement>,
}

/// One difference between annotation and reading.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Disagreement {
    /// An annotated figure was not read, or not with this extent.
    Missing {
        /// The annotated characters.
        text: String,
        /// Its kind.
        kind: String,
    },
    /// Something was read that is not annotated, or not with this extent.
    Spurious {
        /// The characters read.
        text: String,
        /// The kind read.
        kind: String,
        /// Where.
        start: usize,
    },
    /// The right characters, another kind.
    Kind {
        /// The annotated characters.
        text: String,
        /// The annotated kind.
        expected: String,
        /// The kind read.
        found: String,
    },
    /// The right characters and kind, another reading of a field.
    Field {
        /// The annotated characters.
        text: String,
        /// Which field.
        field: Field,
        /// The annotation.
        expected: String,
        /// What was read.
        found: String,
    },
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Disagreement::Missing { text, kind } => write!(f, "missing {kind} {text:?}"),
            Disagreement::Spurious { text, kind, start } => write!(f, "spurious {kind} {text:?} at {start}"),
            Disagreement::Kind {
                text,
                expected,
                found,
            } => {
                write!(f, "{text:?}: expected kind {expected}, but found {found}")
            }
            Disagreement::Field {
                text,
                field,
                expected,
                found,
            } => {
                write!(
                    f,
                    "{text:?}: expected {} {expected}, but found {found}",
                    field.as_str()
                )
            }
        }
    }
}

impl Serialize for GroupScore {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("GroupScore", 7)?;
        object.serialize_field("gold", &self.gold)?;
        object.serialize_field("read", &self.read)?;
        object.serialize_field("matched", &self.matched)?;
        object.serialize_field("precision", &self.precision())?;
        object.serialize_field("recall", &self.recall())?;
        object.serialize_field("f1", &self.f1())?;
        object.serialize_field("fields", &self.fields)?;
        object.end()
    }
}

impl GroupScore {
    /// Share of the read figures that are annotated, from 0 to 1; 1 where nothing was read.
    pub fn precision(&self) -> f64 {
        share(self.matched, self.read)
    }

    /// Share of the annotated figures that were read, from 0 to 1; 1 where nothing is annotated.
    pub fn recall(&self) -> f64 {
        share(self.matched, self.gold)
    }

    /// Harmonic mean of precision and recall, from 0 to 1.
    pub fn f1(&self) -> f64 {
        share(2 * self.matched, self.gold + self.read)
    }

    /// How often a field of the matched figures was right.
    pub fn field(&self, field: Field) -> Tally {
        self.fields.get(&field).copied().unwrap_or_default()
    }

    pub(super) fn tally(&mut self, field: Field, right: bool) {
        let tally = self.fields.entry(field).or_default();
        tally.checked += 1;
        tally.right += usize::from(right);
    }

    fn add(&mut self, other: &GroupScore) {
        self.gold += other.gold;
        self.read += other.read;
        self.matched += other.matched;
        for (field, tally) in &other.fields {
            let sum = self.fields.entry(*field).or_default();
            sum.right += tally.right;
            sum.checked += tally.checked;
        }
    }
}

impl Tally {
    /// From 0 to 1; 1 where nothing was checked.
    pub fn accuracy(&self) -> f64 {
        share(self.right, self.checked)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

impl Report {
    pub(super) fn group(&mut self, name: &str) -> &mut GroupScore {
        self.groups.entry(name.to_owned()).or_default()
    }

    pub(super) fn skip(&mut self, reason: &str) {
        match self.skipped.iter_mut().find(|skipped| skipped.reason == reason) {
            Some(skipped) => skipped.lines += 1,
            None => self.skipped.push(Skipped {
                reason: reason.to_owned(),
                lines: 1,
            }),
        }
    }

    pub(super) fn book(&mut self, trap: bool, spurious: usize, outcome: CaseOutcome) {
        self.cases_scored += 1;
        if trap {
            self.traps.cases += 1;
            self.traps.hit += usize::from(spurious > 0);
            self.traps.readings += spurious;
        }
        if outcome.disagreements.is_empty() {
            self.cases_right += 1;
        } else {
            self.failing.push(outcome);
        }
    }

    pub(super) fn finish(&mut self) {
        self.total = GroupScore::default();
        for group in self.groups.values() {
            self.total.add(group);
        }
        self.spans.gold = self.total.gold;
        self.spans.read = self.total.read;
    }

    /// The report as pretty JSON, without the sentences that were read right.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("OK because all keys are strings and no value can fail")
    }

    /// The report as a text table, one line a kind, percentages; fields nobody annotated stay empty.
    pub fn to_table(&self) -> String {
        let mut table = String::new();
        let width = self
            .groups
            .keys()
            .map(|name| name.chars().count())
            .max()
            .unwrap_or(0)
            .max(17);
        let header: Vec<String> = Field::ALL
            .iter()
            .map(|field| format!("{:>9}", field.as_str()))
            .collect();
        table.push_str(&format!(
            "{:<width$} {:>5} {:>5} {:>6} {:>6} {:>6} {}\n",
            "kind",
            "gold",
            "read",
            "prec",
            "recall",
            "F1",
            header.join(" ")
        ));
        for (name, group) in &self.groups {
            table.push_str(&row(name, group, width));
        }
        table.push_str(&row("all", &self.total, width));
        table.push_str(&row("all, extents only", &self.spans, width));
        table.push_str(&format!(
            "sentences right: {} of {}; traps hit: {} of {}\n",
            self.cases_right, self.cases_scored, self.traps.hit, self.traps.cases
        ));
        for skipped in &self.skipped {
            table.push_str(&format!(
                "not scored: {} lines ({})\n",
                skipped.lines, skipped.reason
            ));
        }
        table
    }

    /// Every disagreement, one line each: `id: what`.
    pub fn disagreements(&self) -> String {
        let lines = self.failing.iter().flat_map(|case| {
            case.disagreements
                .iter()
                .map(move |disagreement| format!("{}: {disagreement}\n", case.id))
        });
        lines.collect()
    }
}

fn row(name: &str, group: &GroupScore, width: usize) -> String {
    let fields: Vec<String> = Field::ALL
        .iter()
        .map(|field| match group.field(*field) {
            Tally { checked: 0, .. } => format!("{:>9}", ""),
            tally => format!("{:>9.1}", 100.0 * tally.accuracy()),
        })
        .collect();
    let line = format!(
        "{name:<width$} {:>5} {:>5} {:>6.1} {:>6.1} {:>6.1} {}",
        group.gold,
        group.read,
        100.0 * group.precision(),
        100.0 * group.recall(),
        100.0 * group.f1(),
        fields.join(" ")
    );
    format!("{}\n", line.trim_end())
}
