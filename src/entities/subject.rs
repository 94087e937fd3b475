//! Whether a capital that opens a sentence is a name's: its word is the subject, or one of a series.

use super::lexicon::{Cue, lexicon};
use super::span::Span;
use super::surroundings;
use super::token::{Shape, Token};

pub(super) fn is_single_letter(tokens: &[Token], span: &Span) -> bool {
    span.tokens.len() == 1 && tokens[span.tokens.start].text.len() == 1
}

/// `sur X`, `chez X`, `X (anciennement`: not `le modèle X`.
pub(super) fn letter_is_name(tokens: &[Token], span: &Span) -> bool {
    let before = span
        .tokens
        .start
        .checked_sub(1)
        .map(|at| tokens[at].lower.as_str());
    let after = tokens.get(span.tokens.end).map(|token| token.text);
    let former = tokens
        .get(span.tokens.end + 1)
        .is_some_and(|token| lexicon().is(Cue::Formerly, &token.lower));
    matches!(
        before,
        Some("sur" | "chez" | "on" | "plateforme" | "social" | "devenu" | "rebaptisé")
    ) || after == Some("(") && former
        || is_listed(tokens, span.tokens.end)
}

/// `X, ChatGPT et Spotify`: the next of the list is known.
fn is_listed(tokens: &[Token], end: usize) -> bool {
    let joined = tokens
        .get(end)
        .is_some_and(|sign| matches!(sign.text, "," | "et" | "and"));
    let next = tokens
        .get(end + 1..tokens.len().min(end + 6))
        .filter(|next| joined && !next.is_empty());
    next.and_then(|next| lexicon().known_at(next, 0))
        .is_some_and(|known| !known.ambiguous)
}

/// `Riber, qui fabrique …`, `Wolfspeed a …`: the word that opens the sentence is its subject.
pub(super) fn is_subject(tokens: &[Token], span: &Span) -> bool {
    let Some(next) = tokens.get(span.tokens.end) else {
        return false;
    };
    let lexicon = lexicon();
    if lexicon.is(Cue::SubjectVerb, &next.lower) || surroundings::is_verb_form(&next.lower) {
        return true;
    }
    if has_equal(tokens, span) || next.is(",") && has_apposition(tokens, span.tokens.end) {
        return true;
    }
    if opens_with_name(tokens, span) {
        return true;
    }
    let relative = tokens.get(span.tokens.end + 1).is_some_and(|token| {
        matches!(token.lower.as_str(), "qui" | "dont" | "which" | "who")
            || lexicon.is(Cue::Founded, &token.lower)
    });
    next.is(",") && relative
}

/// `Ivanti corrige`, `Kyutai parle`, `Coinbase, Kraken et Bitstamp`: a word that opens sentences for no other reason,
/// before a verb or in a series of names.
fn opens_with_name(tokens: &[Token], span: &Span) -> bool {
    let word = &tokens[span.tokens.start];
    if lexicon().starts_sentences(&word.lower) || word.text.chars().count() < 3 {
        return false;
    }
    let Some(next) = tokens
        .get(span.tokens.end)
        .filter(|next| next.sentence == word.sentence)
    else {
        return false;
    };
    let after = tokens.get(span.tokens.end + 1);
    if next.shape == Shape::Possessive
        || matches!(next.lower.as_str(), "qui" | "who" | "shares" | "executives")
    {
        return true;
    }
    if next.is(",") {
        let told =
            after.is_some_and(|word| matches!(word.lower.as_str(), "déjà" | "lui" | "elle" | "qui" | "dont"));
        return told || after.is_some_and(|name| name.shape.is_name_like() && !name.opens);
    }
    // `Boulanger et la Fnac`
    if next.lower == "et" && after.is_some_and(|word| matches!(word.lower.as_str(), "la" | "le" | "l'")) {
        return tokens
            .get(span.tokens.end + 2)
            .is_some_and(|name| name.shape.is_name_like());
    }
    let lower = next.lower.as_str();
    if matches!(lower, "n'" | "s'" | "ne" | "se") {
        return true;
    }
    let verb = next.shape == Shape::Lower
        && lower.chars().count() > 3
        && ["e", "it", "ut", "nt", "rd", "nd", "rt", "es"]
            .iter()
            .any(|end| lower.ends_with(end));
    let object = after.is_some_and(|token| {
        token.shape != Shape::Lower
            || lexicon().is(Cue::Determiner, &token.lower)
            || lexicon().is(Cue::Preposition, &token.lower)
            || lexicon().is_small_word(&token.lower)
    });
    verb && object && !lexicon().is_small_word(lower) && !lexicon().is(Cue::Nationality, lower)
}

/// `Wintics et Videtics`, `Shell and Equinor`: what stands beside a name is one.
fn has_equal(tokens: &[Token], span: &Span) -> bool {
    let end = span.tokens.end;
    let and = tokens[end].lower == "and" && !lexicon().starts_sentences(&tokens[span.tokens.start].lower);
    (tokens[end].lower == "et" || and)
        && tokens
            .get(end + 1)
            .is_some_and(|next| next.shape.is_name_like() && !next.opens)
        && !lexicon().is_small_word(&tokens[end + 1].lower)
}

/// `Losange, l’autre délégataire, couvre`: a noun phrase between two commas, then no third part.
fn has_apposition(tokens: &[Token], comma: usize) -> bool {
    let lexicon = lexicon();
    let english = tokens
        .get(comma + 1)
        .is_some_and(|token| matches!(token.lower.as_str(), "a" | "an" | "the" | "its"));
    let starts = english
        || tokens.get(comma + 1).is_some_and(|token| {
            matches!(
                token.lower.as_str(),
                "le" | "la" | "l'" | "un" | "une" | "son" | "sa" | "ses" | "leur" | "lui-même" | "elle-même"
            )
        });
    let sentence = tokens[comma].sentence;
    let close = (comma + 2..(comma + 14).min(tokens.len()))
        .take_while(|&at| tokens[at].sentence == sentence)
        .find(|&at| tokens[at].is(","));
    let verb = close
        .and_then(|close| tokens.get(close + 1))
        .is_some_and(|token| {
            lexicon.is(Cue::SubjectVerb, &token.lower)
                || surroundings::is_verb_form(&token.lower)
                || token.shape == Shape::Lower
                    && token
                        .lower
                        .ends_with(if english { ['s', 'd'] } else { ['e', 'e'] })
                    && !lexicon.is_small_word(&token.lower)
        });
    starts && verb
}
