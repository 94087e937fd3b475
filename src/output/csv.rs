//! CSV as spreadsheets open it.
//!
//! Two dialects: `en` (`,` between fields, decimal point, UTF-8 without a mark, what programs expect)
//! and `fr` (`;` between fields, decimal comma, with the byte order mark that French Excel needs to
//! read UTF-8). Records end with CRLF as in RFC 4180, fields with line breaks are quoted.
//!
//! No cell can become a formula: text that a spreadsheet would read as one (it begins with `=`, `+`,
//! `-`, `@`, a tab or a carriage return) gets an apostrophe in front, unless it is plainly an amount
//! (`-3 %`, `+1,2 Md€`), which must stay verbatim and cannot call anything.

use super::Cell;
use super::table::digits;
use std::io::{self, Write};

/// How a table is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// `,` and decimal point.
    #[default]
    En,
    /// `;`, decimal comma and a byte order mark.
    Fr,
}

impl Dialect {
    /// What stands between two fields.
    pub fn delimiter(self) -> u8 {
        match self {
            Dialect::En => b',',
            Dialect::Fr => b';',
        }
    }

    /// What stands before the decimals of a number.
    pub fn decimal_mark(self) -> char {
        match self {
            Dialect::En => '.',
            Dialect::Fr => ',',
        }
    }

    /// What the encoding is called: with a byte order mark it has a name of its own.
    pub fn encoding(self) -> &'static str {
        match self {
            Dialect::En => "utf-8",
            Dialect::Fr => "utf-8-sig",
        }
    }

    fn mark(self) -> &'static [u8] {
        match self {
            Dialect::En => b"",
            Dialect::Fr => b"\xef\xbb\xbf",
        }
    }
}

/// Writes rows one by one.
pub struct Writer<W: Write> {
    inner: ::csv::Writer<W>,
    dialect: Dialect,
}

impl<W: Write> Writer<W> {
    /// Starts a file with its header.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn new<'a>(
        mut out: W,
        columns: impl IntoIterator<Item = &'a str>,
        dialect: Dialect,
    ) -> io::Result<Writer<W>> {
        out.write_all(dialect.mark())?;
        let mut writer = Writer::append(out, dialect);
        writer.inner.write_record(columns)?;
        Ok(writer)
    }

    /// Goes on with a file that has its header.
    pub fn append(out: W, dialect: Dialect) -> Writer<W> {
        let inner = ::csv::WriterBuilder::new()
            .delimiter(dialect.delimiter())
            .terminator(::csv::Terminator::CRLF)
            .from_writer(out);
        Writer { inner, dialect }
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        for cell in cells {
            self.inner.write_field(self.spell(cell))?;
        }
        self.inner.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.inner.into_inner().map_err(|error| error.into_error())
    }

    fn spell(&self, cell: &Cell) -> String {
        match cell {
            Cell::Empty => String::new(),
            Cell::Bool(value) => value.to_string(),
            Cell::Number(number) | Cell::Measured(number, _) => {
                let number = digits(*number);
                number.replace('.', self.dialect.decimal_mark().encode_utf8(&mut [0; 4]))
            }
            Cell::Text(text) if could_be_formula(text) => format!("'{text}"),
            Cell::Text(text) => text.clone(),
        }
    }
}

/// Whether a spreadsheet would evaluate the text instead of showing it.
pub fn could_be_formula(text: &str) -> bool {
    match text.chars().next() {
        Some('=' | '@' | '\t' | '\r') => true,
        Some('+' | '-') => !is_signed_amount(&text[1..]),
        _ => false,
    }
}

/// A number and its unit: it starts with a digit and holds no operator, reference or call.
fn is_signed_amount(text: &str) -> bool {
    let text = text.trim_start();
    let plain = |c: char| c.is_alphanumeric() || c.is_whitespace() || ",.%€$£°’'".contains(c);
    text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::Decimal;

    fn written(dialect: Dialect, cells: &[Cell]) -> String {
        let mut writer = Writer::new(Vec::new(), ["a", "b", "c"], dialect).unwrap();
        writer.row(cells).unwrap();
        String::from_utf8(writer.finish().unwrap()).unwrap()
    }

    #[test]
    fn each_dialect_spells_numbers_its_way() {
        let cells = [
            Cell::Number(Decimal::new(2050, 2)),
            Cell::Text("1,5 ; « x »".into()),
            Cell::Empty,
        ];
        assert_eq!(written(Dialect::En, &cells), "a,b,c\r\n20.5,\"1,5 ; « x »\",\r\n");
        assert_eq!(
            written(Dialect::Fr, &cells),
            "\u{feff}a;b;c\r\n20,5;\"1,5 ; « x »\";\r\n"
        );
    }

    #[test]
    fn no_text_becomes_a_formula_and_amounts_stay_verbatim() {
        for hostile in [
            "=1+1",
            "@SUM(A1)",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "\t=1",
            "\r=1",
            "-A1",
            "+1+SUM(A1)",
            "-(1)",
        ] {
            assert!(could_be_formula(hostile), "{hostile:?}");
        }
        for amount in ["-3 %", "+1,2 Md€", "-12 000 emplois", "−1,1 %", "10 %", "", "- "] {
            assert!(!could_be_formula(amount), "{amount:?}");
        }
    }
}
