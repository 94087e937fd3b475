//! Dates, periods and times of day with digits or a year in them: they are rows of their own.
//!
//! The period is ISO-like: `2024-07-14`, `2024-07`, `2024`, `2025-Q3`, `2025-H1`, `FY2025`, `198X`,
//! `2020/2024`, `T14:30`, `2024-07-14T14:30`. A year that the text leaves out is the one nearest to the
//! date of the article, or `XXXX` without one.

use super::block::Block;
use super::item::Item;
use super::lexicon::{Card, Word};
use super::numeral::Form;
use super::token::Kind;
use super::{quarter, slashed, year};
use crate::record::{Lang, Qualifier};
use jiff::civil::Date;

/// A date found: its tokens and its period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dated {
    pub first: usize,
    pub end: usize,
    pub period: String,
    pub range: bool,
}

impl Dated {
    pub fn new(first: usize, end: usize, period: String) -> Option<Dated> {
        Some(Dated {
            first,
            end,
            period,
            range: false,
        })
    }
}

/// The date, period or time that begins at token `i`.
pub(super) fn read(block: &Block<'_, '_>, i: usize) -> Option<Item> {
    let dated = read_date(block, i)?;
    let mut item = Item::date(dated.first, dated.end, dated.period);
    if dated.range {
        item.qualifier = Qualifier::Range;
    }
    Some(item)
}

fn read_date(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let found = match block.tokens.get(i)?.kind {
        Kind::Number => slashed::numeric(block, i)
            .or_else(|| day_month(block, i))
            .or_else(|| quarter::in_digits(block, i))
            .or_else(|| year::decade(block, i))
            .or_else(|| super::clock::read(block, i))
            .or_else(|| year::bare(block, i)),
        Kind::Word => match block.word(i) {
            Word::Month(_) => month_first(block, i),
            Word::Weekday(_) => weekday(block, i),
            Word::Ordinal(_) | Word::Cardinal(_) => quarter::in_words(block, i)
                .or_else(|| day_month(block, i))
                .or_else(|| year::spelled(block, i))
                .or_else(|| super::clock::read(block, i)),
            Word::Period => quarter::fiscal(block, i)
                .or_else(|| year::decade_words(block, i))
                .or_else(|| year::decade_name(block, i)),
            _ => quarter::code(block, i)
                .or_else(|| year::roman_century(block, i))
                .or_else(|| abbreviated_month(block, i))
                .or_else(|| super::clock::read(block, i)),
        },
        _ => None,
    }?;
    Some(super::clock::after_date(block, found))
}

/// `14 juillet 2024`, `1er mars`, `vingt-quatre juillet`, `13-15 juillet`, `13 au 15 juillet`, `3 et 4 mai`.
fn day_month(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let (day, after) = day(block, i)?;
    if tokens.is_number(i)
        && matches!(tokens.mark(after), Some('/' | '-' | '–'))
        && tokens.is_number(after + 1)
        && let Some(list) = slashed::day_list(block, i)
    {
        return Some(list);
    }
    let of = block.lang.lang == Lang::En && block.is_one_of(after, &["of"]);
    if let Some((month, end)) = month_at(block, if of { after + 1 } else { after }) {
        let (year, end) = year_after(block, end);
        let from = iso(year, month, day)?;
        if let Some(range) = range_to(block, i, end, &from) {
            return Some(range);
        }
        let past = block.is_one_of(end, &["dernier"]);
        let next = block.is_one_of(end, &["prochain"]);
        return Dated::new(
            i,
            end,
            resolve_towards(block, from, i32::from(next) - i32::from(past)),
        );
    }
    // `2,5 fois, contre 4 au 30 juin`
    if i > 0 && block.is_one_of(i - 1, &["contre"]) {
        return None;
    }
    // `du 13 au 15 juillet`, `les 3 et 4 mai`
    let mut at = after;
    if block.is_one_of(at, &["au", "et", "a", "à", "ou", "jusqu", "jusque", "to", "and"])
        || matches!(tokens.mark(at), Some('-' | '–' | '/'))
    {
        at += 1;
        while block.is_one_of(at, &["au", "le"]) || matches!(block.word(at), Word::Weekday(_)) {
            at += 1;
        }
        let (last, after) = day_number(block, at)?;
        let (month, end) = month_at(block, after)?;
        let (year, end) = year_after(block, end);
        let from = resolve(block, iso(year, month, day)?);
        let to = resolve(block, iso(year, month, last)?);
        return Some(Dated {
            first: i,
            end,
            period: format!("{from}/{to}"),
            range: true,
        });
    }
    None
}

/// `10 juin au 1er juillet`, after the first date.
fn range_to(block: &Block<'_, '_>, first: usize, end: usize, from: &str) -> Option<Dated> {
    let led = first > 0 && block.is_one_of(first - 1, &["du", "entre", "between", "from"])
        || first > 1 && block.is_one_of(first - 1, &["le"]) && block.is_one_of(first - 2, &["entre"])
        || matches!(
            first.checked_sub(1).map(|b| block.word(b)),
            Some(Word::Weekday(_))
        );
    let mut at = end;
    let link = block.is_one_of(at, &["au", "jusque", "to"])
        || matches!(block.tokens.mark(at), Some('-' | '–'))
        || led && block.is_one_of(at, &["et", "and"]);
    if !link {
        return None;
    }
    at += 1;
    while block.is_one_of(at, &["au", "le"]) || matches!(block.word(at), Word::Weekday(_)) {
        at += 1;
    }
    let (last, after) = day_number(block, at)?;
    let (month, end) = month_at(block, after)?;
    let (year, end) = year_after(block, end);
    let to = iso(year, month, last)?;
    // The year of the second holds for the first.
    let from = match (from.strip_prefix("XXXX"), year) {
        (Some(rest), Some(year)) => format!("{year}{rest}"),
        _ => from.to_owned(),
    };
    let period = format!("{}/{}", resolve(block, from), resolve(block, to));
    Some(Dated {
        first,
        end,
        period,
        range: true,
    })
}

/// `mercredi 13`, `lundi 18 février`.
fn weekday(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let mut at = i + 1;
    if block.tokens.is_mark(at, ',') && block.lang.lang == Lang::En {
        at += 1;
    }
    if let Word::Month(_) = block.word(at) {
        return month_first(block, at).map(|dated| Dated { first: i, ..dated });
    }
    if let Some(dated) = day_month(block, at).or_else(|| slashed::numeric(block, at)) {
        return Some(Dated { first: i, ..dated });
    }
    if block.lang.lang == Lang::En || !block.tokens.is_number(at) {
        return None;
    }
    let (day, end) = day_number(block, at)?;
    let noun = block.tokens.is_word(end) && !block.lang.function_words.has(block.tokens.fold(end))
        || matches!(block.tokens.mark(end), Some('%' | '€' | '$'))
        || matches!(block.word(end), Word::Cardinal(_));
    if noun {
        return None;
    }
    // The month that has this day nearest to the article.
    let period = match block.options.date {
        Some(date) => near_day(date, day)?,
        None => format!("XXXX-XX-{day:02}"),
    };
    Dated::new(i, end, period)
}

fn near_day(date: Date, day: u32) -> Option<String> {
    let day = i8::try_from(day).ok()?;
    let first = date.first_of_month();
    let candidates = [-1, 0, 1].into_iter().filter_map(|months| {
        let month = first.checked_add(jiff::Span::new().months(months)).ok()?;
        Date::new(month.year(), month.month(), day).ok()
    });
    let nearest = candidates.min_by_key(|candidate| days_between(date, *candidate).abs())?;
    Some(nearest.to_string())
}

pub(super) fn days_between(a: Date, b: Date) -> i32 {
    a.until(b).map_or(i32::MAX, |span| span.get_days())
}

/// `juillet 2024`, `July 14, 2024`, `mars-avril 2024`, `janvier à mars 2024`.
fn month_first(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let (month, end) = month_at(block, i)?;
    if block.lang.lang == Lang::En
        && tokens.is_capital(i)
        && let Some((day, after)) = day_number(block, end).filter(|(_, after)| !is_counted(block, *after))
    {
        {
            let comma = if tokens.is_mark(after, ',') {
                after + 1
            } else {
                after
            };
            let (year, end) = match year_after(block, comma) {
                (None, _) => (None, after),
                found => found,
            };
            if matches!(tokens.mark(after), Some('-' | '–'))
                && let Some((last, after)) = day_number(block, after + 1)
            {
                let comma = if tokens.is_mark(after, ',') {
                    after + 1
                } else {
                    after
                };
                let (year, end) = match year_after(block, comma) {
                    (None, _) => (None, after),
                    found => found,
                };
                let period = format!(
                    "{}/{}",
                    resolve(block, iso(year, month, day)?),
                    resolve(block, iso(year, month, last)?)
                );
                return Some(Dated {
                    first: i,
                    end,
                    period,
                    range: true,
                });
            }
            return Dated::new(i, end, resolve(block, iso(year, month, day)?));
        }
    }
    let link =
        block.is_one_of(end, &["a", "à", "et", "to", "and"]) || matches!(tokens.mark(end), Some('-' | '–'));
    if link
        && let Some((last, after)) = month_at(block, end + 1)
        && last > month
    {
        let led = i > 0 && block.is_one_of(i - 1, &["de", "from", "entre", "between"])
            || tokens.mark(end).is_some();
        let (year, stop) = year_after(block, after);
        if led || year.is_some() && !block.is_one_of(end, &["et", "and"]) {
            let of_year = |month: u32| match year {
                Some(year) => format!("{year}-{month:02}"),
                None => resolve(block, format!("XXXX-{month:02}")),
            };
            let period = format!("{}/{}", of_year(month), of_year(last));
            return Some(Dated {
                first: i,
                end: stop,
                period,
                range: true,
            });
        }
    }
    let comma = if tokens.is_mark(end, ',') && block.lang.lang == Lang::En {
        end + 1
    } else {
        end
    };
    let of = if block.is_one_of(comma, &["de", "of"]) {
        comma + 1
    } else {
        comma
    };
    match year_after(block, of) {
        (Some(year), end) => Dated::new(i, end, format!("{year}-{month:02}")),
        // `mars` alone, but not the planet, the god or the verb.
        _ if is_month_name(block, i) => Dated::new(i, end, resolve(block, format!("XXXX-{month:02}"))),
        _ => None,
    }
}

/// A month without day and year.
fn is_month_name(block: &Block<'_, '_>, i: usize) -> bool {
    let tokens = block.tokens;
    let led = i > 0
        && (year::is_lead(block, i - 1)
            || block.is_one_of(i - 1, &["de", "of", "last", "next", "début", "fin", "mi"])
            // `in the 12 months to August`
            || i > 1
                && block.is_one_of(i - 1, &["to"])
                && block.is_one_of(i - 2, &["year", "years", "months", "weeks", "quarter"])
            || tokens.is_mark(i - 1, '-'));
    match block.lang.lang {
        Lang::En => tokens.is_capital(i) && (led || !matches!(tokens.fold(i), "may" | "march" | "august")),
        _ => !tokens.is_capital(i) || block.is_sentence_start(i) && tokens.fold(i) != "mars",
    }
}

/// `Sept. 14, 2024`: abbreviations open a date in English only.
fn abbreviated_month(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    if !block.tokens.is_capital(i) || !block.lang.months.contains_key(block.tokens.fold(i)) {
        return None;
    }
    if block.lang.lang == Lang::En {
        return month_first(block, i);
    }
    let (month, end) = month_at(block, i)?;
    let (year, end) = year_after(block, end);
    Dated::new(i, end, format!("{}-{month:02}", year?))
}

/// A number that goes on after a month (`July 14 million`).
fn is_counted(block: &Block<'_, '_>, after: usize) -> bool {
    matches!(block.word(after), Word::Cardinal(_)) || matches!(block.tokens.mark(after), Some('%'))
}

/// A day of the month in digits or words, and one past it: `14`, `1er`, `quinze`.
fn day(block: &Block<'_, '_>, i: usize) -> Option<(u32, usize)> {
    day_number(block, i)
}

pub(super) fn day_number(block: &Block<'_, '_>, i: usize) -> Option<(u32, usize)> {
    let tokens = block.tokens;
    // `jeudi 11,5 milliards`
    let decimals = tokens.is_mark(i + 1, if block.lang.decimal_comma { ',' } else { '.' })
        && tokens.glued(i + 1)
        && tokens.glued(i + 2)
        && tokens.is_number(i + 2);
    let (value, end) = if tokens.is_number(i) && !decimals {
        let value: u32 = tokens.raw(i).parse().ok().filter(|_| tokens.raw(i).len() <= 2)?;
        // `4mai` is a day and its month.
        let suffix = tokens.is_word(i + 1)
            && tokens.glued(i + 1)
            && !block.lang.months.contains_key(tokens.fold(i + 1));
        if suffix {
            matches!(tokens.fold(i + 1), "er" | "e" | "eme" | "st" | "nd" | "rd" | "th")
                .then_some((value, i + 2))?
        } else {
            (value, i + 1)
        }
    } else {
        match block.word(i) {
            Word::Cardinal(_) => {
                let numeral = block
                    .words()
                    .read(i)
                    .filter(|n| n.form == Form::Words && !n.decimals)?;
                (u32::try_from(numeral.value).ok()?, numeral.end)
            }
            Word::Ordinal(Card::Unit(1)) if block.lang.lang != Lang::En => (1, i + 1),
            Word::Ordinal(_) if block.lang.lang == Lang::En => {
                let numeral = block.words().read(i)?;
                (u32::try_from(numeral.value).ok()?, numeral.end)
            }
            _ => return None,
        }
    };
    (1..=31).contains(&value).then_some((value, end))
}

/// A month at token `i` and one past it and its full stop.
pub(super) fn month_at(block: &Block<'_, '_>, i: usize) -> Option<(u32, usize)> {
    let tokens = block.tokens;
    if !tokens.is_word(i) {
        return None;
    }
    let month = *block.lang.months.get(tokens.fold(i))?;
    // The verb `may`, the verb `march`.
    if block.lang.lang == Lang::En && !tokens.is_capital(i) {
        return None;
    }
    let short = tokens.raw(i).len() <= 5 && !matches!(block.word(i), Word::Month(_));
    let dot = short
        && tokens.is_mark(i + 1, '.')
        && tokens.glued(i + 1)
        && !block.is_line_start(i + 2)
        && i + 2 < tokens.len();
    let dot_at_end = short && tokens.is_mark(i + 1, '.') && i + 2 == tokens.len() && block.only;
    Some((month.into(), if dot || dot_at_end { i + 2 } else { i + 1 }))
}

/// A year at token `i`, in digits or words, and one past it.
pub(super) fn year_after(block: &Block<'_, '_>, i: usize) -> (Option<u32>, usize) {
    let tokens = block.tokens;
    if tokens.is_number(i) && tokens.near(i) {
        let raw = tokens.raw(i);
        let value: u32 = raw.parse().unwrap_or_default();
        let closed = !(matches!(tokens.mark(i + 1), Some(',' | '.'))
            && tokens.glued(i + 1)
            && tokens.glued(i + 2)
            && tokens.is_number(i + 2));
        if raw.len() == 4 && (1000..=2199).contains(&value) && closed {
            return (Some(value), i + 1);
        }
        let short = raw.len() == 2 && (block.only && i + 1 == tokens.len());
        if short {
            return (Some(full_year(value, 2)), i + 1);
        }
    }
    if matches!(block.word(i), Word::Cardinal(_))
        && let Some(numeral) = block.words().read(i)
        && let Ok(value) = u32::try_from(numeral.value)
        && numeral.form == Form::Words
        && (1000..=2199).contains(&value)
    {
        return (Some(value), numeral.end);
    }
    (None, i)
}

pub(super) fn full_year(value: u32, length: usize) -> u32 {
    match length {
        2 if value < 50 => 2000 + value,
        2 => 1900 + value,
        _ => value,
    }
}

pub(super) fn is_year(value: u32) -> bool {
    (1900..=2100).contains(&value)
}

/// `YYYY-MM-DD` if there can be such a day.
pub(super) fn iso(year: Option<u32>, month: u32, day: u32) -> Option<String> {
    let leap = i16::try_from(year.unwrap_or(2000)).ok()?;
    Date::new(leap, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some(match year {
        Some(year) => format!("{year:04}-{month:02}-{day:02}"),
        None => format!("XXXX-{month:02}-{day:02}"),
    })
}

/// Replaces an unknown year by the one nearest to the article's date.
pub(super) fn resolve(block: &Block<'_, '_>, period: String) -> String {
    resolve_towards(block, period, 0)
}

/// As [`resolve`], but before the article's date (-1) or after it (1) where the text says so.
fn resolve_towards(block: &Block<'_, '_>, period: String, towards: i32) -> String {
    let (Some(date), Some(rest)) = (block.options.date, period.strip_prefix("XXXX-")) else {
        return period;
    };
    let middle = |year: i16| -> Option<Date> {
        if let Some(quarter) = rest.strip_prefix('Q') {
            return Date::new(year, quarter.parse::<i8>().ok()? * 3 - 1, 15).ok();
        }
        if let Some(half) = rest.strip_prefix('H') {
            return Date::new(year, half.parse::<i8>().ok()? * 6 - 3, 15).ok();
        }
        let (month, day) = rest.split_once('-').unwrap_or((rest, "15"));
        Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
    };
    let years = [date.year(), date.year() - 1, date.year() + 1];
    let nearest = years
        .into_iter()
        .filter_map(|year| Some((year, days_between(date, middle(year)?))))
        .filter(|(_, days)| days.signum() * towards >= 0)
        .map(|(year, days)| (year, days.abs()))
        .min_by_key(|(_, days)| *days);
    nearest.map_or(period.clone(), |(year, _)| format!("{year}-{rest}"))
}
