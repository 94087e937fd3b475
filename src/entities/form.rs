//! Names that their form gives away: sites, English offices, events; and what looks like one but only names a
//! post or an address.

use super::lexicon::lexicon;
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

/// One past a park that is spelled out: `parc national des Calanques`, `Parc industriel de la plaine de l’Ain`.
fn park_at(tokens: &[Token], at: usize) -> Option<usize> {
    const KINDS: [&str; 7] = [
        "national",
        "naturel",
        "régional",
        "industriel",
        "technologique",
        "marin",
        "olympique",
    ];
    let kind = tokens
        .get(at + 1)
        .is_some_and(|token| KINDS.contains(&token.text));
    if tokens[at].lower != "parc" || !kind {
        return None;
    }
    let end = phrase_end(tokens, at + 1, false);
    let proper = tokens[end - 1].shape == Shape::Capital;
    proper.then_some(end)
}

/// One past a place that is named by its form: `cap Canaveral`, `détroit de Taïwan`, `mer Rouge`.
pub(super) fn site_at(tokens: &[Token], at: usize) -> Option<usize> {
    if let Some(end) = park_at(tokens, at) {
        return Some(end);
    }
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
        // `Ministry of Economy, Trade and Industry`
        let listed = read.is_some()
            && tokens.get(end).is_some_and(|token| token.is(","))
            && tokens
                .get(run_of_capitals(tokens, end + 1))
                .is_some_and(|token| token.text == "and")
            && matches!(
                tokens[at].text,
                "Ministry" | "Department" | "Secretariat" | "Committee"
            );
        let linked = listed
            || tokens.get(end).is_some_and(|token| {
                matches!(token.text, "of" | "for") || read.is_some() && matches!(token.text, "and" | "&")
            });
        let the = tokens.get(end + 1).is_some_and(|token| token.text == "the");
        // `University of Maryland and the Max Planck Institute` are two.
        if the && tokens[end].text == "and" {
            return read;
        }
        let from = end + 1 + usize::from(the);
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

/// `US Martignac`, `AS Saint-Priest`: a club by what it begins with.
pub(super) fn is_club(tokens: &[Token], at: usize, end: usize) -> bool {
    const CLUBS: [&str; 16] = [
        "US", "AS", "FC", "RC", "SC", "AC", "AJ", "SM", "EA", "CA", "SO", "USA", "ES", "CS", "AFC", "SU",
    ];
    let capital = tokens
        .get(at + 1)
        .is_some_and(|token| token.shape == Shape::Capital && token.spaced);
    let article = at
        .checked_sub(1)
        .is_some_and(|before| tokens[before].lower == "l'");
    capital && end > at + 1 && CLUBS.contains(&tokens[at].text) && (article || tokens[at].text != "US")
}

/// One past an address in English: `Lothian Road`, `Wellington Street`.
pub(super) fn english_street_at(tokens: &[Token], at: usize) -> Option<usize> {
    const LAST: [&str; 9] = [
        "Street",
        "Road",
        "Lane",
        "Avenue",
        "Drive",
        "Boulevard",
        "Terrace",
        "Crescent",
        "Highway",
    ];
    let end = run_of_capitals(tokens, at + 1);
    let last = (at + 1..end.min(at + 4)).find(|&word| LAST.contains(&tokens[word].text))?;
    (last + 1 == end).then_some(end)
}

/// One past an act that English spells out from the capital at `at` on: `Copyright, Designs and Patents Act 1988`.
pub(super) fn act_at(tokens: &[Token], at: usize) -> Option<usize> {
    // `Under the Digital Markets Act`, `the American Cloud Act`
    if tokens[at].is_article() || lexicon().is_small_word(&tokens[at].lower) {
        return None;
    }
    let goes_on = |token: &Token| {
        let link = token.is(",") || matches!(token.text, "and" | "of" | "the" | "&");
        link || token.shape == Shape::Capital && !token.opens
    };
    let words = tokens.iter().enumerate().skip(at + 1).take(13);
    let (last, _) = words
        .take_while(|(_, token)| goes_on(token))
        .find(|(_, token)| matches!(token.text, "Act" | "Bill"))?;
    let year = tokens.get(last + 1).is_some_and(Token::is_year);
    let version = tokens
        .get(last + 1)
        .is_some_and(|token| token.shape == Shape::Number && token.text.contains('.'));
    Some(last + 1 + usize::from(year || version))
}

/// One past a court or a council that English names by its town: `Nanterre commercial court`, `Paris court of appeal`,
/// `Essex county council`.
pub(super) fn town_court_at(tokens: &[Token], at: usize) -> Option<usize> {
    const KINDS: [&str; 21] = [
        "city",
        "borough",
        "town",
        "commercial",
        "criminal",
        "civil",
        "labour",
        "labor",
        "administrative",
        "district",
        "high",
        "appeal",
        "appeals",
        "regional",
        "constitutional",
        "supreme",
        "bankruptcy",
        "judicial",
        "crown",
        "employment",
        "county",
    ];
    let kind = capitals_end(tokens, at);
    let kinds = tokens[kind..]
        .iter()
        .take_while(|token| KINDS.contains(&token.text))
        .count();
    let is = |at: usize, words: &[&str]| tokens.get(at).is_some_and(|token| words.contains(&token.text));
    let court = kind + kinds;
    if kinds > 0 {
        return is(court, &["court", "tribunal", "council"]).then_some(court + 1);
    }
    let of_appeal = is(kind, &["court"]) && is(kind + 1, &["of"]) && is(kind + 2, &["appeal", "appeals"]);
    of_appeal.then_some(kind + 3)
}

/// One past an institution whose capitals stand before what it is for: `National Institute for Health and Care Excellence`.
pub(super) fn named_office_at(tokens: &[Token], at: usize) -> Option<usize> {
    let end = run_of_capitals(tokens, at + 1);
    (at + 1..end.min(at + 4)).find_map(|head| office_of(tokens, head))
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
