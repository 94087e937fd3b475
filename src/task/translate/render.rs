//! A figure of the source as the target spells it: what stands in for it after a protected translation.
//!
//! Only what can be spelled without knowing the sentence is spelled, and the number gate has the last word:
//! a rendering that it does not take for the same figure is not used.

use super::numerals::{respell, spell};
use crate::record::{Figure, FigureKind, Lang};
use crate::task::check;
use rust_decimal::Decimal;

/// The figure as `to` spells it, none where that takes the sentence around it.
pub(super) fn render(figure: &Figure, from: Lang, to: Lang) -> Option<String> {
    let rendered = match figure.kind {
        FigureKind::Percent => percent(figure, to),
        FigureKind::Money => money(figure, to),
        FigureKind::Date => date(figure, to),
        FigureKind::Count => count(figure, to),
        FigureKind::Quantity | FigureKind::Temperature | FigureKind::Index => with_symbol(figure, from, to),
        _ => None,
    }?;
    // in brackets, because a number at the start of a line may be that of a section
    let framed = |text: &str| format!("({text})");
    let same = check::translation(&framed(&figure.text), from, &framed(&rendered), to).is_empty();
    same.then_some(rendered)
}

/// The digits at the start of a figure, in bytes, and how the target spells them.
pub(super) fn digits(figure: &Figure, from: Lang, to: Lang) -> Option<(usize, String)> {
    let start = figure.text.find(|c: char| c.is_ascii_digit())?;
    if start > 0 {
        return None;
    }
    let is_part =
        |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}');
    let end = figure.text.find(|c| !is_part(c)).unwrap_or(figure.text.len());
    let number = figure.text[..end].trim_end_matches(|c: char| !c.is_ascii_digit());
    Some((number.len(), respell(number, from, to)))
}

fn percent(figure: &Figure, to: Lang) -> Option<String> {
    let sign = sign(&figure.text);
    let unit = if to == Lang::Fr { "\u{a0}%" } else { "%" };
    Some(format!("{sign}{}{unit}", amount(figure, to, Decimal::ONE)?))
}

fn money(figure: &Figure, to: Lang) -> Option<String> {
    let currency = figure.currency.as_deref()?;
    let largest = figure.value.or(figure.max)?.abs();
    let (scale, divisor) = scale(figure, largest, to);
    let number = amount(figure, to, divisor)?;
    let sign = sign(&figure.text);
    if to == Lang::Fr {
        let name = match currency {
            "EUR" => "euros",
            "USD" => "dollars",
            "GBP" => "livres sterling",
            "JPY" => "yens",
            "CHF" => "francs suisses",
            "CNY" => "yuans",
            _ => return None,
        };
        let of = match (scale, name.starts_with('e')) {
            ("", _) => "",
            (_, true) => "d’",
            (_, false) => "de ",
        };
        let plural = if scale.is_empty() || largest / divisor < Decimal::TWO {
            ""
        } else {
            "s"
        };
        let spaced = if scale.is_empty() {
            String::new()
        } else {
            format!("{scale}{plural} ")
        };
        return Some(format!("{sign}{number} {spaced}{of}{name}"));
    }
    let symbol = match currency {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        code => return Some(format!("{sign}{code} {number}{}", after(scale))),
    };
    Some(format!("{sign}{symbol}{number}{}", after(scale)))
}

fn after(scale: &str) -> String {
    if scale.is_empty() {
        String::new()
    } else {
        format!(" {scale}")
    }
}

/// A plain number, or one with a scale that needs no word after it.
fn count(figure: &Figure, to: Lang) -> Option<String> {
    if !figure.text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let largest = figure.value.or(figure.max)?.abs();
    let (scale, divisor) = scale(figure, largest, to);
    if to == Lang::Fr && !scale.is_empty() {
        return None; // `3 millions de` or `d’`: the next word decides
    }
    let year = scale.is_empty() && figure.text.len() == 4 && figure.text.bytes().all(|b| b.is_ascii_digit());
    if year {
        return Some(figure.text.clone());
    }
    Some(format!("{}{}", amount(figure, to, divisor)?, after(scale)))
}

/// Digits and a symbol that both languages write the same (`3 nm`, `1,2 TWh`, `−4 °C`).
fn with_symbol(figure: &Figure, from: Lang, to: Lang) -> Option<String> {
    let symbol = figure
        .text
        .trim_start_matches(|c: char| !c.is_alphabetic() && !matches!(c, '°' | '%'));
    let is_symbol =
        !symbol.is_empty() && symbol.chars().count() <= 5 && !symbol.contains(char::is_whitespace);
    let starts_right = figure
        .text
        .starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '−' | '–'));
    (is_symbol && starts_right).then(|| respell(&figure.text, from, to))
}

/// A day, a month or a year that is stated in full.
fn date(figure: &Figure, to: Lang) -> Option<String> {
    let period = figure.period.as_deref()?;
    let mut parts = period.split('-');
    let year = parts
        .next()
        .filter(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()))?;
    let Some(month) = parts.next() else {
        return (figure.text.trim() == year).then(|| year.to_owned());
    };
    // a year that the text leaves to its date is not put into words that are not there
    if !figure.text.contains(year) {
        return None;
    }
    let name = to.months().get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    match (parts.next(), to) {
        (None, _) => Some(format!("{name} {year}")),
        (Some(day), Lang::Fr) => Some(format!("{} {name} {year}", day.trim_start_matches('0'))),
        (Some(day), _) => Some(format!("{name} {}, {year}", day.trim_start_matches('0'))),
    }
}

/// The value, or both ends of a range, in units of `divisor`.
fn amount(figure: &Figure, to: Lang, divisor: Decimal) -> Option<String> {
    let part = |value: Decimal| spell(value / divisor, to);
    match (figure.value, figure.min, figure.max) {
        (Some(value), _, _) => Some(part(value)),
        (None, Some(min), Some(max)) => Some(format!("{}–{}", part(min), part(max))),
        _ => None,
    }
}

/// The word for a scale that the source writes out, and what it stands for.
fn scale(figure: &Figure, largest: Decimal, to: Lang) -> (&'static str, Decimal) {
    let text = figure.text.to_lowercase();
    let written = text.contains("mill")
        || text.contains("bill")
        || text.contains("trill")
        || ["md", "mds", "bn", "tn", "m€", "m$", "m£", "m", "b"]
            .iter()
            .any(|word| {
                text.split(|c: char| c.is_whitespace() || c.is_ascii_digit())
                    .any(|part| part == *word)
            });
    let steps: &[(&'static str, u64)] = match to {
        Lang::Fr => &[("milliard", 1_000_000_000), ("million", 1_000_000)],
        Lang::En | Lang::Other => &[
            ("trillion", 1_000_000_000_000),
            ("billion", 1_000_000_000),
            ("million", 1_000_000),
        ],
    };
    let step = steps
        .iter()
        .find(|(_, size)| written && largest >= Decimal::from(*size));
    step.map_or(("", Decimal::ONE), |&(word, size)| (word, Decimal::from(size)))
}

fn sign(text: &str) -> &'static str {
    match text.chars().next() {
        Some('+') => "+",
        Some('-' | '−' | '–') => "−",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{Options, scan};

    fn rendered(text: &str, from: Lang, to: Lang) -> Vec<Option<String>> {
        scan(text, from, &Options::default())
            .iter()
            .map(|figure| render(figure, from, to))
            .collect()
    }

    fn one(text: &str, from: Lang, to: Lang) -> Option<String> {
        let mut all = rendered(text, from, to);
        assert_eq!(all.len(), 1, "{text}: {all:?}");
        all.remove(0)
    }

    #[test]
    fn figures_are_spelled_in_english() {
        for (text, expected) in [
            ("10 milliards de dollars", "$10 billion"),
            ("1,5 million d’euros", "€1.5 million"),
            ("450 euros", "€450"),
            ("12\u{202f}500 euros", "€12,500"),
            ("20,5 %", "20.5%"),
            ("85 salariés", "85"),
            ("12 000 salariés", "12,000"),
            ("le 14 juillet 2024", "July 14, 2024"),
            ("3 nm", "3 nm"),
            ("1,2 TWh", "1.2 TWh"),
            ("en 2024", "2024"),
        ] {
            assert_eq!(one(text, Lang::Fr, Lang::En).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn figures_are_spelled_in_french() {
        for (text, expected) in [
            ("$10 billion", "10 milliards de dollars"),
            ("€1.5 million", "1,5 million d’euros"),
            ("20.5%", "20,5\u{a0}%"),
            ("12,000 employees", "12\u{202f}000"),
            ("July 14, 2024", "14 juillet 2024"),
        ] {
            assert_eq!(one(text, Lang::En, Lang::Fr).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(one("3 million users", Lang::En, Lang::Fr), None);
    }

    #[test]
    fn what_needs_its_sentence_is_not_rendered() {
        for text in ["la moitié", "trois fois plus", "une vingtaine de salariés"] {
            assert!(
                rendered(text, Lang::Fr, Lang::En).iter().all(Option::is_none),
                "{text}"
            );
        }
    }
}
