//! One cell: its value, and the format that shows it.

use super::super::Cell;
use super::super::table::{digits, nearest};
use rust_decimal::Decimal;
use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, FormatUnderline, Worksheet, XlsxError};
use std::collections::HashMap;

/// Characters of a cell, in UTF-16 units as the format counts them.
pub(super) const MAX_CHARS: usize = 32_767;

/// Significant digits that a spreadsheet keeps.
const MAX_DIGITS: usize = 15;

/// Decimals that are shown; the value has the others too.
const MAX_DECIMALS: u32 = 8;

/// Decimals shown of a fraction without end (two thirds).
const ENDLESS_DECIMALS: u32 = 4;

/// The formats of the workbook, each made once.
pub(super) struct Styles {
    header: Format,
    number_header: Format,
    text: Format,
    wrapped: Format,
    link: Format,
    wrapped_link: Format,
    /// By pattern.
    numbers: HashMap<String, Format>,
}

impl Styles {
    pub(super) fn new() -> Styles {
        // an indent keeps a text that is cut from running into its neighbour
        let text = Format::new()
            .set_align(FormatAlign::Top)
            .set_align(FormatAlign::Left)
            .set_indent(1);
        let header = Format::new()
            .set_bold()
            .set_font_color("#FFFFFF")
            .set_background_color("#1F3A56")
            .set_align(FormatAlign::VerticalCenter)
            .set_indent(1);
        let link = text
            .clone()
            .set_font_color("#0B5394")
            .set_underline(FormatUnderline::Single);
        Styles {
            number_header: header.clone().set_align(FormatAlign::Right),
            header: header.set_align(FormatAlign::Left),
            wrapped: text.clone().set_text_wrap(),
            wrapped_link: link.clone().set_text_wrap(),
            text,
            link,
            numbers: HashMap::new(),
        }
    }

    /// That of a column's title, which stands over its cells.
    pub(super) fn header(&self, of_numbers: bool) -> &Format {
        if of_numbers {
            &self.number_header
        } else {
            &self.header
        }
    }

    pub(super) fn text(&self, wrap: bool) -> &Format {
        if wrap { &self.wrapped } else { &self.text }
    }

    pub(super) fn link(&self, wrap: bool) -> &Format {
        if wrap { &self.wrapped_link } else { &self.link }
    }

    /// The format of a number or a date with this pattern.
    fn number(&mut self, pattern: String) -> &Format {
        self.numbers.entry(pattern).or_insert_with_key(|pattern| {
            Format::new()
                .set_num_format(pattern)
                .set_align(FormatAlign::Top)
                .set_align(FormatAlign::Right)
                .set_indent(1)
        })
    }
}

/// Where a cell is.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) row: u32,
    pub(super) column: u16,
    pub(super) wrap: bool,
}

/// Writes a cell. A number with more digits than a spreadsheet keeps is written as text, so that none is lost in
/// silence; but for a fraction without end, which no number of digits would hold.
pub(super) fn write(
    sheet: &mut Worksheet,
    at: At,
    cell: &Cell,
    styles: &mut Styles,
) -> Result<(), XlsxError> {
    let At { row, column, wrap } = at;
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            sheet.write_string_with_format(row, column, clip(text), styles.text(wrap))?;
        }
        Cell::Bool(value) => {
            sheet.write_boolean_with_format(row, column, *value, styles.text(false))?;
        }
        Cell::Number(number) | Cell::Measured(number, _) => {
            let unit = match cell {
                Cell::Measured(_, unit) => Some(unit.as_str()),
                _ => None,
            };
            match as_double(*number) {
                Some(value) => {
                    let format = styles.number(pattern(*number, unit));
                    sheet.write_number_with_format(row, column, value, format)?
                }
                None => {
                    let digits = digits(*number);
                    let format = styles.number("@".to_owned());
                    sheet.write_string_with_format(row, column, digits, format)?
                }
            };
        }
    }
    Ok(())
}

/// Writes a date as a date, where it is one; where it is something else, as text. The time is the one that the source
/// states, and its offset is shown behind it.
pub(super) fn write_date(
    sheet: &mut Worksheet,
    at: At,
    text: &str,
    styles: &mut Styles,
) -> Result<(), XlsxError> {
    let Some((date, pattern)) = date(text) else {
        return write(sheet, at, &text.into(), styles);
    };
    sheet.write_datetime_with_format(at.row, at.column, &date, styles.number(pattern))?;
    Ok(())
}

/// How a number is shown: thousands apart, with the decimals that it has, its unit behind it. The currency of a money
/// format is its ISO code; the percent sign stands in quotes, for the value is in percent units already.
fn pattern(number: Decimal, unit: Option<&str>) -> String {
    let mut pattern = "#,##0".to_owned();
    let decimals = match number.normalize().scale() {
        scale if scale as usize > MAX_DIGITS => ENDLESS_DECIMALS,
        scale => scale.min(MAX_DECIMALS),
    };
    if decimals > 0 {
        pattern.push('.');
        pattern.push_str(&"0".repeat(decimals as usize));
    }
    match unit {
        None => {}
        Some(code) if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) => {
            pattern.push_str(&format!(" [${code}]"));
        }
        // in quotes: a unit is shown as it is, whatever it is
        Some(unit) => pattern.push_str(&format!("\" {}\"", unit.replace('"', ""))),
    }
    pattern
}

/// The number as a spreadsheet keeps it, unless digits would be lost.
fn as_double(number: Decimal) -> Option<f64> {
    let number = number.normalize();
    let digits = number.mantissa().unsigned_abs().to_string();
    let endless = number.scale() as usize > MAX_DIGITS;
    if digits.trim_end_matches('0').len() > MAX_DIGITS && !endless {
        return None;
    }
    nearest(number)
}

/// A date in ISO form, and the pattern that shows it as it was stated. Before March 1900 spreadsheets do not agree.
fn date(text: &str) -> Option<(ExcelDateTime, String)> {
    let (day, time) = text
        .split_once('T')
        .map_or((text, None), |(day, time)| (day, Some(time)));
    let civil: jiff::civil::Date = day.parse().ok()?;
    if civil.to_string() != day || civil < jiff::civil::date(1900, 3, 1) {
        return None;
    }
    let day = ExcelDateTime::from_ymd(civil.year() as u16, civil.month() as u8, civil.day() as u8).ok()?;
    let Some(time) = time else {
        return Some((day, "yyyy\\-mm\\-dd".to_owned()));
    };
    let (clock, offset) = time.split_at(time.find(['Z', '+', '-']).unwrap_or(time.len()));
    let parts: Vec<_> = clock.split(':').collect();
    let is_number = |part: &&str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !(2..=3).contains(&parts.len()) || !parts.iter().all(is_number) {
        return None;
    }
    let number = |index: usize| parts.get(index).map_or(Ok(0), |part| part.parse::<u8>()).ok();
    let (hour, minute, second) = (number(0)?, number(1)?, number(2)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let shown = match offset.strip_prefix(['+', '-']) {
        None if offset.is_empty() => String::new(),
        None if offset == "Z" => "\" Z\"".to_owned(),
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit() || b == b':') => format!("\" {offset}\""),
        _ => return None,
    };
    let seconds = if second > 0 { ":ss" } else { "" };
    let date = day.and_hms(hour.into(), minute, f64::from(second)).ok()?;
    Some((date, format!("yyyy\\-mm\\-dd hh:mm{seconds}{shown}")))
}

/// Whether a cell holds all of the text.
pub(super) fn holds(text: &str) -> bool {
    text.len() <= MAX_CHARS || text.encode_utf16().count() <= MAX_CHARS
}

/// As much of the text as a cell holds, with `…` where it was cut.
pub(super) fn clip(text: &str) -> String {
    if holds(text) {
        return text.to_owned();
    }
    let mut units = 0;
    let keep = text.chars().take_while(|c| {
        units += c.len_utf16();
        units < MAX_CHARS
    });
    keep.chain(std::iter::once('…')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_digit_is_lost_in_silence() {
        let double = |text: &str| as_double(text.parse().unwrap());
        assert_eq!(double("20.5"), Some(20.5));
        assert_eq!(double("10000000000000000000"), Some(1e19));
        assert_eq!(double("0.6666666666666666666666666667"), Some(2.0 / 3.0));
        assert_eq!(double("123456789012345678"), None);
        assert_eq!(double("1234567890123456.78"), None);
    }

    #[test]
    fn numbers_are_shown_with_the_decimals_and_the_unit_that_they_have() {
        let pattern = |text: &str, unit| pattern(text.parse().unwrap(), unit);
        assert_eq!(pattern("20.50", Some("%")), "#,##0.0\" %\"");
        assert_eq!(pattern("20", Some("%")), "#,##0\" %\"");
        assert_eq!(pattern("47.35", Some("EUR")), "#,##0.00 [$EUR]");
        assert_eq!(pattern("0.6666666666666666666666666667", None), "#,##0.0000");
        assert_eq!(pattern("3", Some("\"x\"]")), "#,##0\" x]\"");
    }

    #[test]
    fn dates_are_dates_as_they_were_stated_and_other_words_are_none() {
        let pattern = |text| date(text).map(|(_, pattern)| pattern);
        assert_eq!(pattern("2024-06-05").as_deref(), Some("yyyy\\-mm\\-dd"));
        assert_eq!(
            pattern("2024-06-05T14:30:00+02:00").as_deref(),
            Some("yyyy\\-mm\\-dd hh:mm\" +02:00\"")
        );
        assert_eq!(
            pattern("2024-06-05T14:30:09Z").as_deref(),
            Some("yyyy\\-mm\\-dd hh:mm:ss\" Z\"")
        );
        assert_eq!(
            pattern("2024-06-05T14:30").as_deref(),
            Some("yyyy\\-mm\\-dd hh:mm")
        );
        for text in [
            "1899-12-31",
            "1900-02-01",
            "2024-02-30",
            "20240605",
            "2024-06-05T25:00",
            "2024-06-05T14:30\"x",
            "2024-06-05T1:30",
            "2024-06-05T14:30+\"",
            "hier",
            "",
        ] {
            assert_eq!(pattern(text), None, "{text}");
        }
    }

    #[test]
    fn a_cell_that_is_too_long_is_cut_and_shows_it() {
        let long = "é".repeat(MAX_CHARS + 10);
        let cut = clip(&long);
        assert_eq!(cut.chars().count(), MAX_CHARS);
        assert!(cut.ends_with('…') && !holds(&long));
        assert_eq!(clip("short"), "short");
    }
}
