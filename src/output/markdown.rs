//! Markdown: translations and summaries to read, tables to paste.

use super::table::digits;
use super::{Cell, Table};
use crate::record::{Article, ParagraphKind, Segment, Summary, Translation};
use std::fmt::Write as _;

/// A table in the pipe syntax of GitHub.
pub fn table(table: &Table) -> String {
    let mut out = String::new();
    let line = |out: &mut String, cells: &mut dyn Iterator<Item = String>| {
        out.push('|');
        for cell in cells {
            // OK because writing to a `String` never fails
            let _ = write!(out, " {cell} |");
        }
        out.push('\n');
    };
    line(&mut out, &mut table.columns.iter().map(|name| (*name).to_owned()));
    line(&mut out, &mut table.columns.iter().map(|_| "---".to_owned()));
    for row in &table.rows {
        line(&mut out, &mut row.iter().map(cell));
    }
    out
}

/// A heading above what follows.
pub fn heading(text: &str) -> String {
    format!("## {}\n\n", escape_inline(text).replace(['\n', '\r'], " "))
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => escape_inline(text).replace('|', "\\|").replace(['\n', '\r'], " "),
        Cell::Number(number) | Cell::Measured(number, _) => digits(*number),
        Cell::Bool(value) => value.to_string(),
    }
}

/// A translation as a document: title, then every paragraph in the shape that the source had.
pub fn translation(article: &Article, translation: &Translation) -> String {
    let mut out = String::new();
    let mut previous = None;
    for segment in translation.shown() {
        let kind = segment.paragraph.map(|index| {
            article
                .paragraphs
                .get(index)
                .map(|paragraph| paragraph.kind)
                .unwrap_or_default()
        });
        // items of one list and rows of one table stay together
        let together =
            matches!(kind, Some(ParagraphKind::ListItem | ParagraphKind::TableRow)) && previous == Some(kind);
        if !out.is_empty() {
            out.push_str(if together { "\n" } else { "\n\n" });
        }
        let text = escape_inline(segment.target.trim()).replace('\n', " ");
        match kind {
            None => out.push_str("# "),
            Some(ParagraphKind::Heading) => out.push_str("## "),
            Some(ParagraphKind::ListItem) => out.push_str("- "),
            Some(ParagraphKind::Quote) => out.push_str("> "),
            Some(ParagraphKind::Text | ParagraphKind::TableRow) => {}
        }
        out.push_str(&text);
        previous = Some(kind);
    }
    out.push('\n');
    let flagged: Vec<_> = translation.shown().flat_map(|s| &s.findings).collect();
    if !flagged.is_empty() {
        out.push_str("\n---\n\n**To check before printing**\n\n");
        for finding in flagged {
            let _ = writeln!(out, "- {}", escape_inline(&finding.message));
        }
    }
    out
}

/// One segment of a translation, for whoever watches it grow; control characters do not reach the terminal.
pub fn segment(article: &Article, segment: &Segment) -> String {
    let kind = segment
        .paragraph
        .map(|at| article.paragraphs.get(at).map(|p| p.kind).unwrap_or_default());
    let mark = match kind {
        None => "# ",
        Some(ParagraphKind::Heading) => "## ",
        Some(ParagraphKind::ListItem) => "- ",
        Some(ParagraphKind::Quote) => "> ",
        Some(ParagraphKind::Text | ParagraphKind::TableRow) => "",
    };
    format!(
        "{mark}{}",
        super::text::printable(&escape_inline(segment.target.trim()))
    )
}

/// A summary as a document.
pub fn summary(summary: &Summary) -> String {
    let mut out = format!("# {}\n", escape_inline(&summary.headline));
    if !summary.bullets.is_empty() {
        out.push('\n');
    }
    for bullet in &summary.bullets {
        let paragraphs: Vec<_> = bullet.paragraphs.iter().map(|p| format!("§{}", p + 1)).collect();
        let _ = writeln!(
            out,
            "- {} ({})",
            escape_inline(&bullet.text),
            paragraphs.join(", ")
        );
    }
    let _ = writeln!(out, "\n{}", escape_inline(&summary.abstract_text));
    for finding in &summary.findings {
        let _ = writeln!(out, "\n**To check:** {}", escape_inline(&finding.message));
    }
    out
}

/// Keeps article text from being read as markup: HTML, links and images lose their power, prose
/// stays readable.
fn escape_inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '[' | ']' | '`' | '*' | '_' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Paragraph;

    #[test]
    fn a_translation_keeps_the_shape_of_the_source() {
        let kinds = [
            ParagraphKind::Heading,
            ParagraphKind::Text,
            ParagraphKind::ListItem,
            ParagraphKind::ListItem,
        ];
        let article = Article {
            paragraphs: kinds
                .iter()
                .map(|&kind| Paragraph {
                    start: 0,
                    end: 0,
                    kind,
                })
                .collect(),
            ..Article::default()
        };
        let segment = |paragraph, target: &str| Segment {
            paragraph,
            source: target.into(),
            target: target.into(),
            findings: vec![],
            ..Segment::default()
        };
        let record = Translation::bare(
            "a",
            vec![
                segment(None, "Title"),
                segment(Some(0), "Part one"),
                segment(Some(1), "A <script> [link](javascript:x)"),
                segment(Some(2), "one"),
                segment(Some(3), "two"),
            ],
        );
        assert_eq!(
            translation(&article, &record),
            "# Title\n\n## Part one\n\nA &lt;script&gt; \\[link\\](javascript:x)\n\n- one\n- two\n"
        );
    }

    #[test]
    fn a_title_that_the_text_repeats_is_shown_once() {
        let segment = |paragraph| Segment {
            paragraph,
            source: "Titre".into(),
            target: "Title".into(),
            findings: vec![],
            ..Segment::default()
        };
        let record = Translation::bare("a", vec![segment(None), segment(Some(0)), segment(Some(1))]);
        assert_eq!(translation(&Article::default(), &record), "# Title\n\nTitle\n");
    }

    #[test]
    fn a_cell_cannot_break_out_of_its_table() {
        let mut t = Table::new(&["a"]);
        t.rows.push(vec!["x | y\nz <b>".into()]);
        assert_eq!(table(&t), "| a |\n| --- |\n| x \\| y z &lt;b&gt; |\n");
    }
}
