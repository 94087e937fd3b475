//! What stands where on the sheets: people read from left to right, so what they look for comes first and what
//! programs need comes last. Every column of the table is on its sheet.

use super::Sheet;
use crate::output::Cell;

/// Points of a line of text, and of the highest row that the format knows.
const LINE: f64 = 15.0;
const HIGHEST: f64 = 409.0;

/// What is printed ends here where there is such a column: what follows is for programs.
const PRINTED: &str = "sentence";

/// The first column of a sheet whose rows do not name their article in words: its title, or else its file.
pub(super) const ARTICLE: &str = "article";

/// The column of a sheet whose cells lead to the article in the review page, where the words that would do so wrap:
/// LibreOffice makes one piece of a cell that is a link, which no line break divides, and shows its first line alone.
pub(super) const PAGE: &str = "page";

/// What its cells say.
pub(super) const OPEN: &str = "open";

/// A column of a sheet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shown {
    /// The table's column, [`ARTICLE`] or [`PAGE`].
    pub(super) name: &'static str,
    /// In characters.
    pub(super) width: f64,
    /// Long text goes on below, in the same cell.
    pub(super) wrap: bool,
}

const fn narrow(name: &'static str, width: u8) -> Shown {
    Shown {
        name,
        width: width as f64,
        wrap: false,
    }
}

const fn wrapped(name: &'static str, width: u8) -> Shown {
    Shown {
        name,
        width: width as f64,
        wrap: true,
    }
}

/// The columns of a sheet, from the left.
pub(super) fn columns(sheet: Sheet) -> &'static [Shown] {
    match sheet {
        Sheet::Articles => {
            const {
                &[
                    wrapped("title", 60),
                    narrow(PAGE, 8),
                    narrow("date", 22),
                    narrow("lang", 7),
                    narrow("path", 48),
                    narrow("url", 48),
                    narrow("paragraphs", 12),
                    narrow("characters", 12),
                    narrow("removed", 10),
                    narrow("article_id", 19),
                ]
            }
        }
        Sheet::Summaries => {
            const {
                &[
                    wrapped("headline", 40),
                    narrow(PAGE, 8),
                    wrapped("bullets", 80),
                    wrapped("abstract", 70),
                    wrapped("flags", 40),
                    narrow("lang", 7),
                    narrow("method", 11),
                    narrow("path", 40),
                    narrow("bullet_paragraphs", 19),
                    narrow("article_id", 19),
                ]
            }
        }
        Sheet::Figures => {
            const {
                &[
                    narrow(ARTICLE, 30),
                    narrow("full_text", 28),
                    narrow("value", 21),
                    narrow("min", 19),
                    narrow("max", 19),
                    narrow("unit", 14),
                    narrow("currency", 10),
                    narrow("kind", 18),
                    narrow("qualifier", 11),
                    narrow("direction", 11),
                    narrow("period", 16),
                    narrow("measure", 24),
                    narrow("subject", 20),
                    narrow("speaker", 20),
                    wrapped("sentence", 80),
                    narrow("currency_ambiguous", 20),
                    narrow("text", 26),
                    narrow("paragraph", 11),
                    narrow("n", 7),
                    narrow("start", 9),
                    narrow("end", 9),
                    narrow("full_start", 12),
                    narrow("full_end", 10),
                    narrow("article_id", 19),
                ]
            }
        }
        Sheet::Entities => {
            const {
                &[
                    narrow("canonical", 32),
                    narrow("type", 14),
                    narrow("mentions_in_folder", 20),
                    narrow("text", 32),
                    narrow(ARTICLE, 40),
                    wrapped("description", 50),
                    wrapped("aliases", 40),
                    narrow("paragraph", 11),
                    narrow("start", 9),
                    narrow("end", 9),
                    narrow("article_id", 19),
                ]
            }
        }
        Sheet::Problems => {
            const {
                &[
                    narrow("severity", 10),
                    narrow("stage", 13),
                    narrow("path", 44),
                    wrapped("message", 80),
                    wrapped("hint", 60),
                    narrow("article_id", 19),
                ]
            }
        }
    }
}

/// How high a row must be for its wrapped cells, in points. Excel would find it by itself, others do not.
pub(super) fn height(columns: &[(Shown, Option<usize>)], cells: &[Cell]) -> f64 {
    let lines = columns
        .iter()
        .filter(|(shown, _)| shown.wrap)
        .map(|(shown, place)| match place.and_then(|place| cells.get(place)) {
            Some(Cell::Text(text)) => lines(text, shown.width),
            _ => 1.0,
        });
    (lines.fold(1.0, f64::max) * LINE).min(HIGHEST)
}

/// Lines of a text in a column of this width, which counts digits: letters are narrower, but a line breaks at a word.
fn lines(text: &str, width: f64) -> f64 {
    let of = |line: &str| (line.chars().count() as f64 / (width * 1.05)).ceil().max(1.0);
    text.split('\n').map(of).sum()
}

/// The last column that is printed.
pub(super) fn last_printed(columns: &[(Shown, Option<usize>)]) -> u16 {
    let printed = columns.iter().position(|(shown, _)| shown.name == PRINTED);
    printed.unwrap_or(columns.len() - 1) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_a_table_is_on_its_sheet_once() {
        for sheet in Sheet::ALL {
            let mut expected: Vec<_> = sheet.schema().names().collect();
            let mut found: Vec<_> = columns(sheet).iter().map(|shown| shown.name).collect();
            found.retain(|name| ![ARTICLE, PAGE].contains(name));
            expected.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, expected, "{sheet:?}");
        }
    }

    #[test]
    fn a_row_is_as_high_as_its_longest_text_in_a_cell_that_wraps() {
        let columns = [(wrapped("a", 10), Some(0)), (narrow("b", 10), Some(1))];
        let height = |a: &str| height(&columns, &[a.into(), "x".repeat(1_000).into()]);
        assert_eq!(height(""), LINE);
        assert_eq!(height("court"), LINE);
        assert_eq!(height("un\ndeux\ntrois et quatre et cinq"), 5.0 * LINE);
        assert_eq!(height(&"x".repeat(100_000)), HIGHEST);
    }

    #[test]
    fn a_title_fits_above_its_column_with_the_filter_arrow_beside_it() {
        for shown in Sheet::ALL.into_iter().flat_map(columns) {
            assert!(shown.width >= shown.name.len() as f64 + 2.0, "{}", shown.name);
        }
    }
}
