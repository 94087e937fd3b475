//! `depeche.xlsx`: the tables as one workbook.
//!
//! Numbers are real numbers with the value of the CSV and a format that shows their unit (`20.5` shown
//! as `20.5 %`, `10000000000` as `10,000,000,000 EUR`); a number with more digits than a spreadsheet
//! keeps (15) is written as text, so that nothing is rounded in silence. Text is always text: no cell can
//! become a formula. A figure's `article_id` leads to the article's row, its `full_text` to its place in
//! `report.html`. A table with more rows than a
//! sheet holds goes on in `Figures (2)` and so on. Rows are streamed: memory does not grow with them.

use super::{Cell, OutputError, tables};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Format, FormatAlign, Url, Workbook, Worksheet, XlsxError};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Rows of a sheet, its header among them.
const MAX_ROWS: u32 = 1_048_576;

/// Characters of a cell.
const MAX_CHARS: usize = 32_767;

/// Significant digits that a spreadsheet keeps.
const MAX_DIGITS: usize = 15;

/// A spreadsheet takes at most 65,530 links on a sheet; the rest of the rows have the text alone.
/// A figure has two.
const MAX_LINKS: u32 = 65_000 / 2;

/// A sheet of the workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sheet {
    /// One row an article.
    Articles,
    /// One row a summary.
    Summaries,
    /// One row a figure.
    Figures,
    /// One row a mention.
    Entities,
    /// One row a problem.
    Problems,
}

impl Sheet {
    const ALL: [Sheet; 5] = [
        Sheet::Articles,
        Sheet::Summaries,
        Sheet::Figures,
        Sheet::Entities,
        Sheet::Problems,
    ];

    fn name(self) -> &'static str {
        match self {
            Sheet::Articles => "Articles",
            Sheet::Summaries => "Summaries",
            Sheet::Figures => "Figures",
            Sheet::Entities => "Entities",
            Sheet::Problems => "Problems",
        }
    }

    fn columns(self) -> &'static [&'static str] {
        match self {
            Sheet::Articles => tables::ARTICLES,
            Sheet::Summaries => tables::SUMMARIES,
            Sheet::Figures => tables::FIGURES,
            Sheet::Entities => tables::ENTITIES,
            Sheet::Problems => tables::PROBLEMS,
        }
    }
}

/// Where a table stands in the workbook.
struct Place {
    /// Index of its current worksheet.
    worksheet: usize,
    /// Row to write next, from 0; the header is row 0.
    row: u32,
    /// 1 for the first worksheet of the table.
    part: u32,
}

/// Writes the workbook row by row.
pub struct Book {
    path: PathBuf,
    workbook: Workbook,
    places: HashMap<Sheet, Place>,
    article_rows: HashMap<String, u32>,
    formats: HashMap<String, Format>,
    header: Format,
    text: Format,
    link: Format,
    sheets: usize,
}

impl Book {
    /// Starts a workbook that will be saved at `path`.
    ///
    /// # Errors
    /// When the system has no room for temporary files.
    pub fn new(path: &Path) -> Result<Book, OutputError> {
        let mut book = Book {
            path: path.to_path_buf(),
            workbook: Workbook::new(),
            places: HashMap::new(),
            article_rows: HashMap::new(),
            formats: HashMap::new(),
            header: Format::new()
                .set_bold()
                .set_background_color("#E8EEF4")
                .set_align(FormatAlign::Top),
            text: Format::new().set_align(FormatAlign::Top),
            link: Format::new()
                .set_align(FormatAlign::Top)
                .set_font_color("#0B5394"),
            sheets: 0,
        };
        for sheet in Sheet::ALL {
            book.start(sheet, 1).map_err(|source| book.failed(source))?;
        }
        Ok(book)
    }

    fn failed(&self, source: XlsxError) -> OutputError {
        OutputError::Workbook {
            path: self.path.clone(),
            source: Box::new(source),
        }
    }

    fn start(&mut self, sheet: Sheet, part: u32) -> Result<(), XlsxError> {
        let name = if part == 1 {
            sheet.name().to_owned()
        } else {
            format!("{} ({part})", sheet.name())
        };
        let worksheet = self.workbook.add_worksheet_with_constant_memory()?;
        worksheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (column, title) in sheet.columns().iter().enumerate() {
            let column = column as u16;
            worksheet.set_column_width(column, width(title))?;
        }
        for (column, title) in sheet.columns().iter().enumerate() {
            worksheet.write_string_with_format(0, column as u16, *title, &self.header)?;
        }
        self.places.insert(
            sheet,
            Place {
                worksheet: self.sheets,
                row: 1,
                part,
            },
        );
        self.sheets += 1;
        Ok(())
    }

    /// Writes one row of a table.
    ///
    /// # Errors
    /// When the system has no room for temporary files.
    pub fn row(&mut self, sheet: Sheet, cells: &[Cell]) -> Result<(), OutputError> {
        self.try_row(sheet, cells).map_err(|source| self.failed(source))
    }

    fn try_row(&mut self, sheet: Sheet, cells: &[Cell]) -> Result<(), XlsxError> {
        if self.places[&sheet].row == MAX_ROWS {
            self.close(sheet)?;
            let part = self.places[&sheet].part + 1;
            self.start(sheet, part)?;
        }
        let Place { worksheet, row, part } = self.places[&sheet];
        for cell in cells {
            if let Cell::Measured(_, unit) = cell
                && !self.formats.contains_key(unit)
            {
                // in quotes: a unit is shown as it is, whatever it is
                let pattern = format!("#,##0.##########\" {}\"", unit.replace('"', ""));
                let format = Format::new().set_num_format(pattern).set_align(FormatAlign::Top);
                self.formats.insert(unit.clone(), format);
            }
        }
        let target = match (sheet, cells.first()) {
            (Sheet::Articles, Some(Cell::Text(id))) if part == 1 => {
                self.article_rows.insert(id.clone(), row + 1);
                None
            }
            (Sheet::Figures | Sheet::Summaries, Some(Cell::Text(id))) if row < MAX_LINKS => self
                .article_rows
                .get(id)
                .map(|row| format!("internal:Articles!A{row}")),
            _ => None,
        };
        let place = match sheet {
            Sheet::Figures if row < MAX_LINKS => place_in_page(cells),
            _ => None,
        };
        let sheet_ref = self.workbook.worksheet_from_index(worksheet)?;
        for (column, cell) in cells.iter().enumerate() {
            let column = column as u16;
            match (cell, &target) {
                (Cell::Text(text), Some(target)) if column == 0 => {
                    let url = Url::new(target).set_text(clip(text));
                    sheet_ref.write_url_with_format(row, column, url, &self.link)?;
                }
                (Cell::Text(text), _)
                    if place.is_some() && sheet.columns().get(usize::from(column)) == Some(&"full_text") =>
                {
                    let url = Url::new(place.as_deref().unwrap_or_default()).set_text(clip(text));
                    sheet_ref.write_url_with_format(row, column, url, &self.link)?;
                }
                _ => write_cell(sheet_ref, row, column, cell, &self.text, &self.formats)?,
            }
        }
        if let Some(place) = self.places.get_mut(&sheet) {
            place.row += 1;
        }
        Ok(())
    }

    /// Ends the current worksheet of a table: only now is it known how far its filter reaches.
    fn close(&mut self, sheet: Sheet) -> Result<(), XlsxError> {
        let Place { worksheet, row, .. } = self.places[&sheet];
        let last = sheet.columns().len() as u16 - 1;
        let worksheet = self.workbook.worksheet_from_index(worksheet)?;
        worksheet.autofilter(0, 0, row.saturating_sub(1).max(1), last)?;
        Ok(())
    }

    /// Adds the sheet that says what the run was, and saves.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(mut self, run: &[(String, String)]) -> Result<(), OutputError> {
        self.try_save(run).map_err(|source| self.failed(source))
    }

    fn try_save(&mut self, run: &[(String, String)]) -> Result<(), XlsxError> {
        for sheet in Sheet::ALL {
            self.close(sheet)?;
        }
        let worksheet = self.workbook.add_worksheet();
        worksheet
            .set_name("Run")?
            .set_column_width(0, 28)?
            .set_column_width(1, 80)?;
        for (row, (name, value)) in run.iter().enumerate() {
            worksheet.write_string_with_format(row as u32, 0, name, &self.header)?;
            worksheet.write_string_with_format(row as u32, 1, clip(value), &self.text)?;
        }
        let temporary = self.path.with_extension(format!("{}.tmp", std::process::id()));
        let saved = self.workbook.save(&temporary).and_then(|()| {
            std::fs::rename(&temporary, &self.path)?;
            Ok(())
        });
        if saved.is_err() {
            // the save failed and says why; the temporary file is of no use to anyone
            let _ = std::fs::remove_file(&temporary);
        }
        saved
    }
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    text_format: &Format,
    formats: &HashMap<String, Format>,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            sheet.write_string_with_format(row, column, clip(text), text_format)?;
        }
        Cell::Bool(value) => {
            sheet.write_boolean_with_format(row, column, *value, text_format)?;
        }
        Cell::Number(number) | Cell::Measured(number, _) => {
            let format = match cell {
                Cell::Measured(_, unit) => formats.get(unit).unwrap_or(text_format),
                _ => text_format,
            };
            match exact_f64(*number) {
                Some(value) => sheet.write_number_with_format(row, column, value, format)?,
                None => sheet.write_string_with_format(
                    row,
                    column,
                    number.normalize().to_string(),
                    text_format,
                )?,
            };
        }
    }
    Ok(())
}

/// The address of a figure in the review page beside the workbook (`file:///` with a relative path is kept as
/// a relative link); none where it would be too long for a cell's link.
fn place_in_page(cells: &[Cell]) -> Option<String> {
    let (Some(Cell::Text(id)), Some(n)) = (cells.first(), cells.get(1).and_then(Cell::number)) else {
        return None;
    };
    let mut url = String::from("file:///report.html#article/");
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    url.push_str(&format!("/{n}"));
    (url.len() <= 255).then_some(url)
}

/// The number as a spreadsheet keeps it, unless digits would be lost.
fn exact_f64(number: Decimal) -> Option<f64> {
    let digits = number.normalize().mantissa().unsigned_abs().to_string();
    if digits.trim_end_matches('0').len() > MAX_DIGITS {
        None
    } else {
        number.to_f64()
    }
}

/// A cell holds so much; what is cut is in the CSV and in `articles.jsonl`.
fn clip(text: &str) -> String {
    // counted in UTF-16 units, as the format does
    if text.encode_utf16().count() <= MAX_CHARS {
        return text.to_owned();
    }
    let mut units = 0;
    let keep = text.chars().take_while(|c| {
        units += c.len_utf16();
        units < MAX_CHARS
    });
    keep.chain(std::iter::once('…')).collect()
}

fn width(title: &str) -> f64 {
    match title {
        "sentence" | "abstract" | "bullets" | "message" => 70.0,
        "headline" | "title" | "path" | "url" | "description" | "aliases" | "hint" => 40.0,
        "full_text" | "text" | "canonical" | "measure" | "subject" | "speaker" => 28.0,
        "value" | "min" | "max" => 22.0,
        "article_id" | "unit" => 18.0,
        _ => 12.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_digit_is_lost_in_silence() {
        assert_eq!(exact_f64("20.5".parse().unwrap()), Some(20.5));
        assert_eq!(exact_f64("10000000000000000000".parse().unwrap()), Some(1e19));
        assert_eq!(exact_f64("0.6666666666666666666666666667".parse().unwrap()), None);
        assert_eq!(exact_f64("123456789012345678".parse().unwrap()), None);
    }

    #[test]
    fn a_figure_leads_to_its_place_whatever_its_article_is_called() {
        let place = |id: &str| place_in_page(&[id.into(), Cell::from(7usize)]);
        assert_eq!(
            place("a/é\"#b").as_deref(),
            Some("file:///report.html#article/a%2F%C3%A9%22%23b/7")
        );
        assert_eq!(place(&"x".repeat(300)), None);
        assert_eq!(place_in_page(&[]), None);
    }

    #[test]
    fn a_workbook_with_a_figure_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.xlsx");
        let mut book = Book::new(&path).unwrap();
        let mut figure = crate::record::Figure::bare("20 %", 0, crate::record::FigureKind::Percent);
        figure.article_id = "a/é".into();
        book.row(Sheet::Figures, &tables::figure_row(&figure)).unwrap();
        book.save(&[]).unwrap();
        assert!(path.exists());
    }

    #[test]
    fn a_cell_that_is_too_long_is_cut_and_shows_it() {
        let long = "é".repeat(MAX_CHARS + 10);
        let cut = clip(&long);
        assert_eq!(cut.chars().count(), MAX_CHARS);
        assert!(cut.ends_with('…'));
        assert_eq!(clip("short"), "short");
    }

    #[test]
    fn a_hostile_cell_stays_text_in_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.xlsx");
        let mut book = Book::new(&path).unwrap();
        let mut row = vec![Cell::Empty; tables::PROBLEMS.len()];
        row[3] = "=HYPERLINK(\"http://example.com\",\"x\")".into();
        book.row(Sheet::Problems, &row).unwrap();
        book.save(&[("depeche".into(), "0".into())]).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert!(bytes.starts_with(b"PK"));
        let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().collect();
        assert_eq!(left.len(), 1);
    }
}
