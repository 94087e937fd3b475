//! `depeche.xlsx`: the tables as one workbook.
//!
//! Numbers are real numbers with the value of the CSV and a format that shows their unit (`20.5` shown
//! as `20.5 %`, `10000000000` as `10,000,000,000 EUR`), dates are dates. Text is always text: no cell can
//! become a formula, no address but of the web, of the review page and of the article's own file a link.
//! A table with more rows than a sheet holds goes on in `Figures (2)` and so on, which
//! [`Book::notes`] and the sheet `Run` say. Rows are streamed: memory grows with the number of
//! articles, not with that of rows. The same rows make the same bytes.

mod cell;
mod layout;
mod link;
mod notes;

use super::schema::{self, Schema, Type};
use super::{Cell, OutputError};
use crate::record::Article;
use cell::{At, Styles};
use layout::{ARTICLE, OPEN, PAGE, Shown};
use link::Files;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Url, Workbook, XlsxError};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Rows of a sheet in the format.
const MAX_ROWS: u32 = 1_048_576;

/// A4, as the format numbers paper.
const A4: u8 = 9;

/// Characters of an article's title that the other sheets show.
const LABEL_CHARS: usize = 80;

/// What a sheet holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Rows, the header among them.
    pub rows: u32,
    /// Links; cells beyond have the text alone.
    pub links: u32,
}

impl Default for Limits {
    /// Those of the format.
    fn default() -> Limits {
        Limits {
            rows: MAX_ROWS,
            links: 65_530,
        }
    }
}

/// A sheet of the workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

    fn schema(self) -> &'static Schema {
        match self {
            Sheet::Articles => &schema::ARTICLES,
            Sheet::Summaries => &schema::SUMMARIES,
            Sheet::Figures => &schema::FIGURES,
            Sheet::Entities => &schema::ENTITIES,
            Sheet::Problems => &schema::PROBLEMS,
        }
    }

    /// The name of its worksheet, or of one that goes on where that is full.
    fn part(self, part: u32) -> String {
        match part {
            1 => self.name().to_owned(),
            part => format!("{} ({part})", self.name()),
        }
    }
}

/// How far a table is written.
struct Progress {
    sheet: Sheet,
    /// Its columns, and where each stands in a row of the table; none for [`ARTICLE`] and [`PAGE`].
    columns: Vec<(Shown, Option<usize>)>,
    /// Index of its current worksheet.
    worksheet: usize,
    /// Row to write next, from 0; the header is row 0.
    row: u32,
    /// 1 for the first worksheet of the table.
    part: u32,
    /// Links on the current worksheet.
    links: u32,
    /// Rows on all of its worksheets.
    total: u64,
    /// Cells that had to do without their link.
    unlinked: u64,
    /// Cells that do not hold all of their text.
    cut: u64,
}

/// The article that a row is of.
#[derive(Default)]
struct Origin {
    id: String,
    label: String,
    source: Option<String>,
}

/// Writes the workbook row by row.
pub struct Book {
    path: PathBuf,
    limits: Limits,
    workbook: Workbook,
    sheets: usize,
    tables: Vec<Progress>,
    styles: Styles,
    files: Files,
    origin: Origin,
    /// What the articles are called, for the rows that come when all have been written.
    labels: HashMap<String, String>,
}

impl Book {
    /// Starts a workbook that will be saved at `path`.
    ///
    /// # Errors
    /// When the system has no room for temporary files.
    pub fn new(path: &Path, limits: Limits) -> Result<Book, OutputError> {
        let mut workbook = Workbook::new();
        // that of ZIP: a workbook tells when its run was by the sheet `Run` and `run.json`, not by its making
        if let Ok(beginning) = ExcelDateTime::from_ymd(1980, 1, 1) {
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&beginning));
        }
        let mut book = Book {
            path: path.to_path_buf(),
            limits,
            workbook,
            sheets: 0,
            tables: Vec::new(),
            styles: Styles::new(),
            files: Files::beside(path),
            origin: Origin::default(),
            labels: HashMap::new(),
        };
        for sheet in Sheet::ALL {
            let place = |shown: &Shown| {
                let place = sheet.schema().names().position(|name| name == shown.name);
                (*shown, place)
            };
            book.tables.push(Progress {
                sheet,
                columns: layout::columns(sheet).iter().map(place).collect(),
                worksheet: 0,
                row: 0,
                part: 0,
                links: 0,
                total: 0,
                unlinked: 0,
                cut: 0,
            });
            book.start(sheet).map_err(|source| book.failed(source))?;
        }
        Ok(book)
    }

    fn failed(&self, source: XlsxError) -> OutputError {
        OutputError::Workbook {
            path: self.path.clone(),
            source: Box::new(source),
        }
    }

    /// Starts the next worksheet of a table.
    fn start(&mut self, sheet: Sheet) -> Result<(), XlsxError> {
        let table = &mut self.tables[sheet as usize];
        table.part += 1;
        (table.worksheet, table.row, table.links) = (self.sheets, 1, 0);
        self.sheets += 1;
        let worksheet = self.workbook.add_worksheet_with_constant_memory()?;
        worksheet
            .set_name(sheet.part(table.part))?
            .set_freeze_panes(1, 1)?
            .set_paper_size(A4)
            .set_landscape()
            .set_print_fit_to_pages(1, 0)
            .set_repeat_rows(0, 0)?;
        for (column, (shown, _)) in (0..).zip(&table.columns) {
            worksheet.set_column_width(column, shown.width)?;
        }
        worksheet.set_row_height(0, 22)?;
        for (column, (shown, place)) in (0..).zip(&table.columns) {
            let kind = place.map(|place| sheet.schema().columns[place].kind);
            let header = self
                .styles
                .header(matches!(kind, Some(Type::Integer | Type::Decimal)));
            worksheet.write_string_with_format(0, column, shown.name, header)?;
        }
        Ok(())
    }

    /// The article that the next rows are of.
    pub fn article(&mut self, article: &Article) {
        let title = article.title.as_deref().filter(|title| !title.trim().is_empty());
        let label: String = title.unwrap_or(&article.path).chars().take(LABEL_CHARS).collect();
        self.labels.insert(article.id.clone(), label.clone());
        let web = article.url.as_deref().and_then(link::web);
        self.origin = Origin {
            id: article.id.clone(),
            label,
            source: web.or_else(|| self.files.link(&article.path)),
        };
    }

    /// Writes one row of a table.
    ///
    /// # Errors
    /// When the system has no room for temporary files.
    pub fn row(&mut self, sheet: Sheet, cells: &[Cell]) -> Result<(), OutputError> {
        self.try_row(sheet, cells).map_err(|source| self.failed(source))
    }

    fn try_row(&mut self, sheet: Sheet, cells: &[Cell]) -> Result<(), XlsxError> {
        if self.tables[sheet as usize].row == self.limits.rows {
            self.close(sheet)?;
            self.start(sheet)?;
        }
        let Book {
            workbook,
            tables,
            styles,
            files,
            origin,
            labels,
            limits,
            ..
        } = self;
        let table = &mut tables[sheet as usize];
        let worksheet = workbook.worksheet_from_index(table.worksheet)?;
        let named = |name: &str| {
            let place = sheet.schema().names().position(|found| found == name)?;
            cells.get(place)
        };
        let id = match named("article_id") {
            Some(Cell::Text(id)) => id.as_str(),
            _ => "",
        };
        // but not that of the last row that there can be, see `close`
        if table.row + 1 < MAX_ROWS {
            worksheet.set_row_height(table.row, layout::height(&table.columns, cells))?;
        }
        for (column, (shown, place)) in (0..).zip(&table.columns) {
            let label;
            let cell = match place {
                Some(place) => cells.get(*place).unwrap_or(&Cell::Empty),
                None if shown.name == PAGE => {
                    label = Cell::from(OPEN);
                    &label
                }
                None => {
                    let known = if origin.id == id {
                        Some(&origin.label)
                    } else {
                        labels.get(id)
                    };
                    label = known.cloned().map_or(Cell::Empty, Cell::Text);
                    &label
                }
            };
            let at = At {
                row: table.row,
                column,
                wrap: shown.wrap,
            };
            let Cell::Text(text) = cell else {
                cell::write(worksheet, at, cell, styles)?;
                continue;
            };
            table.cut += u64::from(!cell::holds(text));
            let target = match (sheet, shown.name) {
                (Sheet::Figures, "full_text") => {
                    let n = named("n").and_then(Cell::number).and_then(|n| n.to_u64());
                    link::in_page(id, n)
                }
                (Sheet::Articles | Sheet::Summaries, PAGE) | (Sheet::Entities, "text") => {
                    link::in_page(id, None)
                }
                (Sheet::Articles, "url") => link::web(text),
                (Sheet::Figures, ARTICLE) | (Sheet::Summaries, "path") => origin.source.clone(),
                (Sheet::Articles | Sheet::Problems, "path") => files.link(text),
                _ => None,
            };
            match target {
                Some(target) if table.links < limits.links => {
                    let url = Url::new(target).set_text(cell::clip(text));
                    worksheet.write_url_with_format(at.row, column, url, styles.link(shown.wrap))?;
                    table.links += 1;
                }
                // a word that leads nowhere says nothing
                target if shown.name == PAGE => table.unlinked += u64::from(target.is_some()),
                None if (sheet, shown.name) == (Sheet::Articles, "date") => {
                    cell::write_date(worksheet, at, text, styles)?;
                }
                target => {
                    table.unlinked += u64::from(target.is_some());
                    cell::write(worksheet, at, cell, styles)?;
                }
            }
        }
        table.row += 1;
        table.total += 1;
        Ok(())
    }

    /// Ends the current worksheet of a table: only now is it known how far its filter reaches.
    fn close(&mut self, sheet: Sheet) -> Result<(), XlsxError> {
        let table = &self.tables[sheet as usize];
        let last = table.columns.len() as u16 - 1;
        let worksheet = self.workbook.worksheet_from_index(table.worksheet)?;
        let end = table.row.saturating_sub(1).max(1);
        worksheet.autofilter(0, 0, end, last)?;
        // A row of a height of its own that is still held back when the workbook is saved would be written twice. A cell
        // in the next row, taken away again, has it written now.
        if table.row < MAX_ROWS {
            worksheet.write_blank(table.row, 0, self.styles.text(false))?;
            worksheet.clear_cell(table.row, 0);
        }
        worksheet.set_print_area(0, 0, end, layout::last_printed(&table.columns))?;
        Ok(())
    }

    /// Adds the sheet that says what the run was and what the columns mean, and saves.
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
        self.write_run(run)?;
        let temporary = super::draft::temporary_name(&self.path);
        let saved = self.workbook.save(&temporary).and_then(|()| {
            std::fs::File::open(&temporary)?.sync_all()?;
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

#[cfg(test)]
mod tests;
