//! Numbers that belong to a name, and codes that name nothing.

use super::lexicon::{Cue, lexicon};
use super::token::{Shape, Token};

/// Whether the small number at `at`, behind the name of a product, is its version and counts nothing:
/// `iPhone 16 handsets`, but not `iPhone 16 millions`.
pub(super) fn is_small_version(tokens: &[Token], at: usize) -> bool {
    let next = tokens.get(at + 1);
    // `le Galaxy S26 1 199 euros`
    if next.is_some_and(|next| next.shape == Shape::Number) {
        return false;
    }
    let scale = next.is_some_and(|next| {
        ["mill", "bill", "%", "€", "$", "£"]
            .iter()
            .any(|start| next.lower.starts_with(start))
    });
    tokens[at].text.len() <= 2 && !scale
}

/// Whether the number at `at` is the version of the name before it (`NIS 2,`) and counts nothing
/// (`Nexilia 42 millions`).
pub(super) fn is_version(tokens: &[Token], at: usize) -> bool {
    let number = &tokens[at];
    let longest = if number.text.contains('.') { 6 } else { 4 };
    // `Hearts 2-0` is a score.
    if number.text.len() > longest || number.text.contains([',', '-', '–']) {
        return false;
    }
    let Some(next) = tokens.get(at + 1) else {
        return true;
    };
    match next.shape {
        Shape::Sign => !matches!(next.text, "%" | "€" | "$" | "£" | "°" | "/" | "m" | "-"),
        Shape::Number => false,
        Shape::Elision | Shape::Possessive => true,
        Shape::Lower => {
            let lexicon = lexicon();
            let small_word = lexicon.is_small_word(&next.lower)
                && !matches!(next.lower.as_str(), "mille" | "point" | "points");
            small_word
                || lexicon.is(Cue::SubjectVerb, &next.lower)
                || lexicon.is(Cue::Preposition, &next.lower)
                || lexicon.is(Cue::QuoteVerb, &next.lower)
        }
        _ => true,
    }
}

/// `90GB`, `DKr36bn`, `22.7R2.6`, `micro-LED`: quantities, versions and compounds that name nothing by themselves.
pub(super) fn is_made_up(token: &Token) -> bool {
    let starts = |test: fn(char) -> bool| token.text.starts_with(test);
    let letters = token.text.chars().filter(|c| c.is_alphabetic()).count();
    let number = starts(|c| c.is_ascii_digit()) && (letters < 4 || token.text.contains('.'));
    let amount = token.shape == Shape::Code
        && ["bn", "mn", "tn", "m", "k"].iter().any(|scale| {
            let digits = token.text.strip_suffix(scale).unwrap_or_default();
            digits.ends_with(|c: char| c.is_ascii_digit())
        });
    let compound = token.shape == Shape::Mixed && starts(char::is_lowercase) && token.text.contains('-');
    number || amount || compound || token.text.starts_with("CVE-")
}
