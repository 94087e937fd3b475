//! Times of day: `14 h 30`, `à 20 heures`, `2:30 pm`, `midi et quart`; what looks the same and lasts is a
//! duration and left to the measures.

use super::block::Block;
use super::clock_en::{english, past, zoned};
use super::date::Dated;
use super::lexicon::Word;
use super::numeral::Form;
use crate::record::Lang;

/// The time of day that begins at token `i`.
pub(super) fn read(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    if let Some(hours) = opening_hours(block, i).or_else(|| between_hours(block, i)) {
        return Some(hours);
    }
    let english = block.lang.lang == Lang::En;
    let time = zoned(block, i)
        .or_else(|| past(block, i).filter(|_| english))
        .or_else(|| noon(block, i))
        .or_else(|| at_hour(block, i))?;
    Some(Dated {
        first: i,
        end: time.end,
        period: time.period(),
        range: false,
    })
}

/// `8h-20h`, `9 h 30 - 18 h`: from one time of day to a later one.
fn opening_hours(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let hour = |i: usize| {
        let hour =
            tokens.is_number(i) && tokens.raw(i).len() <= 2 && matches!(tokens.fold(i + 1), "h" | "heures");
        hour.then(|| hour_at(block, i, true))?
    };
    let from = hour(i)?;
    if !matches!(tokens.mark(from.end), Some('-' | '–' | '/')) {
        return None;
    }
    let to = hour(from.end + 1)?;
    let (a, b) = (
        from.hour * 60 + from.minute.unwrap_or(0),
        to.hour * 60 + to.minute.unwrap_or(0),
    );
    (a < b && to.hour <= 24 && from.hour >= 4).then(|| Dated {
        first: i,
        end: to.end,
        period: format!("{}/{}", from.period(), to.period()),
        range: true,
    })
}

/// `dimanche entre 13 et 15 heures`: the hour is said once, and the day says that it is one.
fn between_hours(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    const PARTS: &[&str] = &["matin", "soir", "hier", "demain", "nuit"];
    let between = i.checked_sub(1).filter(|&k| block.is_one_of(k, &["entre"]))?;
    let day = between.checked_sub(1)?;
    if !(matches!(block.word(day), Word::Weekday(_)) || block.is_one_of(day, PARTS)) {
        return None;
    }
    let (from, end) = number(block, i)?;
    let and = end + usize::from(matches!(block.tokens.fold(end), "h" | "heures"));
    if !block.is_one_of(and, &["et"]) || from > 24 {
        return None;
    }
    let to = hour_at(block, and + 1, true).or_else(|| {
        // `entre 10 h et midi`
        block.is_one_of(and + 1, &["midi"]).then_some(Time {
            hour: 12,
            minute: None,
            end: and + 2,
        })
    })?;
    let of = block.is_one_of(to.end, &["de"]);
    let from = Time {
        hour: from,
        minute: None,
        end: and,
    };
    (!of && from.hour < to.hour).then(|| Dated {
        first: i,
        end: to.end,
        period: format!("{}/{}", from.period(), to.period()),
        range: true,
    })
}

/// Joins a date and the time right after it.
pub(super) fn after_date(block: &Block<'_, '_>, date: Dated) -> Dated {
    if date.period.len() != "2024-07-14".len() || date.range || date.period.contains('/') {
        return date;
    }
    let mut at = date.end;
    while block.is_one_of(
        at,
        &[
            "à",
            "a",
            "aux",
            "vers",
            "at",
            "environ",
            "autour",
            "alentours",
            "de",
        ],
    ) && at < date.end + 4
    {
        at += 1;
    }
    // `samedi 8 novembre 22 h`
    let said = |i: usize| {
        block.tokens.is_number(i)
            && block.tokens.raw(i).len() <= 2
            && block.is_one_of(i + 1, &["h", "heures"])
            && !block.is_one_of(i + 2, &["de", "par"])
    };
    if at == date.end && !said(at) {
        return date;
    }
    match hour_at(block, at, true) {
        Some(time) if time.hour < 24 => Dated {
            end: time.end,
            period: format!("{}{}", date.period, time.period()),
            ..date
        },
        _ => date,
    }
}

pub(super) struct Time {
    pub hour: u32,
    pub minute: Option<u32>,
    pub end: usize,
}

impl Time {
    fn period(&self) -> String {
        match self.minute {
            Some(minute) => format!("T{:02}:{minute:02}", self.hour % 24),
            None => format!("T{:02}:00", self.hour % 24),
        }
    }
}

pub(super) fn number(block: &Block<'_, '_>, i: usize) -> Option<(u32, usize)> {
    let tokens = block.tokens;
    if tokens.is_number(i) {
        return (tokens.raw(i).len() <= 2).then(|| Some((tokens.raw(i).parse().ok()?, i + 1)))?;
    }
    if !matches!(block.word(i), Word::Cardinal(_)) {
        return None;
    }
    let numeral = block
        .words()
        .read(i)
        .filter(|n| n.form == Form::Words && !n.decimals)?;
    Some((u32::try_from(numeral.value).ok()?, numeral.end))
}

fn at_hour(block: &Block<'_, '_>, i: usize) -> Option<Time> {
    hour_at(block, i, false)
}

/// `14 h 30`, `huit heures du soir`, `14:30`, `3 p.m.`; `sure` where a date has said that it is a time.
fn hour_at(block: &Block<'_, '_>, i: usize, sure: bool) -> Option<Time> {
    let (hour, end) = number(block, i)?;
    if hour > 24 {
        return None;
    }
    if block.lang.lang == Lang::En {
        return english(block, hour, end);
    }
    let tokens = block.tokens;
    if let Some(time) = colon(block, hour, end) {
        return Some(time);
    }
    if !matches!(tokens.fold(end), "h" | "heure" | "heures")
        || !tokens.near(end)
        || tokens.fold(end) == "h" && tokens.is_mark(end + 1, '/')
    {
        return None;
    }
    let (minute, after) = minutes(block, end + 1);
    let time = half_of_day(
        block,
        Time {
            hour,
            minute,
            end: after,
        },
    );
    let daytime = time.end > after;
    (sure || daytime || is_time(block, i, &time, tokens.fold(end) == "h")).then_some(time)
}

/// `14:30`, not a score or a ratio.
pub(super) fn colon(block: &Block<'_, '_>, hour: u32, end: usize) -> Option<Time> {
    let tokens = block.tokens;
    let two_digits = tokens.is_mark(end, ':')
        && tokens.glued(end)
        && tokens.is_number(end + 1)
        && tokens.glued(end + 1)
        && tokens.raw(end + 1).len() == 2;
    if !two_digits || tokens.is_mark(end + 2, ':') && tokens.glued(end + 2) {
        return None;
    }
    let minute = tokens.raw(end + 1).parse().ok().filter(|minute| *minute < 60)?;
    Some(Time {
        hour,
        minute: Some(minute),
        end: end + 2,
    })
}

/// `30`, `et quart`, `et demie`, `trois quarts`, `moins le quart` after the hour.
fn minutes(block: &Block<'_, '_>, i: usize) -> (Option<u32>, usize) {
    let tokens = block.tokens;
    let at = if block.is_one_of(i, &["et"]) { i + 1 } else { i };
    if block.is_one_of(at, &["demi", "demie"]) && at > i {
        return (Some(30), at + 1);
    }
    if block.is_one_of(at, &["quart"]) && at > i {
        return (Some(15), at + 1);
    }
    if block.is_one_of(at, &["trois"]) && block.is_one_of(at + 1, &["quarts"]) {
        return (Some(45), at + 2);
    }
    if let Some((minute, end)) = number(block, at)
        && minute < 60
        && tokens.near(at)
        && (!tokens.is_number(at) || tokens.raw(at).len() == 2)
    {
        let named = block.is_one_of(end, &["min", "mn", "minutes"]);
        let closed = !tokens.is_number(end) && !matches!(tokens.mark(end), Some('%' | '€' | '$'));
        if named {
            return (Some(minute), end + 1);
        }
        if closed
            && at == i
            && (tokens.is_number(at)
                || !tokens.is_word(end)
                || block.lang.function_words.has(tokens.fold(end)))
        {
            return (Some(minute), end);
        }
    }
    (None, i)
}

/// `du soir`, `de l'après-midi`, `du matin`.
fn half_of_day(block: &Block<'_, '_>, mut time: Time) -> Time {
    let tokens = block.tokens;
    if !block.is_one_of(time.end, &["de", "du"]) {
        return time;
    }
    let mut at = time.end + 1;
    if block.is_one_of(at, &["le"]) {
        at += 1;
    }
    match tokens.fold(at) {
        "matin" | "mat" => time.end = at + 1,
        "soir" => {
            time.hour = if time.hour < 12 { time.hour + 12 } else { time.hour };
            time.end = at + 1;
        }
        "apres" if tokens.fold(at + 2) == "midi" => {
            time.hour = if time.hour < 12 { time.hour + 12 } else { time.hour };
            time.end = at + 3;
        }
        _ => {}
    }
    time
}

/// The words around `3 h 30` tell a time of day from a duration.
fn is_time(block: &Block<'_, '_>, i: usize, time: &Time, short: bool) -> bool {
    if block.is_whole(i, time.end) {
        let lasts = block.is_one_of(time.end - 1, &["min", "minutes", "mn"])
            || time.hour == 1 && time.minute == Some(30);
        return time.hour < 24 && !lasts;
    }
    // `16 h 20 d'autonomie`, `à 1 heure de la fermeture`
    const LASTING: &[&str] = &[
        "autonomie",
        "lecture",
        "ecoute",
        "vol",
        "trajet",
        "route",
        "conduite",
        "sommeil",
        "travail",
        "jeu",
        "cours",
        "retard",
        "video",
        "debat",
        "debats",
        "discussions",
        "negociations",
        "attente",
        "marche",
        "fermeture",
        "ouverture",
        "musique",
        "panne",
        "coupure",
        "interruption",
        "film",
        "course",
        "spectacle",
        "concert",
        "recharge",
        "charge",
    ];
    let lasts = block.is_one_of(time.end, &["de"])
        && (block.is_one_of(time.end + 1, LASTING)
            || block.is_one_of(time.end + 1, &["le", "la"]) && block.is_one_of(time.end + 2, LASTING));
    if lasts {
        return false;
    }
    // `2 à 3 heures de visite`, `45 minutes à une heure`: how long.
    let to = i > 1 && block.is_one_of(i - 1, &["à"]);
    let fewer = to && number(block, i - 2).is_some_and(|(fewer, end)| end == i - 1 && fewer < time.hour);
    let led = i > 2 && block.is_one_of(i - 3, &["de", "entre", "des", "h", "heures"]);
    if fewer && !led || to && block.is_one_of(i - 2, &["minute", "minutes"]) {
        return false;
    }
    // `à environ 15 heures`
    let i = if i > 0 && block.is_one_of(i - 1, &["environ"]) {
        i - 1
    } else {
        i
    };
    let before = |words: &[&str]| i > 0 && block.is_one_of(i - 1, words);
    // `après 3 h 18 min`
    if before(&["apres"]) && block.is_one_of(time.end - 1, &["min", "mn", "minutes"]) {
        return false;
    }
    let lasting = before(&[
        "pendant", "durant", "en", "dure", "duree", "toutes", "moins", "plus", "quelque", "apres", "dans",
        "sous", "pour", "sur", "les", "des", "tient", "tiennent", "tenu", "tenir", "tiendra", "consacre",
        "consacrent", "consacrait", "consacraient", "passe", "passent", "passait", "passaient", "dort", "dorment",
        "dormait", "faut", "fallait", "faudra", "met", "mettent", "mettait", "demande", "necessite", "totalise",
        "represente", "reste", "restait", "travaille", "travaillent",
    ]) || before(&["de"]) && !before_range(block, i, time)
        // `l'autonomie (14 h 20 en lecture)`
        || (1..=6)
            .map_while(|back| i.checked_sub(back))
            .any(|k| block.is_one_of(k, &["autonomie", "endurance"]));
    let moment = before(&[
        "à", "vers", "des", "avant", "apres", "jusque", "minuit", "lundi", "mardi", "mercredi", "jeudi",
        "vendredi", "samedi", "dimanche", "matin", "soir", "depuis",
    ]) || before_range(block, i, time);
    // `entre 9 h 15 et 13 heures`
    let second = before(&["et", "à"])
        && (2..=7)
            .map_while(|back| i.checked_sub(back))
            .any(|k| block.is_one_of(k, &["entre", "de"]))
        && (2..=4)
            .map_while(|back| i.checked_sub(back))
            .any(|k| block.is_one_of(k, &["h", "heures"]));
    if second {
        return time.hour <= 24;
    }
    if moment && (short || !before(&["apres", "des"])) {
        return time.hour <= 24;
    }
    if before(&["les"]) && block.tokens.fold(i.saturating_sub(2)) == "vers" {
        return true;
    }
    // `le train de 7 h 42`
    let scheduled = before(&["de"])
        && i > 1
        && block.is_one_of(
            i - 2,
            &[
                "train", "tgv", "ter", "rer", "depeche", "bus", "car", "metro", "eurostar", "ferry",
                "journal", "messe", "seance",
            ],
        );
    if scheduled && time.minute.is_some() {
        return time.hour < 24;
    }
    !lasting && short && time.minute.is_some() && (5..24).contains(&time.hour)
}

/// `de 9 h à 11 h`, `entre 9 h et 11 h`.
fn before_range(block: &Block<'_, '_>, i: usize, time: &Time) -> bool {
    let tokens = block.tokens;
    let linked = block.is_one_of(time.end, &["à", "et", "a"])
        && tokens.is_number(time.end + 1)
        && matches!(tokens.fold(time.end + 2), "h" | "heures");
    let led = i > 0 && block.is_one_of(i - 1, &["de", "entre"]);
    led && linked && time.hour < 24 && time.minute.is_some() | (tokens.fold(time.end - 1) == "h")
}

/// `midi et quart`, `minuit dix-sept`, `midi moins le quart`; alone only as the whole text.
fn noon(block: &Block<'_, '_>, i: usize) -> Option<Time> {
    let tokens = block.tokens;
    let base: u32 = match tokens.fold(i) {
        "midi" => 12,
        "minuit" => 0,
        _ => return None,
    };
    if i > 0 && tokens.is_mark(i - 1, '-') {
        return None;
    }
    if block.is_one_of(i + 1, &["moins"]) {
        let at = if block.is_one_of(i + 2, &["le"]) {
            i + 3
        } else {
            i + 2
        };
        let (less, end) = if block.is_one_of(at, &["quart"]) {
            (15, at + 1)
        } else {
            number(block, at)?
        };
        let total = (24 * 60 + base * 60).checked_sub(less)? % (24 * 60);
        return (less < 60).then_some(Time {
            hour: total / 60,
            minute: Some(total % 60),
            end,
        });
    }
    let (minute, end) = minutes(block, i + 1);
    if minute.is_none() && !block.is_whole(i, i + 1) {
        return None;
    }
    Some(Time {
        hour: base,
        minute,
        end,
    })
}
