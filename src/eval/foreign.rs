//! Bridges other people's annotations to ours: their type names, units and conventions about extents.
//!
//! The corpora are short phrases with an `expected` list, taken from the test suites of Duckling, NeMo,
//! num2words and text2num. What their conventions decide differently is not held against the grammar:
//! the article may be in the span, a number may be annotated without its unit, `huit heures` is a time
//! of day there. What depends on the day of reading (`demain`, `dans deux mois`) is skipped and counted.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::EvalError;
use super::gold::{Case, Check, Expected, Extent, Extra, Line, Object, decimal};
use crate::record::{FigureKind, Lang};

/// A day, month or year in digits or with its month's name: what can be read without knowing today.
static ABSOLUTE: LazyLock<Regex> = LazyLock::new(|| {
    let months = "janv|févr|fevr|fev|mars|avr|mai|juin|juil|jui|août|aout|sept|oct|nov|déc|dec";
    Regex::new(&format!(
        r"(?i)\b({months})|\d[/.-]\d|\d\s*h\b|\d\s*h\d|\d:\d\d|\d heures"
    ))
    .expect("OK because it is constant")
});

/// Words that count from the day of reading, or name a part of a day or week.
static RELATIVE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)demain|aujourd|lendemain|hier|dans |il y a|prochain|derni[eè]re?s?|passé|suivant|plus t(ard|ôt)|en (huit|quinze)|week|semaine|quinzaine|matin|soir|journée|midi|minuit|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|jour d|après|avant|noël|été|hiver|automne|printemps|^le \d+ (à|vers|plut|jusqu)|^le \d+$|CET|GMT",
    )
    .expect("OK because it is constant")
});

/// Reads one line of a foreign corpus.
pub(super) fn line(object: &Object<'_>) -> Result<Line, EvalError> {
    let text = object.string("text")?;
    let topic = object.string("kind")?;
    let group = format!("{} {topic}", origin(&object.string("source")?));
    if matches!(topic.as_str(), "date" | "time") && object.string("scope")? == "peripheral" {
        return Ok(Line::Skipped("relative or holiday date"));
    }
    let mut figures = Vec::new();
    for item in object.objects("expected")? {
        let relative = item.get("value_depends_on_reference") == Some(&Value::Bool(true));
        if relative && (!ABSOLUTE.is_match(&text) || RELATIVE.is_match(&text)) {
            return Ok(Line::Skipped("date that depends on the day of reading"));
        }
        figures.push(figure(&item, &group)?);
    }
    let negative = object.string("scope")? == "negative";
    let extra = if negative || object.get("exhaustive_for").is_some() {
        Extra::WrongIfKind(group, kinds_of_topic(&topic))
    } else {
        Extra::WrongIfOverlapping(group)
    };
    Ok(Line::Scored(Case {
        id: object.string("id")?,
        text,
        lang: Lang::Fr,
        trap: negative,
        figures,
        extra,
    }))
}

fn origin(source: &str) -> &'static str {
    const ORIGINS: [(&str, &str); 4] = [
        ("duckling", "Duckling"),
        ("NeMo", "NeMo"),
        ("num2words", "num2words"),
        ("text2num", "text2num"),
    ];
    ORIGINS
        .iter()
        .find(|(mark, _)| source.contains(mark))
        .map_or("other", |(_, name)| name)
}

fn kinds_of_topic(topic: &str) -> Vec<FigureKind> {
    match topic {
        "number" => numbers(),
        "ordinal" => vec![FigureKind::Ordinal],
        "ratio" => vec![FigureKind::Ratio],
        "money" => vec![FigureKind::Money, FigureKind::Rate],
        "dimension" => vec![FigureKind::Quantity, FigureKind::Rate],
        "temperature" => vec![FigureKind::Temperature],
        "duration" => vec![FigureKind::Duration],
        _ => vec![FigureKind::Date],
    }
}

/// A bare number is whatever its surroundings make of it.
fn numbers() -> Vec<FigureKind> {
    let dates = [FigureKind::Date, FigureKind::Ordinal];
    let mut kinds: Vec<FigureKind> = FigureKind::ALL
        .into_iter()
        .filter(|kind| !dates.contains(kind))
        .collect();
    kinds.sort_by_key(|kind| *kind != FigureKind::Count);
    kinds
}

fn figure(item: &Object<'_>, group: &str) -> Result<Expected, EvalError> {
    let kind = item.string("type")?;
    let (kinds, extent) = match kind.as_str() {
        "Numeral" | "cardinal" | "card" | "decimal" | "be" | "ch" => (numbers(), Extent::NumberPart),
        "Ordinal" | "ordinal" | "ord" | "beord" => (vec![FigureKind::Ordinal], Extent::NumberPart),
        "AmountOfMoney" | "money" | "eur" | "frf" => {
            (vec![FigureKind::Money, FigureKind::Rate], Extent::TextOrFull)
        }
        "Distance" | "Volume" | "Quantity" | "measure" => (
            vec![FigureKind::Quantity, FigureKind::Rate, FigureKind::Duration],
            Extent::TextOrFull,
        ),
        "Temperature" => (vec![FigureKind::Temperature], Extent::TextOrFull),
        "Duration" => (vec![FigureKind::Duration, FigureKind::Age], Extent::TextOrFull),
        "fraction" => (vec![FigureKind::Ratio, FigureKind::Count], Extent::TextOrFull),
        "Time" | "date" | "time" => (vec![FigureKind::Date], Extent::TextOrFull),
        _ => return Err(item.wrong("type", "a type of Duckling, NeMo, num2words or text2num")),
    };
    let dated = kinds == [FigureKind::Date];
    let number = |field: &str| {
        if dated {
            Ok(Check::Any)
        } else {
            item.check(field, decimal, "a number")
        }
    };
    Ok(Expected {
        group: group.to_owned(),
        text: item.string("text")?,
        start: item.index("start")?,
        end: item.index("end")?,
        also: Vec::new(),
        extent,
        kinds,
        optional: false,
        value: number("value")?,
        min: number("min")?,
        max: number("max")?,
        qualifier: qualifier(item),
        unit: unit(item, &kind),
        currency: item
            .get("currency")
            .and_then(Value::as_str)
            .map_or(Check::Any, |code| Check::OneOf(vec![code.to_owned()])),
        currency_ambiguous: Check::Any,
        direction: Check::Any,
        period: if dated { period(item) } else { Check::Any },
        full_text: Check::Any,
    })
}

/// `at_least|more_than` where Duckling does not tell the two apart.
fn qualifier(item: &Object<'_>) -> Check<String> {
    item.get("qualifier")
        .and_then(Value::as_str)
        .map_or(Check::Any, |names| {
            Check::OneOf(names.split('|').map(str::to_owned).collect())
        })
}

/// Units of money repeat the currency; those of things are theirs, spelled as we do.
fn unit(item: &Object<'_>, kind: &str) -> Check<String> {
    if matches!(kind, "AmountOfMoney" | "money" | "eur" | "frf") {
        return Check::Any;
    }
    match item.get("unit").and_then(Value::as_str) {
        None => Check::Any,
        Some("min") => Check::OneOf(vec!["minute".to_owned()]),
        Some("deg") => Check::OneOf(vec!["deg".to_owned(), "degC".to_owned()]),
        Some(unit) => Check::OneOf(vec![unit.to_owned()]),
    }
}

/// A point in time as any of the ways to write what the phrase says: it may leave out the year or the day.
fn period(item: &Object<'_>) -> Check<String> {
    let Some(value) = item.get("value").and_then(Value::as_str) else {
        return Check::Any;
    };
    let mut readings = vec![value.to_owned()];
    if let Some((day, time)) = value.split_once('T') {
        let full = if time.len() == 2 {
            format!("{time}:00")
        } else {
            time.to_owned()
        };
        readings.push(format!("T{full}"));
        readings.push(format!("T{time}"));
        if !day.is_empty() {
            readings.push(format!("{day}T{full}"));
            readings.push(format!(
                "XXXX{}T{full}",
                day.trim_start_matches(|c: char| c.is_ascii_digit())
            ));
        }
    } else if value.len() == 10 {
        readings.push(format!("XXXX{}", &value[4..]));
    }
    Check::OneOf(readings)
}
