//! The date of publication as pages and articles write it, in ISO form.

use std::sync::LazyLock;

use jiff::civil::{Date, Time};
use regex::Regex;

/// `2024-06-05`, `2024-06-05T14:30:00+02:00`: the form that machines write.
static ISO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?)?",
    )
    .expect("OK because the pattern is a constant that tests compile")
});

/// `5 juin 2024 à 14 h 30`, `1er mars 2025`, in running text.
static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(1er|\d{1,2})\s+(janv(?:ier|\.)?|févr(?:ier|\.)?|fevrier|mars|avr(?:il|\.)?|mai|juin|juil(?:let|\.)?",
        r"|août|aout|sept(?:embre|\.)?|oct(?:obre|\.)?|nov(?:embre|\.)?|déc(?:embre|\.)?|decembre",
        r"|january|february|march|april|may|june|july|august|september|october|november|december)\s+(\d{4})\b",
        r"(?:\s*(?:à|,|-|·|\||at|vers)?\s*(\d{1,2})\s*(?:h|:)\s*(\d{2})?)?"
    ))
    .expect("OK because the pattern is a constant that tests compile")
});

/// `June 5, 2024`.
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(january|february|march|april|may|june|july|august|september|october|november|december)",
        r"\s+(\d{1,2}),\s+(\d{4})\b"
    ))
    .expect("OK because the pattern is a constant that tests compile")
});

/// `05/06/2024`, day first.
static DIGITS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b(?:\s*(?:à|,|-)?\s*(\d{1,2})\s*(?:h|:)\s*(\d{2})?)?")
        .expect("OK because the pattern is a constant that tests compile")
});

/// Reads a date that a machine or a person wrote: `2024-06-05`, with `T14:30` and an offset where stated.
///
/// None when there is no date in it or the date does not exist.
pub(super) fn read(text: &str) -> Option<String> {
    iso(text)
        .or_else(|| in_words(text))
        .or_else(|| in_english(text))
        .or_else(|| in_digits(text))
}

fn iso(text: &str) -> Option<String> {
    let parts = ISO.captures(text)?;
    let date = civil(&parts[1], &parts[2], &parts[3])?;
    let Some(hour) = parts.get(4) else {
        return Some(date.to_string());
    };
    let second = parts.get(6).map_or("00", |second| second.as_str());
    let Some(time) = clock(hour.as_str(), &parts[5]) else {
        return Some(date.to_string());
    };
    let zone = parts.get(7).map_or(String::new(), |zone| match zone.as_str() {
        "Z" => "Z".to_owned(),
        zone if zone.contains(':') => zone.to_owned(),
        zone => format!("{}:{}", &zone[..3], &zone[3..]),
    });
    Some(format!(
        "{date}T{:02}:{:02}:{second}{zone}",
        time.hour(),
        time.minute()
    ))
}

fn in_words(text: &str) -> Option<String> {
    let parts = WORDS.captures(text)?;
    let day = if parts[1].eq_ignore_ascii_case("1er") {
        "1"
    } else {
        &parts[1]
    };
    let date = civil(&parts[3], &month(&parts[2])?.to_string(), day)?;
    Some(with_clock(
        date,
        parts.get(4).map(|hour| hour.as_str()),
        parts.get(5).map(|minute| minute.as_str()),
    ))
}

fn in_english(text: &str) -> Option<String> {
    let parts = ENGLISH.captures(text)?;
    Some(civil(&parts[3], &month(&parts[1])?.to_string(), &parts[2])?.to_string())
}

fn in_digits(text: &str) -> Option<String> {
    let parts = DIGITS.captures(text)?;
    let date = civil(&parts[3], &parts[2], &parts[1])?;
    Some(with_clock(
        date,
        parts.get(4).map(|hour| hour.as_str()),
        parts.get(5).map(|minute| minute.as_str()),
    ))
}

fn with_clock(date: Date, hour: Option<&str>, minute: Option<&str>) -> String {
    match hour.and_then(|hour| clock(hour, minute.unwrap_or("00"))) {
        Some(time) => format!("{date}T{:02}:{:02}", time.hour(), time.minute()),
        None => date.to_string(),
    }
}

fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn clock(hour: &str, minute: &str) -> Option<Time> {
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

fn month(name: &str) -> Option<i8> {
    const STEMS: [(&str, i8); 24] = [
        ("janv", 1),
        ("jan", 1),
        ("févr", 2),
        ("fevr", 2),
        ("feb", 2),
        ("mars", 3),
        ("march", 3),
        ("avr", 4),
        ("apr", 4),
        ("mai", 5),
        ("may", 5),
        ("juin", 6),
        ("june", 6),
        ("juil", 7),
        ("july", 7),
        ("août", 8),
        ("aout", 8),
        ("aug", 8),
        ("sept", 9),
        ("oct", 10),
        ("nov", 11),
        ("déc", 12),
        ("dec", 12),
        ("dé", 12),
    ];
    let name = name.to_lowercase();
    STEMS
        .iter()
        .find(|(stem, _)| name.starts_with(stem))
        .map(|&(_, month)| month)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn dates_are_read_as_pages_write_them() {
        for (text, expected) in [
            ("2024-06-05", "2024-06-05"),
            ("2024-06-05T14:30:00+02:00", "2024-06-05T14:30:00+02:00"),
            ("2024-06-05T14:30:00.000+0200", "2024-06-05T14:30:00+02:00"),
            ("2024-06-05 14:30", "2024-06-05T14:30:00"),
            ("2024-06-05T12:30:11Z", "2024-06-05T12:30:11Z"),
            ("Publié le 5 juin 2024 à 14 h 30", "2024-06-05T14:30"),
            (
                "Publié le 5 juin 2024 à 14h30 | Mis à jour le 6 juin 2024",
                "2024-06-05T14:30",
            ),
            ("le 1er mars 2025", "2025-03-01"),
            ("Paru le mardi 12\u{a0}août\u{a0}2025", "2025-08-12"),
            ("18 déc. 2023, 9h", "2023-12-18T09:00"),
            ("June 5, 2024", "2024-06-05"),
            ("Mis à jour : 05/06/2024 à 08:15", "2024-06-05T08:15"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_gives_none() {
        for text in ["", "hier", "2024", "31 février 2024", "2024-13-40", "99/99/2024"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
