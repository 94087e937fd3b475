//! One line per figure, for tests that read like a table.

use crate::figures::{Options, scan};
use crate::record::{Figure, Lang};

/// `kind | text | value, bounds, unit, currency …`, absent fields left out.
pub(super) fn line(figure: &Figure) -> String {
    let mut parts = vec![
        figure.kind.as_str().to_owned(),
        figure.text.replace(['\u{A0}', '\u{202F}', '\u{2009}'], " "),
    ];
    parts.extend(figure.value.map(|value| value.to_string()));
    if figure.min.is_some() || figure.max.is_some() {
        let bound =
            |bound: Option<_>| bound.map_or(String::new(), |value: rust_decimal::Decimal| value.to_string());
        parts.push(format!("{}..{}", bound(figure.min), bound(figure.max)));
    }
    if figure.qualifier.as_str() != "exact" {
        parts.push(figure.qualifier.as_str().to_owned());
    }
    parts.extend(figure.unit.clone());
    parts.extend(figure.currency.clone().map(|code| {
        if figure.currency_ambiguous {
            format!("{code}?")
        } else {
            code
        }
    }));
    parts.extend(figure.direction.map(|direction| direction.as_str().to_owned()));
    parts.extend(figure.period.clone().map(|period| format!("@{period}")));
    parts.join(" | ")
}

/// The lines of all figures of a French text.
pub(super) fn fr(text: &str) -> Vec<String> {
    scan(text, Lang::Fr, &Options::default())
        .iter()
        .map(line)
        .collect()
}

/// The lines of all figures of an English text.
#[allow(dead_code)]
pub(super) fn en(text: &str) -> Vec<String> {
    scan(text, Lang::En, &Options::default())
        .iter()
        .map(line)
        .collect()
}
