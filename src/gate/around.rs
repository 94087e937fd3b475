//! What the words around a figure say of it, where both texts say it in plain words: per what time it is, which way it moved, and
//! whether it is the value before.

use super::words::{Pause, Word, Words};
use crate::record::{Direction, Lang};

/// How many words after a figure may say per what time it is.
const PER_REACH: usize = 7;
/// How many words before it may say that something rose or fell.
const MOVE_REACH: usize = 5;

/// `3 000 tonnes d'hydrogène par an`, `80 places each month`: the time, by the name that [`super::unit`] has for it.
pub(super) fn per(words: &Words, end: usize, lang: Lang) -> Option<&'static str> {
    let near = words.next(end, PER_REACH + 2);
    let text = |at: usize| near.get(at).copied().unwrap_or_default();
    (0..near.len().min(PER_REACH)).find_map(|at| match lang {
        Lang::Fr => match text(at) {
            "par" | "chaque" => time(text(at + 1)),
            word => adverb(word),
        },
        Lang::En => match text(at) {
            "a" | "an" | "per" | "each" | "every" => {
                let then = ["earlier", "ago", "later", "before", "after", "and"].contains(&text(at + 2));
                time(text(at + 1)).filter(|_| !then)
            }
            word => adverb(word),
        },
        Lang::Other => None,
    })
}

fn time(word: &str) -> Option<&'static str> {
    match word {
        "an" | "année" | "year" => Some("year"),
        "mois" | "month" => Some("month"),
        "jour" | "day" => Some("day"),
        "semaine" | "week" => Some("week"),
        "heure" | "hour" => Some("h"),
        "trimestre" | "quarter" => Some("quarter"),
        _ => None,
    }
}

fn adverb(word: &str) -> Option<&'static str> {
    match word {
        "annuellement" | "annually" | "yearly" => Some("year"),
        "mensuellement" | "monthly" => Some("month"),
        "quotidiennement" | "daily" => Some("day"),
        "weekly" => Some("week"),
        _ => None,
    }
}

/// Beginnings of words that say that what follows is more than before, or comes into being.
const UP: &[&str] = &[
    "créer",
    "créé",
    "crée",
    "créa",
    "embauch",
    "recrut",
    "augment",
    "progress",
    "grimp",
    "bondi",
    "gagn",
    "amélior",
    "accro",
    "supérieur",
    "creat",
    "hire",
    "hiring",
    "recruit",
    "rise",
    "rose",
    "rising",
    "raise",
    "raising",
    "increas",
    "grew",
    "grow",
    "jump",
    "climb",
    "gain",
    "improv",
    "surg",
    "soar",
    "swell",
    "widen",
];

/// And those that say the opposite.
const DOWN: &[&str] = &[
    "supprim",
    "licenci",
    "recul",
    "baiss",
    "perd",
    "chut",
    "fondu",
    "abaiss",
    "rédui",
    "diminu",
    "plong",
    "inférieur",
    "cut",
    "axe",
    "axing",
    "shed",
    "fell",
    "fall",
    "drop",
    "declin",
    "lower",
    "shrank",
    "shrink",
    "shrunk",
    "slump",
    "lost",
    "lose",
    "losing",
    "reduc",
    "plung",
    "narrow",
];

/// `va supprimer 2 300 postes`: the nearest verb of change before the figure, within its clause.
pub(super) fn movement(words: &Words, start: usize, end: usize) -> Option<Direction> {
    // `30 % d'énergie de moins`, `30% more power`, `two hikes`
    let told = match words.next(end, 4).as_slice() {
        [
            "more" | "higher" | "hike" | "hikes" | "hausses" | "rises" | "increases" | "above",
            ..,
        ]
        | ["au", "dessus", ..] => Some(Direction::Up),
        [
            "less" | "fewer" | "lower" | "cut" | "cuts" | "baisses" | "falls" | "below",
            ..,
        ]
        | ["au" | "en", "dessous", ..] => Some(Direction::Down),
        ["de" | "en", "plus", next, ..] if *next != "de" => Some(Direction::Up),
        ["de" | "en", "moins", ..] | [_, _, "de" | "en", "moins"] => Some(Direction::Down),
        [_, _, "de" | "en", "plus"] => Some(Direction::Up),
        _ => None,
    };
    if told.is_some() {
        return told;
    }
    words.before(start).take(MOVE_REACH).find_map(|word| {
        let begins = |stems: &[&str]| stems.iter().any(|stem| word.text.starts_with(stem));
        match (begins(UP), begins(DOWN)) {
            (true, false) => Some(Direction::Up),
            (false, true) => Some(Direction::Down),
            _ => None,
        }
    })
}

/// `avec deux ans de retard`, `three years late`, `six points ahead`: whether something is behind by that much, or ahead.
pub(super) fn behind(words: &Words, end: usize) -> Option<bool> {
    match words.next(end, 3).as_slice() {
        ["de", "retard", ..] | ["late" | "behind", ..] | ["of", "delay" | "delays", ..] => Some(true),
        ["d", "avance", ..] | ["early" | "ahead", ..] => Some(false),
        _ => None,
    }
}

/// How many words before and after a figure may say how often.
const OFTEN_REACH: usize = 4;

/// `l'injection mensuelle`, `quarterly revenue of`: what is counted or told so often; nothing where the words say two things.
pub(super) fn how_often(words: &Words, start: usize, end: usize) -> Option<&'static str> {
    let named = |word: &str| {
        let often = match word {
            "quotidien" | "quotidienne" | "daily" => "day",
            "hebdomadaire" | "weekly" => "week",
            "mensuel" | "mensuelle" | "monthly" => "month",
            "trimestriel" | "trimestrielle" | "quarterly" => "quarter",
            "semestriel" | "semestrielle" => "half",
            "annuel" | "annuelle" | "annual" | "yearly" => "year",
            _ => return None,
        };
        Some(often)
    };
    let singular = |word: &str| named(word.strip_suffix('s').unwrap_or(word));
    let before = words.last(start, OFTEN_REACH);
    let after = words.next(end, OFTEN_REACH);
    let mut all = before.iter().chain(&after).filter_map(|word| singular(word));
    let often = all.next()?;
    all.all(|other| other == often).then_some(often)
}

/// `de 1,10 à 1,35 euro`, `des trois quarts aux deux tiers`, `de 69 en 2023 à 52 en 2024`: the first of two values, where the other
/// begins at `next`.
pub(super) fn leads_to(words: &Words, start: usize, end: usize, next: usize) -> bool {
    let from = words
        .before(start)
        .next()
        .is_some_and(|word| matches!(word.text.as_str(), "de" | "d" | "des" | "du"));
    let between: Vec<&Word> = words.between(end, next).take(6).collect();
    from && next > end
        && between.len() <= 5
        && words.apart(end, next).0 == Pause::None
        && between
            .last()
            .is_some_and(|word| matches!(word.text.as_str(), "à" | "aux" | "au"))
}

/// Which part of a year or a month a date is: `début 2028`, `late 2028`, `mi-mai`.
pub(super) fn part(words: &Words, start: usize) -> Option<&'static str> {
    words
        .before(start)
        .take(2)
        .find_map(|word| match word.text.as_str() {
            "début" | "early" | "beginning" => Some("early"),
            "mi" | "mid" | "milieu" => Some("mid"),
            "fin" | "late" | "end" => Some("late"),
            _ => None,
        })
}

/// `avant le 15 avril`, `just after 6pm`: whether something is before that date, or after it.
pub(super) fn side(words: &Words, start: usize) -> Option<&'static str> {
    let near = words.last(start, 4);
    let light = near
        .iter()
        .take(1)
        .filter(|word| matches!(**word, "le" | "the" | "la" | "l"))
        .count();
    let side = match *near.get(light)? {
        "avant" | "before" => "before",
        "après" | "after" => "after",
        _ => return None,
    };
    let denied = near[light..]
        .iter()
        .any(|word| matches!(*word, "pas" | "not" | "t" | "until"));
    (!denied).then_some(side)
}

/// Words between `contre` and its number.
const LIGHT: &[&str] = &[
    "environ",
    "près",
    "de",
    "d",
    "quelque",
    "les",
    "le",
    "la",
    "l",
    "un",
    "une",
    "seulement",
    "peine",
    "plus",
    "moins",
    "about",
    "around",
    "the",
    "a",
    "an",
    "some",
    "only",
    "just",
    "nearly",
    "almost",
    "more",
    "than",
    "over",
    "under",
    "roughly",
];

/// `contre 5 %`, `au lieu de 12`, `up from 3`, `compared with 4`: the value before, or the other one.
pub(super) fn is_before(words: &Words, start: usize) -> bool {
    let near = words.last(start, 5);
    let light = near
        .iter()
        .take(3)
        .take_while(|word| LIGHT.contains(word))
        .count();
    (0..=light).any(|at| {
        matches!(
            near.get(at..).unwrap_or_default(),
            ["contre" | "against" | "versus" | "vs" | "from", ..]
                | ["de" | "d", "lieu", ..]
                | ["of", "instead", ..]
                | ["with" | "to", "compared", ..]
                | ["than", "rather", ..]
        )
    })
}

/// `112 millions un an plus tôt`, `4% a year earlier`, `Il y a un an, ils n'étaient que 19 %`: the value of the year before.
pub(super) fn is_past(words: &Words, start: usize, end: usize) -> bool {
    let after = matches!(
        words.next(end, 5).as_slice(),
        ["un" | "une", "an" | "année", "plus", "tôt", ..]
            | ["un" | "une", "an" | "année", "auparavant" | "avant", ..]
            | ["il", "y", "a", "un", "an"]
            | ["l", "année", "précédente", ..]
            | ["la", "veille", ..]
            | ["a", "year", "earlier" | "ago" | "before", ..]
            | [
                "the",
                "previous" | "prior" | "preceding",
                "year" | "day" | "quarter",
                ..
            ]
    );
    after || {
        let opening: Vec<&str> = words.sentence_before(start, 12);
        let has = |phrase: &[&str]| opening.windows(phrase.len()).any(|words| words == phrase);
        has(&["il", "y", "a", "un", "an"])
            || has(&["a", "year", "ago"])
            || has(&["a", "year", "earlier"])
            || has(&["un", "an", "plus", "tôt"])
            || has(&["un", "an", "auparavant"])
    }
}
