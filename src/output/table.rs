//! Columns with names, cells with types.

use rust_decimal::Decimal;

/// One cell. Numbers stay numbers up to the format, which knows how to spell them.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing is known.
    Empty,
    /// Words.
    Text(String),
    /// An exact number.
    Number(Decimal),
    /// An exact number and what a spreadsheet shows behind it (`%`, `EUR`); the value is the number alone.
    Measured(Decimal, String),
    /// A yes or a no.
    Bool(bool),
}

/// Every digit of a number, without zeros behind the last.
pub(super) fn digits(number: Decimal) -> String {
    number.normalize().to_string()
}

/// The double nearest to a number, by way of its digits, which are read as such.
pub(super) fn nearest(number: Decimal) -> Option<f64> {
    digits(number).parse().ok()
}

impl Cell {
    /// The number in the cell, if it holds one.
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Cell::Number(number) | Cell::Measured(number, _) => Some(*number),
            Cell::Empty | Cell::Text(_) | Cell::Bool(_) => None,
        }
    }

    /// `number` with `unit` behind it, where there is one.
    pub fn measured(number: Option<Decimal>, unit: Option<&str>) -> Cell {
        match (number, unit) {
            (None, _) => Cell::Empty,
            (Some(number), None) => Cell::Number(number),
            (Some(number), Some(unit)) => Cell::Measured(number, unit.to_owned()),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Cell {
        Cell::Number(Decimal::from(number))
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Cell {
        Cell::Bool(value)
    }
}

impl From<Decimal> for Cell {
    fn from(number: Decimal) -> Cell {
        Cell::Number(number)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Cell {
        value.map_or(Cell::Empty, Into::into)
    }
}

/// A table: every row has as many cells as there are columns.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Names of the columns.
    pub columns: &'static [&'static str],
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: &'static [&'static str]) -> Table {
        Table {
            columns,
            rows: Vec::new(),
        }
    }
}
