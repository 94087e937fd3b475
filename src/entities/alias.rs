//! Names that the article says belong to the same: `X (anciennement Twitter)`, `Twitter, devenu X`,
//! `Meta (ex-Facebook)`, and the abbreviations in parentheses.
//!
//! Only what the text states. `Alphabet, maison mère de Google` keeps two names apart.

use super::lexicon::{Cue, lexicon};
use super::span::Span;
use super::token::Token;

/// Two spans that name one entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    /// The name in use today, or the long form.
    pub main: usize,
    /// The other.
    pub other: usize,
}

/// Every pair of neighbouring spans that the text equates.
pub(super) fn links(tokens: &[Token], spans: &[Span]) -> Vec<Link> {
    let mut links = Vec::new();
    for second in 1..spans.len() {
        let first = second - 1;
        let (from, to) = (spans[first].tokens.end, spans[second].tokens.start);
        if from > to || to - from > 6 || tokens[spans[first].tokens.start].sentence != tokens[to].sentence {
            continue;
        }
        if spans[second].abbreviates_previous {
            let letters = |span: usize| -> usize {
                tokens[spans[span].tokens.clone()]
                    .iter()
                    .map(|t| t.text.len())
                    .sum()
            };
            let (main, other) = if letters(second) > letters(first) {
                (second, first)
            } else {
                (first, second)
            };
            links.push(Link { main, other });
            continue;
        }
        match relation(&tokens[from..to]) {
            Some(Relation::SecondIsFormer) => links.push(Link {
                main: first,
                other: second,
            }),
            Some(Relation::SecondIsNew) => links.push(Link {
                main: second,
                other: first,
            }),
            None => {}
        }
    }
    links
}

enum Relation {
    SecondIsFormer,
    SecondIsNew,
}

fn relation(between: &[Token]) -> Option<Relation> {
    let (sign, words) = between.split_first()?;
    if !(sign.is("(") || sign.is(",") || sign.is("[")) {
        return None;
    }
    let lexicon = lexicon();
    let content: Vec<&str> = words
        .iter()
        .map(|token| token.lower.as_str())
        .filter(|lower| {
            !matches!(
                *lower,
                "le" | "la" | "l'" | "l’" | "groupe" | "depuis" | "known" | "as"
            )
        })
        .collect();
    match content.as_slice() {
        [one] | [one, "sous"] if lexicon.is(Cue::Formerly, one) => Some(Relation::SecondIsFormer),
        ["aussi" | "également", "appelé" | "appelée" | "nommé" | "nommée"] => {
            Some(Relation::SecondIsFormer)
        }
        ["connu" | "connue", "sous", "nom", "de" | "d'"] => Some(Relation::SecondIsFormer),
        ["alias"] | ["dit"] | ["also"] => Some(Relation::SecondIsFormer),
        [one] if lexicon.is(Cue::Became, one) => Some(Relation::SecondIsNew),
        [
            "aujourd'hui" | "désormais",
            "appelé" | "appelée" | "nommé" | "nommée",
        ] => Some(Relation::SecondIsNew),
        _ => None,
    }
}
