//! What the words around a figure say of it, where both texts say it in plain words: per what time it is, which way it moved, and
//! whether it is the value before.

use super::words::{Word, Words};
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
    "créer", "créé", "crée", "créa", "embauch", "recrut", "augment", "progress", "grimp", "bondi", "gagn",
    "amélior", "accro", "creat", "hire", "hiring", "recruit", "rise", "rose", "rising", "raise", "raising",
    "increas", "grew", "grow", "jump", "climb", "gain", "improv", "surg", "soar", "swell", "widen",
];

/// And those that say the opposite.
const DOWN: &[&str] = &[
    "supprim", "licenci", "recul", "baiss", "perd", "chut", "fondu", "abaiss", "rédui", "diminu", "plong",
    "cut", "axe", "axing", "shed", "fell", "fall", "drop", "declin", "lower", "shrank", "shrink", "shrunk",
    "slump", "lost", "lose", "losing", "reduc", "plung", "narrow",
];

/// `va supprimer 2 300 postes`: the nearest verb of change before the figure, within its clause.
pub(super) fn movement(words: &Words, start: usize, end: usize) -> Option<Direction> {
    // `30 % d'énergie de moins`, `30% more power`, `two hikes`
    let told = match words.next(end, 4).as_slice() {
        [
            "more" | "higher" | "hike" | "hikes" | "hausses" | "rises" | "increases",
            ..,
        ] => Some(Direction::Up),
        [
            "less" | "fewer" | "lower" | "cut" | "cuts" | "baisses" | "falls",
            ..,
        ] => Some(Direction::Down),
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

/// `de 1,10 à 1,35 euro`, `des trois quarts aux deux tiers`: the first of two values, where the other begins at `next`.
pub(super) fn leads_to(words: &Words, start: usize, end: usize, next: usize) -> bool {
    let from = words
        .before(start)
        .next()
        .is_some_and(|word| matches!(word.text.as_str(), "de" | "d" | "des" | "du"));
    let between: Vec<&Word> = words
        .after(end)
        .take_while(|word| word.end <= next)
        .take(4)
        .collect();
    from && next > end
        && between.len() <= 3
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
