//! One line per figure, for tests that read like a table.

use crate::figures::{Options, scan};
use crate::record::{Figure, Lang};

/// `kind | text | value, bounds, unit, currency …`, absent fields left out.
pub(super) fn line(figure: &Figure) -> String {
    let text = figure.text.replace(['\u{A0}', '\u{202F}', '\u{2009}'], " ");
    let mut parts = vec![figure.kind.as_str().to_owned(), text];
    parts.extend(figure.value.map(|value| value.to_string()));
    if figure.min.is_some() || figure.max.is_some() {
        let bound =
            |bound: Option<rust_decimal::Decimal>| bound.map_or(String::new(), |value| value.to_string());
        parts.push(format!("{}..{}", bound(figure.min), bound(figure.max)));
    }
    if figure.qualifier.as_str() != "exact" {
        parts.push(figure.qualifier.as_str().to_owned());
    }
    parts.extend(figure.unit.clone());
    let ambiguous = if figure.currency_ambiguous { "?" } else { "" };
    parts.extend(figure.currency.as_ref().map(|code| format!("{code}{ambiguous}")));
    parts.extend(figure.direction.map(|direction| direction.as_str().to_owned()));
    parts.extend(figure.period.as_ref().map(|period| format!("@{period}")));
    parts.join(" | ")
}

/// The figures of a text, a line each, joined by ` ; `.
fn lines(text: &str, lang: Lang, options: &Options) -> String {
    let lines: Vec<String> = scan(text, lang, options).iter().map(line).collect();
    lines.join(" ; ")
}

/// Each row: a French text and its figures.
pub(super) fn check_fr(rows: &[(&str, &str)]) {
    check(rows, Lang::Fr, &Options::default());
}

/// Each row: an English text and its figures.
pub(super) fn check_en(rows: &[(&str, &str)]) {
    check(rows, Lang::En, &Options::default());
}

/// Each row: a French text and its figures, in an article of `date`.
pub(super) fn check_dated(date: &str, rows: &[(&str, &str)]) {
    let options = Options {
        date: Some(date.parse().expect("a date")),
    };
    check(rows, Lang::Fr, &options);
}

fn check(rows: &[(&str, &str)], lang: Lang, options: &Options) {
    let wrong: Vec<String> = rows
        .iter()
        .filter(|(text, expected)| lines(text, lang, options) != *expected)
        .map(|(text, expected)| {
            format!(
                "{text}\n  expected {expected}\n  found    {}",
                lines(text, lang, options)
            )
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
