//! Dates, periods and times of day as sets of stated parts, so that two languages can be compared.
//!
//! `14 juillet 2024`, `July 14, 2024` and `2024-07-14` have the parts year 2024, month 7, day 14. Words
//! that only point (`cette année`, `the day before`) have no part and are never compared.

use crate::record::{Figure, FigureKind};

/// One stated part of a date, a period or a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Part {
    /// `2024`; also the first year of a fiscal one.
    Year(i32),
    /// `les années 1990`.
    Decade(i32),
    /// `le XIXe siècle`.
    Century(i32),
    /// `S1`, `first half`.
    Half(u8),
    /// `T3`, `third quarter`.
    Quarter(u8),
    /// January is 1.
    Month(u8),
    /// Spring is 1, winter 4.
    Season(u8),
    /// Day of the month.
    Day(u8),
    /// Monday is 1.
    Weekday(u8),
    /// Minutes since midnight.
    Time(u16),
}

impl Part {
    /// Whether the part tells one period from another of the same year.
    pub(super) fn is_fine(self) -> bool {
        !matches!(self, Part::Year(_))
    }
}

/// The stated parts of a date figure, sorted; empty where the words only point.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Calendar(Vec<Part>);

impl Calendar {
    /// The parts of a date figure: those of its resolved period, else those that its words state.
    pub(super) fn of(figure: &Figure) -> Calendar {
        debug_assert_eq!(figure.kind, FigureKind::Date);
        let resolved = figure.period.as_deref().map(parse_iso).unwrap_or_default();
        if resolved.is_empty() {
            let stated = figure.period.as_deref().map(parse_words).unwrap_or_default();
            if stated.is_empty() {
                Calendar::new(parse_words(&figure.text))
            } else {
                Calendar::new(stated)
            }
        } else {
            Calendar::new(resolved)
        }
    }

    fn new(mut parts: Vec<Part>) -> Calendar {
        parts.sort_unstable();
        parts.dedup();
        Calendar(parts)
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// `2024-07-14`, `2024-07`, `2024`, `2025-Q3`, `2025-H1`, `FY2025`, `--07-14`, `14:30`, `2024-07-14T14:30`,
/// two of them joined by `/` or `..`; empty when any piece is something else.
fn parse_iso(period: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for end in period.split("..").flat_map(|piece| piece.split('/')) {
        match parse_iso_end(end.trim()) {
            Some(found) => parts.extend(found),
            None => return Vec::new(),
        }
    }
    parts
}

fn parse_iso_end(end: &str) -> Option<Vec<Part>> {
    if end.is_empty() {
        return Some(Vec::new()); // an open end
    }
    let is_clock = |time: &str| time.contains(':') || time.len() == 2;
    let (date, time) = match end.split_once('T') {
        Some((date, time)) if is_clock(time) => (date, Some(time)),
        _ if end.contains(':') => ("", Some(end)),
        _ => (end, None),
    };
    let mut parts = Vec::new();
    if let Some(time) = time {
        parts.push(parse_clock(time)?);
    }
    let date = date.trim_start_matches("FY").trim_start_matches('-');
    let mut month_seen = false;
    let mut year_seen = end.starts_with("--"); // `--07-14`: the year is left open
    for piece in date.split('-').filter(|piece| !piece.is_empty()) {
        // `XXXX-07-14`, `XXXX-XX-14`: the text leaves it out.
        if piece == "XXXX" {
            year_seen = true;
            continue;
        }
        if piece == "XX" {
            month_seen = true;
            continue;
        }
        let part = if let Some(quarter) = piece.strip_prefix(['Q', 'T']) {
            month_seen = true;
            Part::Quarter(quarter.parse().ok()?)
        } else if let Some(half) = piece.strip_prefix(['H', 'S']) {
            month_seen = true;
            Part::Half(half.parse().ok()?)
        } else if let Some(decade) = piece.strip_suffix('s') {
            Part::Decade(decade.parse().ok()?)
        } else if let Some(before) = piece.strip_suffix("XX") {
            Part::Century(before.parse::<i32>().ok()?.checked_add(1)?)
        } else if let Some(decade) = piece.strip_suffix('X').filter(|rest| rest.len() == 3) {
            Part::Decade(decade.parse::<i32>().ok()?.checked_mul(10)?)
        } else if piece.len() == 4 {
            year_seen = true;
            Part::Year(piece.parse().ok()?)
        } else if !year_seen && piece.len() <= 2 && date == piece {
            return None; // a bare number is no period
        } else if !month_seen {
            month_seen = true;
            Part::Month(piece.parse().ok().filter(|month| (1..=12).contains(month))?)
        } else {
            Part::Day(piece.parse().ok().filter(|day| (1..=31).contains(day))?)
        };
        parts.push(part);
    }
    Some(parts)
}

/// `14:30`, `14:30:00`, `09:00Z`.
fn parse_clock(time: &str) -> Option<Part> {
    let mut pieces = time.split(':');
    let hour: u16 = pieces.next()?.trim().parse().ok().filter(|hour| *hour <= 24)?;
    let minute: u16 = pieces
        .next()
        .unwrap_or("00")
        .trim_end_matches(|c: char| !c.is_ascii_digit())
        .parse()
        .ok()
        .filter(|minute| *minute < 60)?;
    Some(Part::Time(hour * 60 + minute))
}

/// The parts that words state: month, weekday and season names, years, and days beside a month.
fn parse_words(text: &str) -> Vec<Part> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let month_at = |at: usize| words.get(at).and_then(|word| month(word));
    let mut parts = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let digits = word.trim_end_matches(|c: char| c.is_alphabetic());
        let number = digits
            .parse::<i32>()
            .ok()
            .filter(|_| word.len() - digits.len() <= 3);
        match number {
            Some(number) if digits.len() == 4 => {
                let decade =
                    word.ends_with('s') || (at > 0 && matches!(words[at - 1], "années" | "decennie"));
                parts.push(if decade {
                    Part::Decade(number)
                } else {
                    Part::Year(number)
                });
            }
            Some(day @ 1..=31) if month_at(at + 1).is_some() || (at > 0 && month_at(at - 1).is_some()) => {
                parts.push(Part::Day(day as u8)); // OK because the pattern bounds it
            }
            _ => parts.extend(month(word).or_else(|| weekday(word)).or_else(|| season(word))),
        }
    }
    parts
}

fn month(word: &str) -> Option<Part> {
    let month = match word {
        "janvier" | "january" | "jan" | "janv" => 1,
        "février" | "february" | "feb" | "févr" | "fév" => 2,
        "mars" | "march" => 3,
        "avril" | "april" | "apr" | "avr" => 4,
        "mai" | "may" => 5,
        "juin" | "june" | "jun" => 6,
        "juillet" | "july" | "jul" | "juil" => 7,
        "août" | "aout" | "august" | "aug" => 8,
        "septembre" | "september" | "sept" | "sep" => 9,
        "octobre" | "october" | "oct" => 10,
        "novembre" | "november" | "nov" => 11,
        "décembre" | "december" | "dec" | "déc" => 12,
        _ => return None,
    };
    Some(Part::Month(month))
}

fn weekday(word: &str) -> Option<Part> {
    let day = match word {
        "lundi" | "lundis" | "monday" | "mondays" => 1,
        "mardi" | "mardis" | "tuesday" | "tuesdays" => 2,
        "mercredi" | "mercredis" | "wednesday" | "wednesdays" => 3,
        "jeudi" | "jeudis" | "thursday" | "thursdays" => 4,
        "vendredi" | "vendredis" | "friday" | "fridays" => 5,
        "samedi" | "samedis" | "saturday" | "saturdays" => 6,
        "dimanche" | "dimanches" | "sunday" | "sundays" => 7,
        _ => return None,
    };
    Some(Part::Weekday(day))
}

fn season(word: &str) -> Option<Part> {
    let season = match word {
        "printemps" | "spring" => 1,
        "été" | "summer" => 2,
        "automne" | "autumn" | "fall" => 3,
        "hiver" | "winter" => 4,
        _ => return None,
    };
    Some(Part::Season(season))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Part::*;

    fn iso(period: &str) -> Vec<Part> {
        Calendar::new(parse_iso(period)).0
    }

    fn words(text: &str) -> Vec<Part> {
        Calendar::new(parse_words(text)).0
    }

    #[test]
    fn iso_periods_have_their_parts() {
        assert_eq!(iso("2024-07-14"), [Year(2024), Month(7), Day(14)]);
        assert_eq!(iso("2024-07"), [Year(2024), Month(7)]);
        assert_eq!(iso("FY2025"), [Year(2025)]);
        assert_eq!(iso("2025-Q3"), [Year(2025), Quarter(3)]);
        assert_eq!(iso("2025-H1"), [Year(2025), Half(1)]);
        assert_eq!(iso("Q2"), [Quarter(2)]);
        assert_eq!(iso("--07-14"), [Month(7), Day(14)]);
        assert_eq!(iso("14:30"), [Time(870)]);
        assert_eq!(iso("T14"), [Time(840)]);
        assert_eq!(iso("XXXX-Q1"), [Quarter(1)]);
        assert_eq!(iso("XXXX-07-14"), [Month(7), Day(14)]);
        assert_eq!(iso("XXXX-XX-14"), [Day(14)]);
        assert_eq!(iso("20XX"), [Century(21)]);
        assert_eq!(
            iso("2024-07-14T09:05"),
            [Year(2024), Month(7), Day(14), Time(545)]
        );
        assert_eq!(iso("2022/2024"), [Year(2022), Year(2024)]);
        assert_eq!(iso("199X"), [Decade(1990)]);
        assert_eq!(iso("1990s"), [Decade(1990)]);
    }

    #[test]
    fn words_state_the_same_parts_in_both_languages() {
        for (french, english) in [
            ("14 juillet 2024", "July 14, 2024"),
            ("le 1er août", "August 1st"),
            ("mardi 3 mars", "Tuesday, March 3"),
            ("les années 1990", "the 1990s"),
            ("à l’été 2026", "in the summer of 2026"),
            ("fin décembre", "late December"),
        ] {
            assert_eq!(words(french), words(english), "{french} and {english}");
            assert!(!words(french).is_empty(), "{french}");
        }
    }

    #[test]
    fn words_that_only_point_state_nothing() {
        for text in [
            "cette année",
            "the day before",
            "hier",
            "la semaine prochaine",
            "",
            "-",
            "T",
            "::",
            "--",
        ] {
            assert!(words(text).is_empty() && iso(text).is_empty(), "{text}");
        }
    }
}
