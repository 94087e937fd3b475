//! Annotated sentences in memory, and how the lines of a gold file become them.
//!
//! One shape serves both formats: what a foreign corpus leaves open is simply not expected.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::{EvalError, foreign};
use crate::record::{FigureKind, Lang};

/// One line of a gold file.
pub(super) enum Line {
    Scored(Case),
    /// Nothing to score, and why.
    Skipped(&'static str),
}

/// One annotated sentence.
pub(super) struct Case {
    pub id: String,
    pub text: String,
    pub lang: Lang,
    pub trap: bool,
    pub figures: Vec<Expected>,
    pub extra: Extra,
}

/// Which readings beside the expected ones count against the grammar.
pub(super) enum Extra {
    /// All: the annotation is complete. They are booked under their own kind.
    Wrong,
    /// All of these kinds, booked under this group.
    WrongIfKind(String, Vec<FigureKind>),
    /// Those that overlap an annotated figure, booked under this group: the rest of the text was not annotated.
    WrongIfOverlapping(String),
}

/// One figure that a reader sees.
pub(super) struct Expected {
    pub group: String,
    pub text: String,
    pub start: usize,
    pub end: usize,
    /// Other extents that are as good.
    pub also: Vec<(usize, usize)>,
    pub extent: Extent,
    /// The first is the one that reports name.
    pub kinds: Vec<FigureKind>,
    pub optional: bool,
    pub value: Check<Decimal>,
    pub min: Check<Decimal>,
    pub max: Check<Decimal>,
    pub qualifier: Check<String>,
    pub unit: Check<String>,
    pub currency: Check<String>,
    pub currency_ambiguous: Check<bool>,
    pub direction: Check<String>,
    pub period: Check<String>,
    pub full_text: Check<String>,
}

/// How closely a reading must cover the annotated characters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// `text` is exactly it (or one of `also`).
    Exact,
    /// `text` or `full_text` is it, give or take a leading article or preposition.
    TextOrFull,
    /// As `TextOrFull`, or `text` goes on after it with the unit.
    NumberPart,
}

/// What a field must be read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Check<T> {
    /// Not annotated: not scored.
    Any,
    /// Must be read as nothing.
    Nothing,
    /// Must be one of these.
    OneOf(Vec<T>),
}

/// Reads all lines; blank ones are passed over.
pub(super) fn read(gold: &str) -> Result<Vec<Line>, EvalError> {
    let mut ids = BTreeSet::new();
    let mut lines = Vec::new();
    for (index, line) in gold.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let number = index + 1;
        let value: Value =
            serde_json::from_str(line).map_err(|source| EvalError::Json { line: number, source })?;
        let object = Object::new(number, &value)?;
        let read = if object.has("expected") {
            foreign::line(&object)?
        } else {
            Line::Scored(case(&object)?)
        };
        if let Line::Scored(case) = &read {
            if !ids.insert(case.id.clone()) {
                return Err(EvalError::Duplicate {
                    line: number,
                    id: case.id.clone(),
                });
            }
            verify_spans(number, case)?;
        }
        lines.push(read);
    }
    Ok(lines)
}

fn case(object: &Object<'_>) -> Result<Case, EvalError> {
    let tags = object.strings("tags")?;
    Ok(Case {
        id: object.string("id")?,
        text: object.string("text")?,
        lang: Lang::from_tag(&object.string("lang")?),
        trap: tags.iter().any(|tag| tag.starts_with("trap")),
        figures: object
            .objects("figures")?
            .iter()
            .map(figure)
            .collect::<Result<_, _>>()?,
        extra: Extra::Wrong,
    })
}

fn figure(object: &Object<'_>) -> Result<Expected, EvalError> {
    let kinds = object
        .strings("kind")?
        .iter()
        .map(|name| kind(name).ok_or_else(|| object.wrong("kind", "the name of a kind of figure")))
        .collect::<Result<Vec<_>, _>>()?;
    let first = *kinds
        .first()
        .ok_or_else(|| object.wrong("kind", "the name of a kind of figure"))?;
    Ok(Expected {
        group: first.as_str().to_owned(),
        text: object.string("text")?,
        start: object.index("start")?,
        end: object.index("end")?,
        also: object.spans("also")?,
        extent: Extent::Exact,
        kinds,
        optional: object.flag("optional")?,
        value: object.check("value", decimal, "a number")?,
        min: object.check("min", decimal, "a number")?,
        max: object.check("max", decimal, "a number")?,
        qualifier: object.check("qualifier", text, "a string")?,
        unit: object.check("unit", text, "a string")?,
        currency: object.check("currency", text, "a string")?,
        currency_ambiguous: object.check("currency_ambiguous", Value::as_bool, "a boolean")?,
        direction: object.check("direction", text, "a string")?,
        period: object.check("period", text, "a string")?,
        full_text: object.check("full_text", text, "a string")?,
    })
}

fn kind(name: &str) -> Option<FigureKind> {
    FigureKind::ALL.into_iter().find(|kind| kind.as_str() == name)
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A JSON number digit by digit, or the same in quotes.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    let digits = match value {
        Value::Number(number) => number.to_string(),
        Value::String(digits) => digits.clone(),
        _ => return None,
    };
    digits.parse().or_else(|_| Decimal::from_scientific(&digits)).ok()
}

fn verify_spans(line: usize, case: &Case) -> Result<(), EvalError> {
    for figure in &case.figures {
        let width = figure.end.saturating_sub(figure.start);
        let found: String = case.text.chars().skip(figure.start).take(width).collect();
        if found != figure.text || found.is_empty() {
            let Expected { start, end, text, .. } = figure;
            return Err(EvalError::Span {
                line,
                start: *start,
                end: *end,
                expected: text.clone(),
                found,
            });
        }
    }
    Ok(())
}

/// One JSON object with the line that it came from, for messages.
pub(super) struct Object<'a> {
    line: usize,
    fields: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    fn new(line: usize, value: &'a Value) -> Result<Self, EvalError> {
        let fields = value.as_object().ok_or_else(|| EvalError::Field {
            line,
            field: "(the line)".to_owned(),
            expected: "an object",
        })?;
        Ok(Object { line, fields })
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }

    pub(super) fn get(&self, field: &str) -> Option<&'a Value> {
        self.fields.get(field).filter(|value| !value.is_null())
    }

    pub(super) fn wrong(&self, field: &str, expected: &'static str) -> EvalError {
        EvalError::Field {
            line: self.line,
            field: field.to_owned(),
            expected,
        }
    }

    pub(super) fn string(&self, field: &str) -> Result<String, EvalError> {
        self.get(field)
            .and_then(text)
            .ok_or_else(|| self.wrong(field, "a string"))
    }

    pub(super) fn index(&self, field: &str) -> Result<usize, EvalError> {
        self.get(field)
            .and_then(Value::as_u64)
            .and_then(|index| usize::try_from(index).ok())
            .ok_or_else(|| self.wrong(field, "a character offset"))
    }

    fn flag(&self, field: &str) -> Result<bool, EvalError> {
        self.get(field).map_or(Ok(false), |value| {
            value.as_bool().ok_or_else(|| self.wrong(field, "a boolean"))
        })
    }

    /// A string or an array of strings; an absent field is an empty list.
    fn strings(&self, field: &str) -> Result<Vec<String>, EvalError> {
        match self.check(field, text, "a string or an array of strings")? {
            Check::OneOf(strings) => Ok(strings),
            Check::Any | Check::Nothing => Ok(Vec::new()),
        }
    }

    pub(super) fn objects(&self, field: &str) -> Result<Vec<Object<'a>>, EvalError> {
        let values = self
            .get(field)
            .and_then(Value::as_array)
            .ok_or_else(|| self.wrong(field, "an array of objects"))?;
        values.iter().map(|value| Object::new(self.line, value)).collect()
    }

    fn spans(&self, field: &str) -> Result<Vec<(usize, usize)>, EvalError> {
        self.get(field)
            .map(|value| serde_json::from_value(value.clone()))
            .transpose()
            .map(Option::unwrap_or_default)
            .map_err(|_| self.wrong(field, "an array of pairs of offsets"))
    }

    /// Absent: not scored; `null`: nothing; an array: one of its items; else the value itself.
    pub(super) fn check<T>(
        &self,
        field: &str,
        read: impl Fn(&Value) -> Option<T>,
        expected: &'static str,
    ) -> Result<Check<T>, EvalError> {
        let one = |value: &Value| read(value).ok_or_else(|| self.wrong(field, expected));
        Ok(match self.fields.get(field) {
            None => Check::Any,
            Some(Value::Null) => Check::Nothing,
            Some(Value::Array(values)) => Check::OneOf(values.iter().map(one).collect::<Result<_, _>>()?),
            Some(value) => Check::OneOf(vec![one(value)?]),
        })
    }
}
