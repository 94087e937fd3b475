//! Titles in quotation marks, where the words beside them say what they are: `le roman « Le Sel des absents »`.

use super::lexicon::{Cue, lexicon};
use super::token::{Shape, Token};

/// Tokens of a title at most, and how far before it the word stands that tells that it is one.
const TITLE: usize = 9;

/// One past the title in the quotation marks that open at `at`, where a word before says what it is: `son film « Xalé »`,
/// `une note intitulée « Luxe : la fin de l’innocence »`. What people say is no title.
pub(super) fn title_at(tokens: &[Token], at: usize) -> Option<usize> {
    let straight = tokens[at].is("\"");
    if !straight && !matches!(tokens[at].text, "«" | "“") {
        return None;
    }
    let lexicon = lexicon();
    let starts = tokens
        .get(at + 1)
        .is_some_and(|token| token.text.starts_with(char::is_uppercase) && !(straight && token.spaced));
    let close = (at + 2..tokens.len().min(at + 2 + TITLE)).find(|&at| match straight {
        true => tokens[at].is("\""),
        false => matches!(tokens[at].text, "»" | "”"),
    })?;
    let whole = tokens[at + 1].paragraph == tokens[close].paragraph
        && !matches!(tokens[close - 1].text, "." | "!" | "?" | "…" | ",");
    let told = tokens[at.saturating_sub(TITLE)..at]
        .iter()
        .rev()
        .take_while(|token| !matches!(token.text, "." | ":" | ";" | "»" | "”" | "\""))
        .any(|token| {
            lexicon.is(Cue::Work, &token.lower)
                || lexicon.is(Cue::Named, &token.lower)
                || MADE.contains(&token.lower.as_str())
        });
    // `« La Nuit au cœur », de Nathacha Appanah`, `« L’Étranger » par Denis Podalydès`
    let comma = usize::from(tokens.get(close + 1).is_some_and(|token| token.is(",")));
    let by = tokens
        .get(close + 1 + comma)
        .is_some_and(|token| matches!(token.text, "de" | "d'" | "d’" | "par"))
        && tokens
            .get(close + 2 + comma)
            .is_some_and(|token| token.shape == Shape::Capital);
    let by = by && !straight && close <= at + 9;
    (starts && whole && (told || by || is_told_to_be_work(tokens, close + 1))).then_some(close)
}

/// Words that tell before a quotation that it is a title: `le jeu « … »`, `l’auteur du « … »`, `on the set of "…"`.
const MADE: [&str; 20] = [
    "jeu",
    "nouvelle",
    "nouvelles",
    "auteur",
    "auteure",
    "autrice",
    "auteurs",
    "coauteur",
    "réalisateur",
    "réalisatrice",
    "scénariste",
    "tournage",
    "adaptation",
    "coauteurs",
    "trilogie",
    "account",
    "set",
    "diary",
    "sequel",
    "remake",
];

/// `« Les Trois Brigands », fresque à 38 millions`: what stands behind the title says what it is.
fn is_told_to_be_work(tokens: &[Token], comma: usize) -> bool {
    let lexicon = lexicon();
    let is_work = |token: &Token| {
        let says = lexicon.is(Cue::QuoteVerb, &token.lower); // `« … », note Élise Aubry`
        lexicon.is(Cue::Work, &token.lower) && token.shape == Shape::Lower && !says
    };
    // `son premier roman`
    let before_noun = |token: &&Token| {
        let lower = token.lower.as_str();
        lexicon.is(Cue::Determiner, lower)
            || matches!(
                lower,
                "premier" | "première" | "dernier" | "dernière" | "nouveau" | "nouvel" | "first" | "new"
            )
    };
    // `"The Ministry of Time", published by Sceptre`
    let is_out = |token: &Token| {
        matches!(
            token.lower.as_str(),
            "published"
                | "directed"
                | "starring"
                | "publié"
                | "paru"
                | "réalisé"
                | "adapté"
                | "diffusé"
                | "diffusée"
        )
    };
    let mut words = tokens.iter().skip(comma + 1).take(4).skip_while(before_noun);
    let told = |token: &Token| is_work(token) || is_out(token);
    tokens.get(comma).is_some_and(|token| token.is(",")) && words.next().is_some_and(told)
}
