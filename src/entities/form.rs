//! Names that their form gives away: sites, titles, English offices, events; and what looks like one but only names a
//! post or an address.

use super::lexicon::{Cue, lexicon};
use super::phrase::{OF, capitals_end, is_adjective, linked_noun, phrase_end, run_of_capitals};
use super::token::{Shape, Token};

/// Nouns that make a place of the name after them.
const SITES: [&str; 19] = [
    "pont",
    "tunnel",
    "cap",
    "mer",
    "lac",
    "mont",
    "golfe",
    "détroit",
    "île",
    "îles",
    "baie",
    "canal",
    "presqu'île",
    "péninsule",
    "col",
    "vallée",
    "plaine",
    "plateau",
    "massif",
];

/// One past a place that is named by its form: `cap Canaveral`, `détroit de Taïwan`, `mer Rouge`.
pub(super) fn site_at(tokens: &[Token], at: usize) -> Option<usize> {
    if !SITES.contains(&tokens[at].lower.as_str()) || tokens[at].shape != Shape::Lower {
        return None;
    }
    let mut name = at + 1;
    if tokens
        .get(name)
        .is_some_and(|token| matches!(token.lower.as_str(), "de" | "du" | "d'" | "des"))
    {
        name += 1;
    }
    if tokens
        .get(name)
        .is_some_and(|token| matches!(token.lower.as_str(), "la" | "l'"))
    {
        name += 1;
    }
    let proper = tokens
        .get(name)
        .is_some_and(|token| token.shape == Shape::Capital && !token.opens);
    proper.then(|| capitals_end(tokens, name))
}

/// Tokens of a title at most, and how far before it the word stands that tells that it is one.
const TITLE: usize = 9;

/// One past the title in the quotation marks that open at `at`, where a word before says what it is: `son film « Xalé »`,
/// `une note intitulée « Luxe : la fin de l’innocence »`. What people say is no title.
pub(super) fn title_at(tokens: &[Token], at: usize) -> Option<usize> {
    if !matches!(tokens[at].text, "«" | "“") {
        return None;
    }
    let lexicon = lexicon();
    let starts = tokens
        .get(at + 1)
        .is_some_and(|token| token.text.starts_with(char::is_uppercase));
    let close =
        (at + 2..tokens.len().min(at + 2 + TITLE)).find(|&at| matches!(tokens[at].text, "»" | "”"))?;
    let whole = tokens[at + 1].paragraph == tokens[close].paragraph
        && !matches!(tokens[close - 1].text, "." | "!" | "?" | "…" | ",");
    let told = tokens[at.saturating_sub(TITLE)..at]
        .iter()
        .rev()
        .take_while(|token| !matches!(token.text, "." | ":" | ";" | "»" | "”"))
        .any(|token| {
            lexicon.is(Cue::Work, &token.lower)
                || lexicon.is(Cue::Named, &token.lower)
                || token.lower == "jeu"
        });
    (starts && whole && told).then_some(close)
}

/// First words of institutions in English.
const OFFICES: [&str; 34] = [
    "Department",
    "Ministry",
    "Office",
    "Agency",
    "Institute",
    "Centre",
    "Center",
    "Association",
    "Bank",
    "University",
    "Court",
    "Chamber",
    "Academy",
    "Bureau",
    "Council",
    "Authority",
    "Commission",
    "Federation",
    "School",
    "College",
    "Port",
    "House",
    "Board",
    "Society",
    "League",
    "Confederation",
    "Union",
    "Museum",
    "Fund",
    "Journal",
    "Church",
    "Administration",
    "Library",
    "Royal",
];
/// Their last words, where the others stand before.
const OFFICES_LAST: [&str; 14] = [
    "Corporation",
    "Committee",
    "Party",
    "Parliament",
    "Foundation",
    "Trust",
    "Club",
    "Group",
    "Company",
    "Service",
    "Guild",
    "Alliance",
    "Network",
    "Democrats",
];

/// Whether an English institution ends, or begins, with the word: `Agency`, `Council`.
pub(super) fn is_office(word: &str) -> bool {
    OFFICES.contains(&word) || OFFICES_LAST.contains(&word)
}

/// One past an institution that English spells out: `Department for Energy Security and Net Zero`, `Court of Appeals for
/// the Ninth Circuit`.
pub(super) fn office_of(tokens: &[Token], at: usize) -> Option<usize> {
    if tokens[at].shape != Shape::Capital || !OFFICES.contains(&tokens[at].text) {
        return None;
    }
    let mut end = at + 1;
    let mut read = None;
    loop {
        let linked = tokens.get(end).is_some_and(|token| {
            matches!(token.text, "of" | "for") || read.is_some() && matches!(token.text, "and" | "&")
        });
        let from = end + 1 + usize::from(tokens.get(end + 1).is_some_and(|token| token.text == "the"));
        let capitals = run_of_capitals(tokens, from);
        if !linked || capitals == from {
            return read;
        }
        end = capitals;
        read = Some(end);
    }
}

/// First words of events, with a capital.
const EVENT_HEADS: [&str; 22] = [
    "Festival",
    "Salon",
    "Foire",
    "Biennale",
    "Jeux",
    "Coupe",
    "Trophée",
    "Quinzaine",
    "Rencontres",
    "Assises",
    "Fête",
    "Mondial",
    "Semaine",
    "Nuit",
    "Nuits",
    "Journées",
    "Journée",
    "Grenelle",
    "Championnat",
    "Tournoi",
    "Concours",
    "Congrès",
];

/// One past an event that is named by its form: `Festival du livre de Paris`, `Jeux de Milan-Cortina`.
pub(super) fn event_at(tokens: &[Token], at: usize) -> Option<usize> {
    if tokens[at].shape != Shape::Capital || tokens[at].opens || !EVENT_HEADS.contains(&tokens[at].text) {
        return None;
    }
    let end = phrase_end(tokens, at + 1, true);
    let linked = tokens
        .get(at + 1)
        .is_some_and(|token| token.shape == Shape::Lower || token.shape == Shape::Elision);
    (linked && end > at + 1).then_some(end)
}

/// Nouns whose name is an address.
const STREETS: [&str; 10] = [
    "rue",
    "avenue",
    "boulevard",
    "quai",
    "impasse",
    "esplanade",
    "chaussée",
    "faubourg",
    "street",
    "allée",
];

/// One past the name of a street: `rue de Rivoli`, `avenue des Champs-Élysées`.
pub(super) fn street_at(tokens: &[Token], at: usize) -> Option<usize> {
    if !STREETS.contains(&tokens[at].lower.as_str()) || tokens[at].shape != Shape::Lower {
        return None;
    }
    let mut name = at + 1;
    while name < at + 3
        && tokens
            .get(name)
            .is_some_and(|token| OF.contains(&token.text) || matches!(token.text, "la" | "l'" | "l’"))
    {
        name += 1;
    }
    let proper = tokens
        .get(name)
        .is_some_and(|token| token.shape.is_name_like() && !token.opens);
    proper.then(|| run_of_capitals(tokens, name + 1))
}

/// One past a post (`ministre de l’Économie`, `secrétaire d’État au Commerce`), which names nobody.
pub(super) fn office_at(tokens: &[Token], at: usize) -> Option<usize> {
    match tokens[at].lower.as_str() {
        "premier" | "première" => {
            let next = tokens.get(at + 1)?;
            (tokens[at].shape == Shape::Capital && next.lower == "ministre").then_some(at + 2)
        }
        "garde" => {
            let seals = tokens.get(at + 1).is_some_and(|token| token.lower == "des")
                && tokens.get(at + 2).is_some_and(|token| token.lower == "sceaux");
            seals.then_some(at + 3)
        }
        "minister" | "secretary" => {
            let of = tokens
                .get(at + 1)
                .is_some_and(|token| matches!(token.text, "of" | "for"));
            let the = usize::from(tokens.get(at + 2).is_some_and(|token| token.text == "the"));
            let mut end = at + 2 + the;
            while tokens.get(end).is_some_and(|token| token.shape.is_name_like()) {
                end += 1;
            }
            (of && end > at + 2 + the).then_some(end)
        }
        "ministre" => portfolio_end(tokens, at + 1),
        "secrétaire" => {
            let state = tokens.get(at + 1).is_some_and(|token| token.lower == "d'")
                && tokens.get(at + 2).is_some_and(|token| token.lower == "état");
            if !state {
                return None;
            }
            let after = at + 3;
            let linked = tokens
                .get(after)
                .is_some_and(|token| matches!(token.lower.as_str(), "au" | "aux" | "à"));
            if linked {
                portfolio_end(tokens, after).or(Some(after))
            } else {
                Some(after)
            }
        }
        _ => None,
    }
}

/// `de l’Économie et des Finances`, `du Commerce extérieur`, `des Armées`.
pub(super) fn portfolio_end(tokens: &[Token], from: usize) -> Option<usize> {
    let mut end = from;
    let mut read = None;
    while let Some(noun) = linked_noun(tokens, end, true) {
        if !tokens[noun].shape.is_name_like() {
            break;
        }
        end = noun + 1;
        while tokens
            .get(end)
            .is_some_and(|token| token.shape == Shape::Lower && is_adjective(&token.lower))
        {
            end += 1;
        }
        read = Some(end);
        if tokens
            .get(end)
            .is_some_and(|token| token.lower == "et" || token.is(","))
        {
            end += 1;
        } else {
            break;
        }
    }
    read
}
