//! The blocks of an article as a translation sees them: title and paragraphs, with what is kept as it is.

use crate::record::{Article, ParagraphKind};
use crate::task::part::Part;

/// Title or paragraph.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// None for the title.
    pub paragraph: Option<usize>,
    pub kind: ParagraphKind,
    pub source: String,
    /// The mark of a list item, which is kept as it is.
    pub marker: String,
}

impl Block {
    /// What is translated: the source after its mark.
    pub fn body(&self) -> &str {
        &self.source[self.marker.len()..]
    }

    /// How messages call it.
    pub fn place(&self) -> String {
        match self.paragraph {
            None => "title".to_owned(),
            Some(paragraph) => format!("paragraph {}", paragraph + 1),
        }
    }

    /// Number of cells of a table row that has more than one.
    pub fn cells(&self) -> Option<usize> {
        let cells = self.source.split(CELL).count();
        (self.kind == ParagraphKind::TableRow && cells > 1).then_some(cells)
    }
}

/// What stands between the cells of a row.
pub(super) const CELL: &str = " | ";

/// Title and paragraphs, in order; those without text are left out.
pub(super) fn blocks(article: &Article) -> Vec<Block> {
    let title = article
        .title
        .as_deref()
        .map(str::trim)
        .filter(|title| !title.is_empty())
        .map(|title| Block {
            paragraph: None,
            kind: ParagraphKind::Heading,
            source: title.to_owned(),
            marker: String::new(),
        });
    let whole = Part::whole(article);
    let paragraphs = whole.pieces.into_iter().map(|piece| {
        let kind = article
            .paragraphs
            .get(piece.paragraph)
            .map_or(ParagraphKind::Text, |p| p.kind);
        let marker = match kind {
            ParagraphKind::ListItem => list_marker(&piece.text),
            _ => "",
        };
        Block {
            paragraph: Some(piece.paragraph),
            kind,
            marker: marker.to_owned(),
            source: piece.text,
        }
    });
    title.into_iter().chain(paragraphs).collect()
}

/// `- `, `• `, `3. `, `b) ` at the start of a list item.
fn list_marker(text: &str) -> &str {
    let end = text.find(char::is_whitespace).unwrap_or(0);
    let mark = &text[..end];
    let is_mark = match mark.strip_suffix(['.', ')']) {
        Some(number) => {
            !number.is_empty()
                && number.len() <= 3
                && (number.chars().all(|c| c.is_ascii_digit()) || number.len() == 1)
        }
        None => matches!(mark, "-" | "–" | "—" | "*" | "•" | "·" | "◦" | "▪" | "►" | "→"),
    };
    let space = text[end..]
        .chars()
        .take_while(|c| c.is_whitespace())
        .map(char::len_utf8)
        .sum::<usize>();
    if is_mark { &text[..end + space] } else { "" }
}

#[cfg(test)]
mod tests {
    use super::list_marker;

    #[test]
    fn list_markers_are_told_from_text() {
        for (text, marker) in [
            ("- Un point", "- "),
            ("•\u{a0}Un point", "•\u{a0}"),
            ("12. Un point", "12. "),
            ("a) Un point", "a) "),
            ("Un point", ""),
            ("2,5 % de plus", ""),
            ("2024. Une année", ""),
            ("", ""),
            ("-", ""),
        ] {
            assert_eq!(list_marker(text), marker, "{text:?}");
        }
    }
}
