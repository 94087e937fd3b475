//! Plain text for a terminal.

use super::table::digits;
use super::{Cell, Table};
use crate::record::{Segment, Summary, Translation};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr;

/// Widest column of an aligned table; longer cells are cut with an ellipsis.
const WIDEST: usize = 48;

/// An aligned table.
pub fn table(table: &Table) -> String {
    let header: Vec<String> = table.columns.iter().map(|name| (*name).to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(header)
        .chain(table.rows.iter().map(|row| row.iter().map(cell).collect()))
        .collect();
    let mut widths = vec![0; table.columns.len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let mut out = String::new();
    for (index, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (column, (text, width)) in row.iter().zip(&widths).enumerate() {
            let padding = " ".repeat(width - text.width());
            let number = index > 0 && table.rows[index - 1][column].number().is_some();
            let _ = if number {
                write!(line, "{padding}{text}  ")
            } else {
                write!(line, "{text}{padding}  ")
            };
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn cell(cell: &Cell) -> String {
    let text = match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => printable(text),
        Cell::Number(number) | Cell::Measured(number, _) => digits(*number),
        Cell::Bool(value) => value.to_string(),
    };
    if text.width() <= WIDEST {
        return text;
    }
    let mut cut = String::new();
    for c in text.chars() {
        if cut.width() + 2 > WIDEST {
            break;
        }
        cut.push(c);
    }
    cut.push('…');
    cut
}

/// Article text on a terminal: control characters, escape sequences among them, become spaces.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// A summary to read.
pub fn summary(summary: &Summary) -> String {
    let mut out = format!("{}\n", printable(&summary.headline));
    if !summary.bullets.is_empty() {
        out.push('\n');
    }
    for bullet in &summary.bullets {
        let paragraphs: Vec<_> = bullet.paragraphs.iter().map(|p| (p + 1).to_string()).collect();
        let _ = writeln!(out, "• {} [§{}]", printable(&bullet.text), paragraphs.join(", "));
    }
    let _ = writeln!(out, "\n{}", printable(&summary.abstract_text));
    for finding in &summary.findings {
        let _ = writeln!(out, "\n⚠ {}", printable(&finding.message));
    }
    out
}

/// A translation to read.
pub fn translation(translation: &Translation) -> String {
    let paragraphs: Vec<_> = translation
        .shown()
        .map(|segment| printable(segment.target.trim()))
        .collect();
    let mut out = paragraphs.join("\n\n");
    out.push('\n');
    for finding in translation.shown().flat_map(|segment| &segment.findings) {
        let _ = writeln!(out, "\n⚠ {}", printable(&finding.message));
    }
    out
}

/// One segment of a translation, for whoever watches it grow.
pub fn segment(segment: &Segment) -> String {
    printable(segment.target.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_what_is_seen() {
        let mut t = Table::new(&["nom", "valeur"]);
        t.rows.push(vec!["é".into(), 5usize.into()]);
        t.rows.push(vec!["société".into(), 1234usize.into()]);
        assert_eq!(table(&t), "nom      valeur\né             5\nsociété    1234\n");
    }

    #[test]
    fn escape_sequences_do_not_reach_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\nc"), "a [31mb c");
    }
}
