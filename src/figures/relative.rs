//! Periods in words: `cette année`, `l'an dernier`, `lundi`, `le mois prochain`. With the date of the article they are
//! resolved, without it they stay the words.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::block::Block;
use super::item::Item;
use super::lexicon::Word;
use super::period::Mention;
use crate::record::FigureKind;

/// The periods in words.
pub(super) fn find(block: &Block<'_, '_>, items: &[Item], first: usize, end: usize) -> Vec<Mention> {
    let mut out = Vec::new();
    let mut k = 0;
    let mut i = first;
    while i < end {
        while k < items.len() && items[k].end <= i {
            k += 1;
        }
        if items
            .get(k)
            .is_some_and(|item| item.first <= i && item.kind == FigureKind::Date)
        {
            i = items[k].end;
            continue;
        }
        match relative_at(block, i, items.get(k)) {
            Some(mention) => {
                i = mention.end.max(i + 1);
                out.push(mention);
            }
            None => i += 1,
        }
    }
    out
}

fn relative_at(block: &Block<'_, '_>, i: usize, item: Option<&Item>) -> Option<Mention> {
    let word = block.word(i);
    // `trois mois` is a duration, not a period.
    if item.is_some_and(|item| item.first <= i && i < item.end && !matches!(item.kind, FigureKind::Ordinal)) {
        return None;
    }
    let (from, to, resolved) = match word {
        Word::Month(month) if is_month_name(block, i) => {
            let period = super::date::resolve(block, format!("XXXX-{month:02}"));
            (i, i + 1, Some(period))
        }
        Word::Weekday(weekday) => weekday_at(block, i, weekday),
        Word::Period => unit_at(block, i)?,
        _ => return None,
    };
    let tokens = block.tokens;
    let daily = matches!(word, Word::Weekday(_))
        || matches!(
            tokens.fold(i),
            "hier" | "aujourd" | "demain" | "yesterday" | "today" | "tomorrow"
        );
    let start = tokens.get(from)?.start;
    let end = tokens.get(to - 1)?.end;
    let period = resolved.unwrap_or_else(|| block.slice(start, end));
    Some(Mention {
        first: from,
        end: to,
        period,
        taken: false,
        leads: !daily || block.is_sentence_start(from),
    })
}

/// `en mars`, not the planet, the verb or the company.
fn is_month_name(block: &Block<'_, '_>, i: usize) -> bool {
    let tokens = block.tokens;
    if block.lang.decimal_comma {
        !tokens.is_capital(i) || block.is_sentence_start(i)
    } else {
        tokens.is_capital(i) && tokens.fold(i) != "may"
            || i > 0 && block.is_one_of(i - 1, &["in", "since", "last", "until", "by"])
    }
}

type Phrase = (usize, usize, Option<String>);

fn weekday_at(block: &Block<'_, '_>, i: usize, weekday: u8) -> Phrase {
    let mut end = i + 1;
    let mut direction = 0;
    if block.is_one_of(end, &["dernier", "prochain", "last"]) {
        direction = if block.is_one_of(end, &["prochain"]) {
            1
        } else {
            -1
        };
        end += 1;
    }
    let from = if i > 0 && block.is_one_of(i - 1, &["ce", "last", "next"]) {
        i - 1
    } else {
        i
    };
    let resolved = block.options.date.and_then(|date| {
        let today = i64::from(date.weekday().to_monday_one_offset());
        let mut days = i64::from(weekday) - today;
        // News speaks of the day just past, unless it says otherwise.
        match direction {
            1 if days <= 0 => days += 7,
            1 => {}
            -1 if days >= 0 => days -= 7,
            -1 => {}
            _ if days > 0 => days -= 7,
            _ => {}
        }
        date.checked_add(Span::new().try_days(days).ok()?).ok()
    });
    (from, end, resolved.map(|date| date.to_string()))
}

/// `cette année`, `l'an dernier`, `hier`, `le mois prochain`, `ce trimestre`.
fn unit_at(block: &Block<'_, '_>, i: usize) -> Option<Phrase> {
    let tokens = block.tokens;
    let date = block.options.date;
    let fold = tokens.fold(i);
    let day = |days: i64| {
        date.and_then(|date| date.checked_add(days.days()).ok())
            .map(|date| date.to_string())
    };
    match fold {
        "hier" | "yesterday" => return Some((i, i + 1, day(-1))),
        "demain" | "tomorrow" => return Some((i, i + 1, day(1))),
        "today" => return Some((i, i + 1, day(0))),
        "aujourd" if tokens.fold(i + 2) == "hui" => return Some((i, i + 3, day(0))),
        _ => {}
    }
    let before = |words: &[&str]| i > 0 && block.is_one_of(i - 1, words);
    let after = |words: &[&str]| block.is_one_of(i + 1, words);
    // `dernière année de publication`
    if before(&["derniere", "prochaine"]) && after(&["de"]) {
        return None;
    }
    let past = after(&[
        "derniere",
        "dernier",
        "passee",
        "passe",
        "precedente",
        "precedent",
    ]);
    let coming = after(&["prochaine", "prochain", "suivante"]);
    let under_way = after(&["en"]) && tokens.fold(i + 2) == "cours";
    let shift = if before(&["ce", "cet", "cette", "this"]) {
        0
    } else if past || before(&["last", "previous", "derniere"]) {
        -1
    } else if coming || before(&["next", "prochaine"]) {
        1
    } else if under_way {
        0
    } else {
        return None;
    };
    let led = before(&[
        "ce", "cet", "cette", "this", "last", "next", "previous", "le", "la",
    ]);
    let from = if led { i - 1 } else { i };
    let end = if past || coming {
        i + 2
    } else if under_way || tokens.is_mark(i + 1, '-') && tokens.fold(i + 2) == "ci" {
        i + 3
    } else {
        i + 1
    };
    Some((from, end, date.and_then(|date| shifted(date, fold, shift))))
}

/// The period that is `shift` years, months or quarters away from the one that holds `date`.
fn shifted(date: Date, unit: &str, shift: i32) -> Option<String> {
    Some(match unit {
        "annee" | "an" | "year" => (i32::from(date.year()) + shift).to_string(),
        "mois" | "month" => {
            let month = date
                .first_of_month()
                .checked_add(Span::new().months(shift))
                .ok()?;
            format!("{}-{:02}", month.year(), month.month())
        }
        "trimestre" | "quarter" => {
            let index = i32::from(date.year()) * 4 + i32::from(date.month() - 1) / 3 + shift;
            format!("{}-Q{}", index.div_euclid(4), index.rem_euclid(4) + 1)
        }
        "semestre" => {
            let index = i32::from(date.year()) * 2 + i32::from(date.month() - 1) / 6 + shift;
            format!("{}-H{}", index.div_euclid(2), index.rem_euclid(2) + 1)
        }
        "semaine" | "week" => {
            let day = date.checked_add(Span::new().weeks(shift)).ok()?.iso_week_date();
            format!("{}-W{:02}", day.year(), day.week())
        }
        "ete" | "summer" => format!("{}-summer", i32::from(date.year()) + shift),
        _ => return None,
    })
}
