//! What the tables hold, in one place: names, types and meanings of their columns.
//!
//! From here come the header of the CSV, the schema of the Parquet file, the columns of the workbook, the fields of
//! `datapackage.json` and the tables of `docs/outputs.md`. [`super::tables`] turns records into rows of them.

#[cfg(test)]
mod document;
mod list;

pub use list::{ALL, ARTICLES, ENTITIES, FIGURES, GLOSSARY, PROBLEMS, SUMMARIES, TRANSLATIONS};

use super::Cell;

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Words.
    Text,
    /// A whole number from 0.
    Integer,
    /// A number with every digit.
    Decimal,
    /// A yes or a no.
    Bool,
}

impl Type {
    /// The name that the documentation uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Type::Text => "text",
            Type::Integer => "integer",
            Type::Decimal => "decimal",
            Type::Bool => "bool",
        }
    }
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name, that of the record's field.
    pub name: &'static str,
    /// What its cells are.
    pub kind: Type,
    /// Every row has it.
    pub required: bool,
    /// The words that may stand in it, where they are a closed list.
    pub values: &'static [&'static str],
    /// What it means, in one line.
    pub about: &'static str,
}

impl Column {
    const fn new(name: &'static str, kind: Type, about: &'static str) -> Column {
        Column {
            name,
            kind,
            required: true,
            values: &[],
            about,
        }
    }

    const fn text(name: &'static str, about: &'static str) -> Column {
        Column::new(name, Type::Text, about)
    }

    const fn integer(name: &'static str, about: &'static str) -> Column {
        Column::new(name, Type::Integer, about)
    }

    const fn decimal(name: &'static str, about: &'static str) -> Column {
        Column::new(name, Type::Decimal, about)
    }

    const fn bool(name: &'static str, about: &'static str) -> Column {
        Column::new(name, Type::Bool, about)
    }

    /// Some rows do not have it.
    const fn or_empty(self) -> Column {
        Column {
            required: false,
            ..self
        }
    }

    /// Only these words stand in it.
    const fn one_of(self, values: &'static [&'static str]) -> Column {
        Column { values, ..self }
    }

    /// Whether the cell is one of this column.
    pub fn fits(&self, cell: &Cell) -> bool {
        match (cell, self.kind) {
            (Cell::Empty, _) => !self.required,
            (Cell::Text(text), Type::Text) => self.values.is_empty() || self.values.contains(&text.as_str()),
            (Cell::Number(number), Type::Integer) => number.is_integer() && !number.is_sign_negative(),
            (Cell::Number(_) | Cell::Measured(..), Type::Decimal) | (Cell::Bool(_), Type::Bool) => true,
            _ => false,
        }
    }
}

/// A table that a run writes.
#[derive(Debug, PartialEq, Eq)]
pub struct Schema {
    /// Its name, that of its files without their endings.
    pub name: &'static str,
    /// What one row is, in one line.
    pub about: &'static str,
    /// Its columns, in every format.
    pub columns: &'static [Column],
    /// Columns behind them that only the Parquet file has: too long for the cells of a spreadsheet.
    pub parquet_only: &'static [Column],
    /// The columns that tell its rows apart, where some do.
    pub key: &'static [&'static str],
    /// Whether every `article_id` in it is one of the table of articles.
    pub of_articles: bool,
}

impl Schema {
    /// The names of its columns.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.columns.iter().map(|column| column.name)
    }

    /// The columns of its Parquet file.
    pub fn every_column(&self) -> impl Iterator<Item = &'static Column> + use<> {
        self.columns.iter().chain(self.parquet_only)
    }

    /// Whether the cells are a row of this table, with or without what only the Parquet file has.
    pub fn fits(&self, cells: &[Cell]) -> bool {
        let whole = self.columns.len() + self.parquet_only.len();
        (cells.len() == self.columns.len() || cells.len() == whole)
            && self
                .every_column()
                .zip(cells)
                .all(|(column, cell)| column.fits(cell))
    }
}
