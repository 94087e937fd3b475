//! Dates in digits: `14/07/2024`, `14.07.2024`, `2024-07-14`, `le 14/07`, `17/18 juin`, `2020-2024`.

use super::block::Block;
use super::date::{Dated, full_year, is_year, iso, month_at, resolve, year_after};
use super::lexicon::Word;
use crate::record::Lang;

/// `14/07/2024`, `14.07.2024`, `2024-07-14`, `le 14/07`, `2023/24`, `2020-2024`.
pub(super) fn numeric(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let number = |at: usize| -> Option<u32> { tokens.is_number(at).then(|| tokens.raw(at).parse().ok())? };
    let mark = tokens
        .mark(i + 1)
        .filter(|mark| matches!(mark, '/' | '.' | '-' | '–' | '‑'));
    let Some(mark) = mark.filter(|_| tokens.glued(i + 1) && tokens.glued(i + 2)) else {
        return spaced_numeric(block, i);
    };
    let (a, b) = (number(i)?, number(i + 2)?);
    let third =
        tokens.is_mark(i + 3, mark) && tokens.glued(i + 3) && tokens.glued(i + 4) && tokens.is_number(i + 4);
    let lengths = (tokens.raw(i).len(), tokens.raw(i + 2).len());
    if third {
        let c = number(i + 4)?;
        if tokens.glued(i + 5)
            && (tokens.is_number(i + 5)
                || tokens.is_mark(i + 5, mark) && tokens.glued(i + 6) && tokens.is_number(i + 6))
        {
            return None;
        }
        let last = tokens.raw(i + 4).len();
        if lengths.0 == 4 && mark != '.' {
            return Dated::new(i, i + 5, iso(Some(a), b, c)?);
        }
        if lengths.0 > 2
            || lengths.1 > 2
            || !(last == 4
                || last == 2 && (mark == '/' || mark == '.' && block.lang.decimal_comma && lengths == (2, 2)))
        {
            return day_list(block, i);
        }
        // Slashed days before a month name: `17/18/19 mars`.
        let Some(period) = iso(
            Some(full_year(c, last)),
            month_of(block, a, b).1,
            month_of(block, a, b).0,
        ) else {
            return day_list(block, i);
        };
        return Dated::new(i, i + 5, period);
    }
    if lengths.0 == 4 && is_year(a) {
        return year_span(block, i, a, b, lengths.1, mark);
    }
    if mark == '/' && lengths.1 == 4 && lengths.0 <= 2 && (1..=12).contains(&a) && is_year(b) {
        return Dated::new(i, i + 3, format!("{b}-{a:02}"));
    }
    if mark == '/' && lengths.0 <= 2 && lengths.1 <= 2 {
        let led = i > 0
            && (block.is_one_of(i - 1, &["le", "du", "au", "des"])
                || matches!(block.word(i - 1), Word::Weekday(_)));
        let fraction = a < b && b <= 20;
        let alone = block.is_whole(i, i + 3) && !fraction;
        let le = led
            && !matches!(tokens.raw(i - 1), "les" | "Les" | "la")
            && !(fraction && block.is_one_of(i - 1, &["du", "des"]));
        if le || alone {
            return Dated::new(i, i + 3, iso(None, b, a).map(|p| resolve(block, p))?);
        }
    }
    None
}

/// Which of two numbers is the day: the first in French, the second in English unless it cannot be.
fn month_of(block: &Block<'_, '_>, a: u32, b: u32) -> (u32, u32) {
    if block.lang.lang == Lang::En && a <= 12 {
        (b, a)
    } else {
        (a, b)
    }
}

/// `20 02 2014`, `17 02` as the whole text.
fn spaced_numeric(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let led = i == 1 && block.is_one_of(0, &["le"]);
    if !(block.only && (i == 0 || led)) || !tokens.is_number(i + 1) || !tokens.spaced(i + 1) {
        return None;
    }
    let number = |at: usize| tokens.raw(at).parse::<u32>().ok();
    let (day, month) = (number(i)?, number(i + 1)?);
    if tokens.raw(i).len() > 2 || tokens.raw(i + 1).len() > 2 {
        return None;
    }
    if tokens.is_number(i + 2) && matches!(tokens.raw(i + 2).len(), 2 | 4) && i + 3 == tokens.len() {
        let year = full_year(number(i + 2)?, tokens.raw(i + 2).len());
        return Dated::new(i, i + 3, iso(Some(year), month, day)?);
    }
    (i + 2 == tokens.len())
        .then(|| Dated::new(i, i + 2, iso(None, month, day).map(|p| resolve(block, p))?))?
}

/// `2020-2024`, `2023/24`, `2024-07`.
fn year_span(block: &Block<'_, '_>, i: usize, a: u32, b: u32, length: usize, mark: char) -> Option<Dated> {
    let tokens = block.tokens;
    if tokens.glued(i + 3) && (tokens.is_word(i + 3) || tokens.is_number(i + 4)) {
        return None;
    }
    let end = match length {
        4 if is_year(b) => b,
        2 if b == (a + 1) % 100 || mark != '-' && b > a % 100 => {
            a - a % 100 + b + u32::from(b < a % 100) * 100
        }
        2 if mark == '-' && (1..=12).contains(&b) => return Dated::new(i, i + 3, format!("{a}-{b:02}")),
        2 if b > a % 100 => a - a % 100 + b,
        _ => return None,
    };
    (end > a).then(|| Dated {
        first: i,
        end: i + 3,
        period: format!("{a}/{end}"),
        range: true,
    })
}

/// `17/18 juin`, `17-18-19 juin 2025`.
pub(super) fn day_list(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let mut last = i;
    // Bounded: a long chain is no list of days.
    while last < i + 12
        && matches!(tokens.mark(last + 1), Some('/' | '-' | '–'))
        && tokens.is_number(last + 2)
        && tokens.raw(last + 2).len() <= 2
    {
        last += 2;
    }
    let month = month_at(block, last + 1)?;
    let first_day = tokens.raw(i).parse().ok()?;
    let last_day = tokens.raw(last).parse().ok()?;
    let (year, end) = year_after(block, month.1);
    let from = iso(year, month.0, first_day).map(|p| resolve(block, p))?;
    let to = iso(year, month.0, last_day).map(|p| resolve(block, p))?;
    Some(Dated {
        first: i,
        end,
        period: format!("{from}/{to}"),
        range: true,
    })
}
