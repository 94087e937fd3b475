//! The number grammar: text in, [`Figure`]s out. No model, no I/O.
//!
//! A block of text is cut into tokens ([`token`]); numbers are read where they begin, in digits
//! ([`digits`]) or words ([`words`]); what they measure is read after them ([`measure`]); ranges and
//! enumerations are put together ([`assemble`]); qualifiers, directions and periods are read around them.
//! Every step looks at a bounded number of tokens, so the time is linear in the length of the text.
//! Values are exact decimals; what overflows them is no figure.

mod age;
mod article;
mod aside;
mod assemble;
mod block;
mod change;
mod clock;
mod clock_en;
mod collective;
mod contact;
mod counted;
mod currency;
mod date;
mod digits;
mod direction;
mod ellipsis;
mod exclude;
mod factor;
mod fraction;
mod item;
mod lang;
mod lexicon;
mod measure;
mod money;
mod more;
mod name;
mod noun;
mod numeral;
mod onward;
mod ordinal;
mod percent;
mod period;
mod phrase;
mod physics;
mod prices;
mod qualify;
mod quantity;
mod quarter;
mod rate;
mod ratio;
mod relative;
mod scale;
mod scan;
mod shared;
mod sign;
mod slashed;
mod spelled;
mod sums;
#[cfg(test)]
mod tests;
mod token;
mod unit;
mod unit_table;
mod whole;
mod words;
mod words_en;
mod words_fr;
mod year;

use crate::record::{Article, Figure, Lang};

/// What the scanner may know beside the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The date of the article: it completes dates without a year and resolves `cette année`, `lundi`.
    pub date: Option<jiff::civil::Date>,
}

/// Every figure of `text`, in order. Offsets count chars of `text`; `article_id` is left empty.
///
/// Paragraphs are what blank lines separate, or lines where there is no blank line. A language that is
/// neither French nor English is read as French.
///
/// ```
/// use depeche::{figures, record::Lang};
///
/// let found = figures::scan("Le groupe a levé 3 à 4 milliards de dollars.", Lang::Fr, &Default::default());
/// assert_eq!(found[0].text, "3 à 4 milliards de dollars");
/// assert_eq!(found[0].currency.as_deref(), Some("USD"));
/// ```
pub fn scan(text: &str, lang: Lang, options: &Options) -> Vec<Figure> {
    scan::text(text, lang, options)
}

/// Every figure of `article`, with its id, its paragraphs and its date.
pub fn scan_article(article: &Article) -> Vec<Figure> {
    scan::article(article)
}
