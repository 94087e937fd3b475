//! Dates, periods and times of day with digits or a year in them: they are rows of their own.
//!
//! The period is ISO-like: `2024-07-14`, `2024-07`, `2024`, `2025-Q3`, `2025-H1`, `FY2025`, `198X`,
//! `2020/2024`, `T14:30`, `2024-07-14T14:30`. A year that the text leaves out is the one nearest to the
//! date of the article, or `XXXX` without one.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::block::Block;
use super::item::Item;
use super::lexicon::{Card, Word};
use super::numeral::Form;
use super::token::Kind;
use crate::record::{Lang, Qualifier};

/// A date found: its tokens and its period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dated {
    pub first: usize,
    pub end: usize,
    pub period: String,
    pub range: bool,
}

impl Dated {
    fn new(first: usize, end: usize, period: String) -> Option<Dated> {
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
        Kind::Number => numeric(block, i)
            .or_else(|| day_month(block, i))
            .or_else(|| quarter_digits(block, i))
            .or_else(|| decade(block, i))
            .or_else(|| super::clock::read(block, i))
            .or_else(|| year(block, i)),
        Kind::Word => match block.word(i) {
            Word::Month(_) => month_first(block, i),
            Word::Weekday(_) => weekday(block, i),
            Word::Ordinal(_) | Word::Cardinal(_) => quarter_words(block, i)
                .or_else(|| day_month(block, i))
                .or_else(|| spelled_year(block, i))
                .or_else(|| super::clock::read(block, i)),
            Word::Period => fiscal(block, i).or_else(|| decade_words(block, i)),
            _ => quarter_code(block, i)
                .or_else(|| roman_century(block, i))
                .or_else(|| abbreviated_month(block, i))
                .or_else(|| super::clock::read(block, i)),
        },
        _ => None,
    }?;
    Some(super::clock::after_date(block, found))
}

/// A century as its years: `20XX` is the twenty-first.
pub(super) fn century(ordinal: Decimal) -> Option<String> {
    let n = u32::try_from(ordinal).ok().filter(|n| (1..=30).contains(n))?;
    Some(format!("{:02}XX", n - 1))
}

/// `XXIe siècle`.
fn roman_century(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    if !block.is_one_of(i + 1, &["siecle", "siecles"]) {
        return None;
    }
    let numerals = tokens
        .fold(i)
        .strip_suffix("eme")
        .or_else(|| tokens.fold(i).strip_suffix('e'))?;
    let digit = |letter: u8| match letter {
        b'i' => Some(1),
        b'v' => Some(5),
        b'x' => Some(10),
        _ => None,
    };
    let mut total = 0;
    let mut last = 0;
    for letter in numerals.bytes().rev() {
        let value = digit(letter)?;
        total += if value < last { -value } else { value };
        last = last.max(value);
    }
    Dated::new(i, i + 2, century(total.into())?)
}

/// `14/07/2024`, `14.07.2024`, `2024-07-14`, `le 14/07`, `2023/24`, `2020-2024`.
fn numeric(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
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
        if lengths.0 > 2 || lengths.1 > 2 || !(last == 4 || last == 2 && mark != '.' && mark != '-') {
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
fn day_list(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let mut last = i;
    while matches!(tokens.mark(last + 1), Some('/' | '-' | '–'))
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

/// `14 juillet 2024`, `1er mars`, `vingt-quatre juillet`, `13-15 juillet`, `13 au 15 juillet`, `3 et 4 mai`.
fn day_month(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let (day, after) = day(block, i)?;
    if tokens.is_number(i)
        && matches!(tokens.mark(after), Some('/' | '-' | '–'))
        && tokens.is_number(after + 1)
        && let Some(list) = day_list(block, i)
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
        return Dated::new(i, end, resolve(block, from));
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
    if let Some(dated) = day_month(block, at).or_else(|| numeric(block, at)) {
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

fn days_between(a: Date, b: Date) -> i32 {
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
        && (is_year_lead(block, i - 1)
            || block.is_one_of(i - 1, &["de", "of", "last", "next", "début", "fin", "mi"])
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

fn day_number(block: &Block<'_, '_>, i: usize) -> Option<(u32, usize)> {
    let tokens = block.tokens;
    let (value, end) = if tokens.is_number(i) {
        let value: u32 = tokens.raw(i).parse().ok().filter(|_| tokens.raw(i).len() <= 2)?;
        let suffix = tokens.is_word(i + 1) && tokens.glued(i + 1);
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
fn month_at(block: &Block<'_, '_>, i: usize) -> Option<(u32, usize)> {
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
fn year_after(block: &Block<'_, '_>, i: usize) -> (Option<u32>, usize) {
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

fn full_year(value: u32, length: usize) -> u32 {
    match length {
        2 if value < 50 => 2000 + value,
        2 => 1900 + value,
        _ => value,
    }
}

fn is_year(value: u32) -> bool {
    (1900..=2100).contains(&value)
}

/// `YYYY-MM-DD` if there can be such a day.
fn iso(year: Option<u32>, month: u32, day: u32) -> Option<String> {
    let leap = i16::try_from(year.unwrap_or(2000)).ok()?;
    Date::new(leap, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some(match year {
        Some(year) => format!("{year:04}-{month:02}-{day:02}"),
        None => format!("XXXX-{month:02}-{day:02}"),
    })
}

/// Replaces an unknown year by the one nearest to the article's date.
pub(super) fn resolve(block: &Block<'_, '_>, period: String) -> String {
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
        .filter_map(|year| Some((year, days_between(date, middle(year)?).abs())))
        .min_by_key(|(_, days)| *days);
    nearest.map_or(period.clone(), |(year, _)| format!("{year}-{rest}"))
}

/// `3T25`, `3T 2025`, `1er trimestre 2025`, `2e semestre`, `9M`.
fn quarter_digits(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let n: u32 = tokens.raw(i).parse().ok().filter(|n| (1..=4).contains(n))?;
    let letter = tokens.raw(i + 1);
    if tokens.glued(i + 1) && tokens.raw(i).len() == 1 && matches!(letter, "T" | "Q" | "S" | "H") {
        let half = matches!(letter, "S" | "H");
        if half && n > 2 {
            return None;
        }
        let (year, end) = code_year(block, i + 2);
        if year.is_none() && !(tokens.len() == 2 || matches!(letter, "T" | "Q")) {
            return None;
        }
        return Dated::new(i, end, part_of_year(block, year, n, half));
    }
    // `1er trimestre`
    let end = if tokens.is_word(i + 1)
        && tokens.glued(i + 1)
        && matches!(
            tokens.fold(i + 1),
            "er" | "e" | "eme" | "st" | "nd" | "rd" | "th" | "d"
        ) {
        i + 2
    } else {
        return None;
    };
    named_part(block, i, end, n)
}

/// `T3 2025`, `Q3`, `S1 2025`, `H1 2025`, `T1-2025`, `FY2025`.
fn quarter_code(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let raw = tokens.raw(i);
    if matches!(raw, "FY") && (tokens.is_number(i + 1)) {
        let length = tokens.raw(i + 1).len();
        let value: u32 = tokens.raw(i + 1).parse().ok()?;
        let split = matches!(tokens.mark(i + 2), Some('/' | '-'))
            && tokens.glued(i + 2)
            && tokens.is_number(i + 3)
            && tokens.glued(i + 3);
        if split && length == 4 && tokens.raw(i + 3).len() == 2 {
            return Dated::new(
                i,
                i + 4,
                format!(
                    "FY{value}/{}",
                    value - value % 100 + tokens.raw(i + 3).parse::<u32>().ok()?
                ),
            );
        }
        return (length == 4 || length == 2)
            .then(|| Dated::new(i, i + 2, format!("FY{}", full_year(value, length))))?;
    }
    if !matches!(raw, "T" | "Q" | "S" | "H")
        || !tokens.glued(i + 1)
        || tokens.raw(i + 1).len() != 1
        || tokens.glued(i)
            && i > 0
            && tokens
                .mark(i - 1)
                .is_none_or(|mark| matches!(mark, '-' | '_' | '.' | '/'))
    {
        return None;
    }
    let n: u32 = tokens.raw(i + 1).parse().ok().filter(|n| (1..=4).contains(n))?;
    let half = matches!(raw, "S" | "H");
    if half && n > 2 || tokens.glued(i + 2) && (tokens.is_word(i + 2) || tokens.is_number(i + 2)) {
        return None;
    }
    let (year, end) = code_year(block, i + 2);
    // `H1` alone is a code as often as a half.
    let alone = year.is_none();
    if alone && (half || tokens.is_mark(i + 2, '-') && tokens.glued(i + 2)) {
        return None;
    }
    Dated::new(i, end, part_of_year(block, year, n, half))
}

/// The year after a quarter: ` 2025`, `-2025`, `/25`, `25` glued, `de 2025`, `de l'exercice 2024-2025`.
fn code_year(block: &Block<'_, '_>, i: usize) -> (Option<String>, usize) {
    let tokens = block.tokens;
    if matches!(tokens.mark(i), Some('-' | '/' | '’' | '\'' | '.'))
        && tokens.is_number(i + 1)
        && tokens.glued(i + 1)
    {
        let length = tokens.raw(i + 1).len();
        let value: u32 = tokens.raw(i + 1).parse().unwrap_or_default();
        if length == 4 && is_year(value) || length == 2 {
            return (Some(full_year(value, length).to_string()), i + 2);
        }
    }
    if tokens.is_number(i) && tokens.glued(i) && tokens.raw(i).len() == 2 {
        return (
            Some(full_year(tokens.raw(i).parse().unwrap_or_default(), 2).to_string()),
            i + 1,
        );
    }
    fiscal_year_at(block, i)
}

/// ` 2025`, `de 2025`, `de l'exercice 2024-2025`, `of fiscal 2025`.
fn fiscal_year_at(block: &Block<'_, '_>, i: usize) -> (Option<String>, usize) {
    let tokens = block.tokens;
    let mut at = i;
    let mut fiscal = false;
    if block.is_one_of(at, &["de", "of"]) {
        at += 1;
        if block.is_one_of(at, &["le", "son", "the", "its"]) {
            at += 1;
        }
    }
    while block.is_one_of(
        at,
        &[
            "exercice",
            "annee",
            "fiscal",
            "fiscale",
            "year",
            "financial",
            "comptable",
            "decale",
            "calendaire",
        ],
    ) {
        fiscal |= matches!(tokens.fold(at), "exercice" | "fiscal" | "fiscale" | "financial");
        at += 1;
    }
    match year_after(block, at) {
        (Some(year), end) if is_year(year) => {
            let span = matches!(tokens.mark(end), Some('-' | '/' | '–'))
                && tokens.glued(end)
                && tokens.is_number(end + 1)
                && tokens.glued(end + 1);
            let prefix = if fiscal { "FY" } else { "" };
            if span && matches!(tokens.raw(end + 1).len(), 2 | 4) {
                let value: u32 = tokens.raw(end + 1).parse().unwrap_or_default();
                let last = if tokens.raw(end + 1).len() == 2 {
                    year - year % 100 + value
                } else {
                    value
                };
                if last == year + 1 {
                    return (Some(format!("{prefix}{year}/{last}")), end + 2);
                }
            }
            (Some(format!("{prefix}{year}")), end)
        }
        _ => (None, i),
    }
}

fn part_of_year(block: &Block<'_, '_>, year: Option<String>, n: u32, half: bool) -> String {
    let letter = if half { 'H' } else { 'Q' };
    match year {
        Some(year) => format!("{year}-{letter}{n}"),
        None => resolve(block, format!("XXXX-{letter}{n}")),
    }
}

/// `premier trimestre 2025`, `first half of 2024`.
fn quarter_words(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let Word::Ordinal(Card::Unit(n @ 1..=4)) = block.word(i) else {
        return None;
    };
    named_part(block, i, i + 1, n.into())
}

/// `trimestre` or `semestre` at `at`, after its number.
fn named_part(block: &Block<'_, '_>, first: usize, mut at: usize, n: u32) -> Option<Dated> {
    if block.is_one_of(at, &["fiscal", "calendar"]) {
        at += 1;
    }
    let half = match block.tokens.fold(at) {
        "trimestre" | "quarter" => false,
        "semestre" if n <= 2 => true,
        "half" if n <= 2 && block.lang.lang == Lang::En => true,
        _ => return None,
    };
    let mut end = at + 1;
    if block.is_one_of(end, &["fiscal", "comptable", "calendaire"]) {
        end += 1;
    }
    let (year, end) = match fiscal_year_at(block, end) {
        (None, _) => (None, at + 1),
        found => found,
    };
    // `first half of the match` is no half-year.
    if half
        && year.is_none()
        && block.lang.lang == Lang::En
        && block.is_one_of(end, &["of"])
        && !block.is_one_of(end + 2, &["year"])
    {
        return None;
    }
    Dated::new(first, end, part_of_year(block, year, n, half))
}

/// `exercice 2024`, `année fiscale 2025`, `fiscal 2025`, `exercice 2024-2025`.
fn fiscal(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let mut at = i + 1;
    match tokens.fold(i) {
        "exercice" | "exercices" => {
            while block.is_one_of(at, &["fiscal", "comptable", "annuel", "decale"]) {
                at += 1;
            }
        }
        "annee" if block.is_one_of(at, &["fiscale"]) => at += 1,
        "fiscal" | "financial" => {
            if block.is_one_of(at, &["year"]) {
                at += 1;
            }
        }
        _ => return None,
    }
    let (year, end) = fiscal_year_at(block, at);
    let year = year?;
    Dated::new(i, end, format!("FY{year}"))
}

/// `1980s`, `les 80s`.
fn decade(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let raw = tokens.raw(i);
    if tokens.fold(i + 1) != "s" || !tokens.glued(i + 1) || !raw.ends_with('0') {
        return None;
    }
    let value: u32 = raw.parse().ok()?;
    match raw.len() {
        4 if is_year(value) => Dated::new(i, i + 2, format!("{}X", value / 10)),
        2 => Dated::new(i, i + 2, format!("{}X", full_year(value, 2) / 10)),
        _ => None,
    }
}

/// `années 1980`, `années 80`.
fn decade_words(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    if tokens.raw(i).to_lowercase() != "années" && tokens.fold(i) != "annees" || !tokens.is_number(i + 1) {
        return None;
    }
    let raw = tokens.raw(i + 1);
    let value: u32 = raw.parse().ok()?;
    let range = matches!(tokens.mark(i + 2), Some('-' | '/')) && tokens.glued(i + 2);
    match raw.len() {
        _ if range => None,
        4 if is_year(value) && value.is_multiple_of(10) => Dated::new(i, i + 2, format!("{}X", value / 10)),
        2 if value.is_multiple_of(10) => Dated::new(i, i + 2, format!("{}X", full_year(value, 2) / 10)),
        _ => None,
    }
}

/// A bare year: `2024`, with what stands around it deciding between a year and a count.
fn year(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    if tokens.raw(i).len() != 4 || tokens.glued(i) && i > 0 && !opens_year(block, i) {
        return None;
    }
    let value: u32 = tokens.raw(i).parse().ok()?;
    let led = i > 0 && is_year_lead(block, i - 1);
    let known = is_year(value)
        || (1000..=2199).contains(&value) && i > 0 && block.is_one_of(i - 1, &["en", "in", "annee", "an"]);
    if !known || continues_number(block, i) {
        return None;
    }
    if super::exclude::is_edition(block, i) {
        return None;
    }
    if let Some(dated) = year_to(block, i, value) {
        return Some(dated);
    }
    let counted = super::noun::read(
        block,
        i + 1,
        super::noun::Want {
            plural: true,
            after_of: false,
        },
    )
    .is_some()
        || super::unit::read(tokens, i + 1, block.lang.lang).is_some()
            && tokens.spaced(i + 1)
            && !tokens.is_mark(i + 1, '\'');
    let article = i > 0
        && matches!(
            tokens.raw(i - 1),
            "les" | "Les" | "des" | "ces" | "quelque" | "environ" | "de" | "about" | "some"
        );
    if counted && (!led || article) {
        return None;
    }
    let qualified = i > 0
        && block.lang.before.ending_at(tokens, i).is_some()
        && !led
        && !block.is_one_of(i - 1, &["des", "de"]);
    if qualified && !block.is_one_of(i - 1, &["dès", "des"]) && counted {
        return None;
    }
    Dated::new(i, i + 1, value.to_string())
}

fn opens_year(block: &Block<'_, '_>, i: usize) -> bool {
    matches!(
        block.tokens.mark(i - 1),
        Some('(' | '[' | '«' | '"' | '“' | '’' | '\'' | '–' | '—' | '/' | '>')
    ) || block.tokens.raw(i - 1).ends_with(['\'', '’'])
}

/// Decimals, thousands, a unit or a currency follow.
fn continues_number(block: &Block<'_, '_>, i: usize) -> bool {
    let tokens = block.tokens;
    let next = i + 1;
    let decimals = matches!(tokens.mark(next), Some(',' | '.'))
        && tokens.glued(next)
        && tokens.is_number(next + 1)
        && tokens.glued(next + 1);
    let glued = tokens.glued(next) && (tokens.is_word(next) || tokens.is_number(next))
        || matches!(tokens.mark(next), Some('-' | '/'))
            && tokens.glued(next)
            && tokens.is_word(next + 1)
            && tokens.glued(next + 1);
    let measured = matches!(tokens.mark(next), Some('%' | '€' | '$' | '£' | '°' | '²'))
        || matches!(block.word(next), Word::Cardinal(Card::Scale(_) | Card::Thousand))
        || super::currency::suffix(tokens, next, block.lang.lang).is_some()
        || tokens.fold(next) == "pour" && tokens.fold(next + 1) == "cent"
        || block.is_one_of(next, &["points", "fois"])
        || super::unit::read(tokens, next, block.lang.lang).is_some_and(|(unit, _)| {
            unit.kind != crate::record::FigureKind::Duration
                && tokens.spaced(next)
                && tokens.raw(next).len() > 1
        });
    decimals || glued || measured
}

fn is_year_lead(block: &Block<'_, '_>, i: usize) -> bool {
    block.is_one_of(
        i,
        &[
            "en",
            "depuis",
            "annee",
            "fin",
            "debut",
            "mi",
            "exercice",
            "avant",
            "apres",
            "ici",
            "des",
            "an",
            "ete",
            "hiver",
            "printemps",
            "automne",
            "horizon",
            "jusque",
            "in",
            "since",
            "by",
            "during",
            "until",
            "year",
            "late",
            "early",
            "mid",
            "vers",
            "courant",
            "noel",
            "rentree",
        ],
    ) || matches!(block.word(i), Word::Month(_))
}

/// `2020 à 2024` after `de` or `entre`, `2020 et 2024` after `entre`.
fn year_to(block: &Block<'_, '_>, i: usize, from: u32) -> Option<Dated> {
    let tokens = block.tokens;
    let before = |words: &[&str]| i > 0 && block.is_one_of(i - 1, words);
    let to = before(&["de", "from"]) && block.is_one_of(i + 1, &["à", "a", "to"]);
    let and = before(&["entre", "between"]) && block.is_one_of(i + 1, &["et", "and"]);
    if !(to || and)
        || !tokens.is_number(i + 2)
        || tokens.raw(i + 2).len() != 4
        || continues_number(block, i + 2)
    {
        return None;
    }
    let last: u32 = tokens
        .raw(i + 2)
        .parse()
        .ok()
        .filter(|last| is_year(*last) && *last > from)?;
    Some(Dated {
        first: i,
        end: i + 3,
        period: format!("{from}/{last}"),
        range: true,
    })
}

/// `deux mille vingt-quatre` after `en`.
fn spelled_year(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    if !(i > 0 && block.is_one_of(i - 1, &["en", "in"])) {
        return None;
    }
    let (year, end) = year_after(block, i);
    let year = year.filter(|year| is_year(*year))?;
    Dated::new(i, end, year.to_string())
}
