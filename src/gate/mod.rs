//! The number gate: compares generated text with its source, figure by figure. No model, no I/O.
//!
//! Two ledgers go in (rows of the number grammar), findings come out: figures that the generated text
//! lost, made up, or tells with another value, unit or currency. Figures are compared by value, so
//! `10 milliards de dollars` is `$10 billion` and `la moitié` is `50%`; a number that was derived (a sum,
//! a rounding, a gigawatt out of 1,000 megawatts) is reported, however right it may be. `docs/gate.md` lists
//! what is equal and what is not, with the measured rates.
//!
//! The gate judges numbers only, and what they are said of where both texts say it in plain words.

mod about;
mod around;
mod board;
mod calendar;
mod concepts;
mod dates;
mod derived;
mod equal;
mod implied;
mod message;
mod names;
mod near;
#[cfg(test)]
mod properties;
mod reading;
mod swapped;
#[cfg(test)]
mod tests;
mod ties;
mod two_numbers;
mod unit;
mod words;

use crate::figures::{Options, scan};
use crate::record::{Figure, Finding, Lang};
use board::Board;

/// How much of the source the generated text has to state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// A translation: every figure of the source must appear, as often as it does there.
    Complete,
    /// A summary: every figure of the text must be in the source, and may be dropped or repeated.
    Subset,
}

/// One text with its ledger.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The text that the offsets of `figures` count in; empty when only the ledger is known, and then
    /// words that imply a number without being a figure (`both`, `a decade`) cannot be seen.
    pub text: &'a str,
    /// Its language.
    pub lang: Lang,
    /// Its figures, in order.
    pub figures: &'a [Figure],
}

/// Compares two ledgers. [`check_sides`] sees more, because it also has the texts.
///
/// Findings come in the order of the generated text, missing figures last, in the order of the source.
/// Time and memory grow linearly with the number of figures that agree, and with a small constant
/// window for those that do not.
pub fn check(source: &[Figure], generated: &[Figure], scope: Scope) -> Vec<Finding> {
    let side = |figures| Side {
        text: "",
        lang: Lang::Other,
        figures,
    };
    check_sides(side(source), side(generated), scope)
}

/// Reads both texts with the number grammar, then compares their ledgers.
///
/// ```
/// use depeche::gate::{Scope, check_text};
/// use depeche::record::{FindingKind, Lang};
///
/// let source = "Le groupe a levé 10 milliards de dollars, en hausse de 20,5 % sur un an.";
/// let good = "The group raised $10 billion, up 20.5% year on year.";
/// assert!(check_text(source, Lang::Fr, good, Lang::En, Scope::Complete).is_empty());
///
/// let bad = "The group raised $10 million, up 20.5% year on year.";
/// let findings = check_text(source, Lang::Fr, bad, Lang::En, Scope::Complete);
/// assert_eq!(findings[0].kind, FindingKind::ChangedValue);
/// assert_eq!(findings[0].target.as_ref().unwrap().text, "$10 million");
/// ```
pub fn check_text(
    source_text: &str,
    source_lang: Lang,
    generated_text: &str,
    generated_lang: Lang,
    scope: Scope,
) -> Vec<Finding> {
    let options = Options::default();
    let source = scan(source_text, source_lang, &options);
    let generated = scan(generated_text, generated_lang, &options);
    check_sides(
        Side {
            text: source_text,
            lang: source_lang,
            figures: &source,
        },
        Side {
            text: generated_text,
            lang: generated_lang,
            figures: &generated,
        },
        scope,
    )
}

/// Compares two texts whose ledgers are known.
pub fn check_sides(source: Side<'_>, generated: Side<'_>, scope: Scope) -> Vec<Finding> {
    message::findings(&settled(source, generated, scope))
}

/// Which figure of the generated text tells which figure of the source, rightly or wrongly: pairs of indices into
/// the two ledgers, in the order of the source. For a reader who looks from one text to the other.
pub fn pairs(source: Side<'_>, generated: Side<'_>, scope: Scope) -> Vec<(usize, usize)> {
    let board = settled(source, generated, scope);
    let at = |ledger: &[Figure], figure: &Figure| ledger.iter().position(|other| std::ptr::eq(other, figure));
    let pair = |item: &board::Item| {
        let partner = board.generated.items.get(item.partner?)?;
        let theirs = at(source.figures, item.reading.figure)?;
        Some((theirs, at(generated.figures, partner.reading.figure)?))
    };
    board.source.items.iter().filter_map(pair).collect()
}

fn settled<'a>(source: Side<'a>, generated: Side<'a>, scope: Scope) -> Board<'a> {
    let mut board = Board::new(source, generated, scope);
    board.pair_equals();
    two_numbers::settle(&mut board);
    dates::settle(&mut board);
    names::settle(&mut board);
    implied::settle_words(&mut board);
    near::pair_changed(&mut board);
    swapped::find(&mut board);
    if scope == Scope::Complete {
        board.settle_repeats();
    }
    board
}
