//! Numbers in digits, spelled as French or as English spells them. Nothing is computed here.

use crate::record::Lang;
use regex::Regex;
use rust_decimal::Decimal;
use std::collections::HashSet;
use std::sync::LazyLock;

/// `12 000`, `1 234,5`, `20,5`: numbers that English spells otherwise.
static FRENCH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\d{1,3}(?:[ \u{a0}\u{202f}\u{2009}]\d{3})+(?:,\d+)?|\d+,\d+")
        .expect("OK because a test uses it")
});

/// `12,000`, `1,234.5`, `20.5`.
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+").expect("OK because a test uses it")
});

/// Every number of `text`, which is in `from`, in the spelling of `to`.
pub(super) fn respell(text: &str, from: Lang, to: Lang) -> String {
    respell_where(text, from, to, |_| true)
}

/// Numbers that the translation copied from the source letter by letter, in the spelling of `to`.
pub(super) fn respell_copied(source: &str, target: &str, from: Lang, to: Lang) -> String {
    let Some(pattern) = pattern(from, to) else {
        return target.to_owned();
    };
    let stated: HashSet<String> = numbers(pattern, source)
        .map(|range| spaceless(&source[range]))
        .collect();
    if stated.is_empty() {
        return target.to_owned();
    }
    respell_where(target, from, to, |number| stated.contains(&spaceless(number)))
}

/// A value in digits, in groups of three from 1000 on; years are not for it.
pub(super) fn spell(value: Decimal, lang: Lang) -> String {
    let plain = value.abs().normalize().to_string();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let (group, point) = match lang {
        Lang::Fr => ('\u{202f}', ','),
        Lang::En | Lang::Other => (',', '.'),
    };
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(group);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

fn pattern(from: Lang, to: Lang) -> Option<&'static Regex> {
    match (from, to) {
        (Lang::Fr, Lang::En) => Some(&FRENCH),
        (Lang::En, Lang::Fr) => Some(&ENGLISH),
        _ => None,
    }
}

fn respell_where(text: &str, from: Lang, to: Lang, wanted: impl Fn(&str) -> bool) -> String {
    let Some(pattern) = pattern(from, to) else {
        return text.to_owned();
    };
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for range in numbers(pattern, text) {
        let number = &text[range.clone()];
        if !wanted(number) {
            continue;
        }
        out.push_str(&text[done..range.start]);
        out.push_str(&turned(number, to));
        done = range.end;
    }
    out.push_str(&text[done..]);
    out
}

/// Numbers that are no part of a name, a version, a date or an address.
fn numbers<'t>(pattern: &'static Regex, text: &'t str) -> impl Iterator<Item = std::ops::Range<usize>> + 't {
    pattern
        .find_iter(text)
        .map(|found| found.range())
        .filter(|range| {
            let before = text[..range.start].chars().next_back();
            let mut after = text[range.end..].chars();
            let next = after.next();
            let joined = |c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | '_' | '/');
            let goes_on = next.is_some_and(|c| {
                matches!(c, '.' | ',' | '/') && after.next().is_some_and(|c| c.is_ascii_digit())
            });
            !before.is_some_and(joined) && !goes_on && !next.is_some_and(|c| c.is_ascii_digit() || c == '_')
        })
}

fn turned(number: &str, to: Lang) -> String {
    number
        .chars()
        .map(|c| match (c, to) {
            (',', Lang::En) => '.',
            (',', Lang::Fr) => '\u{202f}',
            ('.', Lang::Fr) => ',',
            (c, Lang::En) if c.is_whitespace() => ',',
            (c, _) => c,
        })
        .collect()
}

fn spaceless(number: &str) -> String {
    number.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_respelled_both_ways() {
        for (french, english) in [
            ("12\u{202f}000 salariés", "12,000 salariés"),
            ("1\u{202f}234,5 | 20,5 % | 7", "1,234.5 | 20.5 % | 7"),
            ("en 2024 (12,25)", "en 2024 (12.25)"),
        ] {
            assert_eq!(respell(french, Lang::Fr, Lang::En), english);
            assert_eq!(respell(english, Lang::En, Lang::Fr), french);
        }
    }

    #[test]
    fn versions_dates_and_names_are_left_alone() {
        for text in ["GPT-4", "v2.1.3", "14.07.2024", "A320neo", "10.0.0.1", "RTX5090"] {
            assert_eq!(respell(text, Lang::En, Lang::Fr), text);
        }
        assert_eq!(respell("1,2,3", Lang::Fr, Lang::En), "1,2,3");
    }

    #[test]
    fn only_copied_numbers_are_respelled() {
        let source = "Une hausse de 20,5 % pour 12 000 salariés.";
        assert_eq!(
            respell_copied(
                source,
                "A 20,5 % rise for 12 000 staff, 1,234 in all",
                Lang::Fr,
                Lang::En
            ),
            "A 20.5 % rise for 12,000 staff, 1,234 in all"
        );
        assert_eq!(
            respell_copied(source, "20.5% and 12,000", Lang::Fr, Lang::En),
            "20.5% and 12,000"
        );
    }

    #[test]
    fn values_are_spelled_in_groups() {
        assert_eq!(spell(Decimal::new(12_345_675, 1), Lang::En), "1,234,567.5");
        assert_eq!(spell(Decimal::new(12_000, 0), Lang::Fr), "12\u{202f}000");
        assert_eq!(spell(Decimal::new(-205, 1), Lang::Fr), "20,5");
        assert_eq!(spell(Decimal::new(100, 0), Lang::En), "100");
    }
}
