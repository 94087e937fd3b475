//! Scores the figure grammar against annotated sentences: spans by kind, values, units, traps.
//!
//! Not a test: it says how good the readings are and names every disagreement; `tests/figures_corpus.rs`
//! holds the floors. It reads two formats, told apart line by line:
//!
//! - ours, one object a line: `{"id", "text", "lang", "tags", "figures": [{"text", "start", "end", "kind",
//!   ...}]}`. The figures of a sentence are all of its figures: whatever else is read counts against the
//!   grammar. A field that is absent is not scored, `null` must be read as nothing, and an array holds the
//!   readings that are as good as each other. A figure with `"optional": true` (`il y a un an`) may be
//!   read or not, and `"also": [[start, end], ...]` lists other extents that are as good.
//! - foreign corpora with an `expected` list, whose type names are those of Duckling, NeMo, num2words
//!   and text2num; their conventions about extents and kinds are bridged in `foreign.rs`.

mod error;
mod foreign;
mod gold;
mod matching;
mod report;

pub use error::EvalError;
pub use report::{CaseOutcome, Disagreement, Field, GroupScore, Report, Skipped, Tally, TrapScore};

use crate::figures;
use crate::record::{Figure, Lang};

/// Scores the figure grammar on `gold` (JSONL, see the module documentation), without an article's date.
///
/// ```
/// let gold = r#"{"id":"a","text":"12 salariés","lang":"fr","tags":[],
///     "figures":[{"text":"12","start":0,"end":2,"kind":"count","value":12}]}"#;
/// let report = depeche::eval::figures(&gold.replace('\n', ""))?;
/// assert_eq!(report.total.matched, 1);
/// # Ok::<(), depeche::eval::EvalError>(())
/// ```
///
/// # Errors
///
/// A line that is not an object of either format, two cases of one `id`, or an annotation that does not
/// slice to its own text.
pub fn figures(gold: &str) -> Result<Report, EvalError> {
    let options = figures::Options::default();
    figures_with(gold, |text, lang| figures::scan(text, lang, &options))
}

/// Scores what `scan` reads in the texts of `gold` (JSONL, see the module documentation).
///
/// # Errors
///
/// A line that is not an object of either format, two cases of one `id`, or an annotation that does not
/// slice to its own text.
pub fn figures_with(
    gold: &str,
    mut scan: impl FnMut(&str, Lang) -> Vec<Figure>,
) -> Result<Report, EvalError> {
    let mut report = Report::default();
    for case in gold::read(gold)? {
        match case {
            gold::Line::Scored(case) => {
                let found = scan(&case.text, case.lang);
                matching::score(&case, &found, &mut report);
            }
            gold::Line::Skipped(reason) => report.skip(reason),
        }
    }
    report.finish();
    Ok(report)
}

#[cfg(test)]
mod tests;
