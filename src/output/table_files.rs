//! The files of one table: the same rows as CSV and Parquet, their records as JSONL.

use super::csv::{self, Dialect};
use super::draft::Draft;
use super::schema::Schema;
use super::{Cell, OutputError, parquet};
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The endings of a table's files.
const ENDINGS: [&str; 3] = ["csv", "parquet", "jsonl"];

/// Writes the files of one table. Dropped before [`TableFiles::finish`], it leaves those of before.
pub(super) struct TableFiles {
    schema: &'static Schema,
    paths: [PathBuf; 3],
    csv: csv::Writer<Draft>,
    parquet: parquet::Writer<Draft>,
    jsonl: Draft,
}

impl TableFiles {
    /// Starts the files in `out`.
    pub(super) fn new(
        out: &Path,
        schema: &'static Schema,
        dialect: Dialect,
    ) -> Result<TableFiles, OutputError> {
        let paths = paths(out, schema);
        let draft = |index: usize| Draft::new(paths[index].clone());
        let csv = csv::Writer::new(draft(0)?, schema.names(), dialect).map_err(named(&paths[0]))?;
        let parquet = parquet::Writer::new(draft(1)?, schema).map_err(named(&paths[1]))?;
        let jsonl = draft(2)?;
        Ok(TableFiles {
            schema,
            paths,
            csv,
            parquet,
            jsonl,
        })
    }

    /// The table.
    pub(super) fn schema(&self) -> &'static Schema {
        self.schema
    }

    /// Writes one row of the table.
    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<(), OutputError> {
        debug_assert!(self.schema.fits(cells), "{}: {cells:?}", self.schema.name);
        let shown = &cells[..self.schema.columns.len().min(cells.len())];
        self.csv.row(shown).map_err(named(&self.paths[0]))?;
        self.parquet.row(cells).map_err(named(&self.paths[1]))
    }

    /// Writes one record, every field of it: a row or, where a table flattens its records, the rows of one.
    pub(super) fn record(&mut self, record: &impl Serialize) -> Result<(), OutputError> {
        self.jsonl.with(|file| {
            serde_json::to_writer(&mut *file, record)?;
            file.write_all(b"\n")
        })
    }

    /// Puts the files in their places.
    pub(super) fn finish(self) -> Result<(), OutputError> {
        let TableFiles {
            schema: _,
            paths,
            csv,
            parquet,
            jsonl,
        } = self;
        csv.finish().map_err(named(&paths[0]))?.finish()?;
        parquet.finish().map_err(named(&paths[1]))?.finish()?;
        jsonl.finish()
    }

    /// Removes the files of a table that this run has no rows of: those of an earlier run would be read as this one's.
    pub(super) fn remove(out: &Path, schema: &Schema) {
        for path in paths(out, schema) {
            // where it cannot be removed it is only stale
            let _ = std::fs::remove_file(path);
        }
    }
}

fn paths(out: &Path, schema: &Schema) -> [PathBuf; 3] {
    ENDINGS.map(|ending| out.join(format!("{}.{ending}", schema.name)))
}

/// Names the file in an error.
fn named(path: &Path) -> impl FnOnce(io::Error) -> OutputError + '_ {
    |source| OutputError::Write {
        path: path.to_path_buf(),
        source,
    }
}
