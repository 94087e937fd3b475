//! What the workbook says of itself: the sheet `Run`, and what it could not show as it should.

use super::{Book, cell};
use crate::record::{Problem, Severity};
use rust_xlsxwriter::{Worksheet, XlsxError};

impl Book {
    /// What the workbook could not show as it should, as rows of the problems.
    pub fn notes(&self) -> Vec<Problem> {
        let note = |message, hint: &str| Problem {
            article_id: None,
            path: "depeche.xlsx".to_owned(),
            stage: "output".to_owned(),
            severity: Severity::Note,
            message,
            hint: Some(hint.to_owned()),
        };
        let mut notes = Vec::new();
        for table in &self.tables {
            let (name, files) = (table.sheet.name(), table.sheet.schema().name);
            if table.part > 1 {
                notes.push(note(
                    format!(
                        "{name} has {} rows, more than a sheet holds: it goes on to `{}`",
                        table.total,
                        table.sheet.part(table.part)
                    ),
                    &format!("{files}.csv and {files}.parquet have them in one piece"),
                ));
            }
            if table.unlinked > 0 {
                notes.push(note(
                    format!(
                        "{name}: {} cells are without their link, a sheet holds {}",
                        table.unlinked, self.limits.links
                    ),
                    "the review page leads to every one",
                ));
            }
            if table.cut > 0 {
                notes.push(note(
                    format!(
                        "{name}: {} texts are longer than a cell ({} characters) and end with `…`",
                        table.cut,
                        cell::MAX_CHARS
                    ),
                    &format!("{files}.csv and {files}.parquet have them whole"),
                ));
            }
        }
        notes
    }

    /// Adds the sheet `Run`: what the run was, how many rows there are, what the columns mean.
    pub(super) fn write_run(&mut self, run: &[(String, String)]) -> Result<(), XlsxError> {
        let styles = &self.styles;
        let worksheet = self.workbook.add_worksheet();
        worksheet
            .set_name("Run")?
            .set_paper_size(super::A4)
            .set_landscape()
            .set_print_fit_to_pages(1, 0)
            .set_column_width(0, 28)?
            .set_column_width(1, 28)?
            .set_column_width(2, 100)?;
        let mut row = 0;
        let mut line = |worksheet: &mut Worksheet, cells: [&str; 3], title: bool| -> Result<(), XlsxError> {
            for (column, text) in (0..).zip(cells) {
                let format = if title {
                    styles.header(false)
                } else {
                    styles.text(column == 2)
                };
                if title || !text.is_empty() {
                    worksheet.write_string_with_format(row, column, cell::clip(text), format)?;
                }
            }
            row += 1;
            Ok(())
        };
        line(worksheet, ["run", "", ""], true)?;
        for (name, value) in run {
            line(worksheet, [name, value, ""], false)?;
        }
        line(worksheet, ["", "", ""], false)?;
        line(worksheet, ["sheet", "rows", "what a row is"], true)?;
        for table in &self.tables {
            let total = table.total.to_string();
            let mut about = table.sheet.schema().about.to_owned();
            if table.part > 1 {
                let last = table.sheet.part(table.part);
                about.push_str(&format!(" (more than a sheet holds: it goes on to {last})"));
            }
            line(worksheet, [table.sheet.name(), &total, &about], false)?;
        }
        for table in &self.tables {
            line(worksheet, ["", "", ""], false)?;
            line(
                worksheet,
                [table.sheet.name(), "type", "what the column means"],
                true,
            )?;
            for column in table.sheet.schema().columns {
                let about = column.about.replace('`', "");
                line(worksheet, [column.name, column.kind.as_str(), &about], false)?;
            }
        }
        Ok(())
    }
}
