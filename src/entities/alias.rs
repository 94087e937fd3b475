//! Names that the article says belong to the same: `X (anciennement Twitter)`, `Twitter, devenu X`,
//! `Meta (ex-Facebook)`, and the abbreviations in parentheses.
//!
//! Only what the text states. `Alphabet, maison mère de Google` keeps two names apart.

use super::form;
use super::lexicon::{Cue, lexicon};
use super::span::{Found, Span};
use super::token::{Shape, Token};

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
        // `le règlement sur les marchés numériques (DMA)`
        let acronym =
            |span: &Span| span.tokens.len() == 1 && tokens[span.tokens.start].shape == Shape::Acronym;
        let office = |span: &Span| {
            let words = &tokens[span.tokens.clone()];
            words.len() > 1
                && (form::is_office(words[0].text) || form::is_office(words[words.len() - 1].text))
        };
        let closed = tokens
            .get(spans[second].tokens.end)
            .is_some_and(|token| token.is(")"));
        let abbreviated = acronym(&spans[second]) && office(&spans[first]) && closed;
        let same = abbreviated
            || match (spans[first].found, spans[second].found) {
                (Found::Known(one), Found::Known(other)) => one.group == other.group,
                _ => false,
            };
        if same && to - from == 1 && tokens[from].is("(") && spans[first].tokens.len() > 1 {
            links.push(Link {
                main: first,
                other: second,
            });
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
