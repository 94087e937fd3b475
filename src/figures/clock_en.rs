//! Times of day as English tells them: `2:30 pm`, `0812 GMT`, `a quarter past nine`, `eight in the morning`.

use super::block::Block;
use super::clock::{Time, colon, number};

/// `am`, `p.m.` at token `i`: whether it is after noon, and one past it.
fn half(block: &Block<'_, '_>, i: usize) -> Option<(bool, usize)> {
    let tokens = block.tokens;
    match tokens.fold(i) {
        "am" => Some((false, i + 1)),
        "pm" => Some((true, i + 1)),
        letter @ ("a" | "p") if tokens.is_mark(i + 1, '.') && tokens.fold(i + 2) == "m" => {
            let dot = usize::from(tokens.is_mark(i + 3, '.'));
            Some((letter == "p", i + 3 + dot))
        }
        _ => None,
    }
}

/// `0812 GMT`, `2004 UTC`: four digits before the name of a zone.
pub(super) fn zoned(block: &Block<'_, '_>, i: usize) -> Option<Time> {
    const ZONES: &[&str] = &[
        "GMT", "UTC", "BST", "CET", "CEST", "EST", "EDT", "PST", "PDT", "ET", "IST",
    ];
    let tokens = block.tokens;
    let raw = tokens.raw(i);
    if !tokens.is_number(i) || raw.len() != 4 || !ZONES.contains(&tokens.raw(i + 1)) {
        return None;
    }
    let (hour, minute): (u32, u32) = (raw.get(..2)?.parse().ok()?, raw.get(2..)?.parse().ok()?);
    (hour < 24 && minute < 60).then_some(Time {
        hour,
        minute: Some(minute),
        end: i + 1,
    })
}

/// `ten to midnight`, `twenty past noon`, `a quarter past nine`, `half past seven`.
pub(super) fn past(block: &Block<'_, '_>, i: usize) -> Option<Time> {
    let (minutes, at) = match block.tokens.fold(i) {
        "quarter" => (15, i + 1),
        "half" => (30, i + 1),
        _ => number(block, i)?,
    };
    let to = block.is_one_of(at, &["to"]);
    if !(1..60).contains(&minutes) || !to && !block.is_one_of(at, &["past"]) {
        return None;
    }
    let (hour, end) = match block.tokens.fold(at + 1) {
        "midnight" => (24, at + 2),
        "noon" | "midday" => (12, at + 2),
        // `a quarter past nine`, but neither `three to four` nor `40 to 75`.
        _ if minutes == 15 && block.is_one_of(i, &["quarter"]) || minutes == 30 && !to => {
            number(block, at + 1).filter(|(hour, _)| (1..=12).contains(hour))?
        }
        _ => return None,
    };
    // A day later, so that what is before midnight is above zero.
    let full = (24 + hour) * 60;
    let total = if to { full - minutes } else { full + minutes };
    Some(Time {
        hour: total / 60 % 24,
        minute: Some(total % 60),
        end,
    })
}

/// `9.40` before `am` or `pm`, `the 7.12 bus`.
fn pointed(block: &Block<'_, '_>, hour: u32, end: usize) -> Option<Time> {
    let tokens = block.tokens;
    let minute = end + 1;
    let ridden = end
        .checked_sub(2)
        .is_some_and(|lead| block.is_one_of(lead, &["the"]))
        && block.is_one_of(end + 2, &["bus", "train", "tram", "ferry", "flight"]);
    let two_digits = tokens.is_mark(end, '.')
        && tokens.glued(end)
        && tokens.is_number(minute)
        && tokens.glued(minute)
        && tokens.raw(minute).len() == 2
        && (half(block, end + 2).is_some() || ridden);
    let value = tokens.raw(minute).parse().ok().filter(|minute| *minute < 60)?;
    two_digits.then_some(Time {
        hour,
        minute: Some(value),
        end: end + 2,
    })
}

/// `from eight in the morning`, `at three in the afternoon`; the number ends before token `end`.
fn part_of_day(block: &Block<'_, '_>, hour: u32, end: usize) -> Option<Time> {
    const LEADS: &[&str] = &[
        "at", "from", "until", "till", "to", "by", "before", "after", "around", "about", "since", "was", "is",
    ];
    let lead = end.checked_sub(2)?;
    let night = block.is_one_of(end, &["at"]) && block.is_one_of(end + 1, &["night"]);
    let of_day = block.is_one_of(end, &["in"])
        && block.is_one_of(end + 1, &["the"])
        && block.is_one_of(end + 2, &["morning", "afternoon", "evening"]);
    if !(1..=12).contains(&hour) || !block.is_one_of(lead, LEADS) || !(night || of_day) {
        return None;
    }
    let morning = of_day && block.is_one_of(end + 2, &["morning"]) || night && !(6..12).contains(&hour);
    Some(Time {
        hour: hour % 12 + if morning { 0 } else { 12 },
        minute: None,
        end: end + if night { 2 } else { 3 },
    })
}

/// `2:30 pm`, `3 p.m.`, `14:30`.
pub(super) fn english(block: &Block<'_, '_>, hour: u32, end: usize) -> Option<Time> {
    let tokens = block.tokens;
    // `3 o'clock`
    if tokens.fold(end).starts_with('o')
        && tokens.fold(end).len() <= 2
        && (end + 1..end + 3).any(|i| tokens.fold(i) == "clock")
    {
        let end = (end + 1..end + 3).find(|&i| tokens.fold(i) == "clock")? + 1;
        return Some(Time {
            hour,
            minute: None,
            end,
        });
    }
    if let Some(time) = part_of_day(block, hour, end) {
        return Some(time);
    }
    let mut time = colon(block, hour, end)
        .or_else(|| pointed(block, hour, end))
        .unwrap_or(Time {
            hour,
            minute: None,
            end,
        });
    let at = time.end;
    if let Some((afternoon, end)) = half(block, at) {
        if !(1..=12).contains(&hour) {
            return None;
        }
        time.hour = hour % 12 + if afternoon { 12 } else { 0 };
        time.end = end;
        return Some(time);
    }
    time.minute.is_some().then_some(time)
}
