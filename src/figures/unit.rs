//! Units of measurement: words and symbols to one spelling.
//!
//! Symbols are those of the SI with `L` for litre, `um` for micrometre, `degC`/`degF`/`deg`, and what
//! French uses for data (`Go`, `To`). Units of time are ISO-like words: `second` … `year`.

use super::token::Tokens;
use super::unit_table::{UNIT_SYMBOLS, UNIT_WORDS};
use crate::record::{FigureKind, Lang};

/// A unit found in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub symbol: String,
    pub kind: FigureKind,
}

/// A unit of measure, by its symbol.
fn quantity(symbol: impl Into<String>) -> Unit {
    let (symbol, kind) = (symbol.into(), FigureKind::Quantity);
    Unit { symbol, kind }
}

/// The unit that begins at token `i`, and one past its last token. `°` and quotes are units too.
pub(super) fn read(tokens: &Tokens<'_>, i: usize, lang: Lang) -> Option<(Unit, usize)> {
    if let Some(mark) = tokens.mark(i) {
        return degrees(tokens, i, mark);
    }
    if !tokens.is_word(i) {
        return None;
    }
    if let Some(found) = degree_words(tokens, i).or_else(|| mass_of_carbon(tokens, i)) {
        return Some(found);
    }
    let (unit, end) = single(tokens, i, lang)?;
    Some(powers(tokens, unit, end))
}

fn single(tokens: &Tokens<'_>, i: usize, lang: Lang) -> Option<(Unit, usize)> {
    let raw = tokens.raw(i);
    // `2 à 4 millions de b/j`
    if matches!(raw, "b" | "bl") && tokens.is_mark(i + 1, '/') && matches!(tokens.raw(i + 2), "j" | "d") {
        let (symbol, kind) = ("bbl/day".to_owned(), FigureKind::Rate);
        return Some((Unit { symbol, kind }, i + 3));
    }
    if raw == "bpd" {
        let (symbol, kind) = ("bbl/day".to_owned(), FigureKind::Rate);
        return Some((Unit { symbol, kind }, i + 1));
    }
    // `a 6.7in display`, `a fever above 39C`
    if lang == Lang::En && i > 0 && tokens.glued(i) && tokens.is_number(i - 1) {
        let number = tokens.raw(i - 1);
        if raw == "in" {
            return Some((quantity("in"), i + 1));
        }
        if matches!(raw, "C" | "F")
            && number.trim_end_matches(['.', ',']).len() == 2
            && !(tokens.glued(i + 1) && (tokens.is_word(i + 1) || tokens.is_number(i + 1)))
        {
            let (symbol, kind) = (format!("deg{raw}"), FigureKind::Temperature);
            return Some((Unit { symbol, kind }, i + 1));
        }
    }
    if lang == Lang::En && matches!(raw, "quart" | "quarts") {
        return Some((quantity("qt"), i + 1));
    }
    let code = raw == "H" && tokens.is_number(i + 1);
    // `four of us`, `1.5 mn users`
    let word = lang == Lang::En
        && (raw == "mn" || raw == "us" && i > 0 && matches!(tokens.fold(i - 1), "of" | "to"));
    if let Some(unit) = UNIT_SYMBOLS.get(raw).filter(|_| !(code || word)) {
        return Some((unit.clone(), i + 1));
    }
    let fold = tokens.fold(i);
    if fold == "metric" && matches!(tokens.fold(i + 1), "tons" | "ton" | "tonnes" | "tonne") {
        return Some((quantity("t"), i + 2));
    }
    if lang == Lang::En && fold == "mn" {
        return None;
    }
    // `square metres`, `72,000-square-metre`
    if matches!(fold, "square" | "cubic") || lang == Lang::En && fold == "sq" {
        let next = if matches!(tokens.mark(i + 1), Some('-' | '.')) {
            i + 2
        } else {
            i + 1
        };
        let unit = UNIT_WORDS
            .get(tokens.fold(next))
            .or_else(|| UNIT_SYMBOLS.get(tokens.raw(next)))
            .filter(|unit| unit.kind == FigureKind::Quantity)?;
        let symbol = format!("{}{}", unit.symbol, if fold == "cubic" { '3' } else { '2' });
        return Some((quantity(symbol), next + 1));
    }
    if fold == "nautical" && matches!(tokens.fold(i + 1), "miles" | "mile") {
        return Some((quantity("nmi"), i + 2));
    }
    // Thousands have no plural.
    if raw == "milles" {
        let named = matches!(tokens.fold(i + 1), "nautiques" | "marins");
        return Some((quantity("nmi"), i + 1 + usize::from(named)));
    }
    if matches!(fold, "unite" | "unites") && tokens.fold(i + 1).starts_with("astronomique") {
        return Some((quantity("au"), i + 2));
    }
    // `0,3 partie par million`
    if matches!(fold, "partie" | "parties" | "part" | "parts") && matches!(tokens.fold(i + 1), "par" | "per")
    {
        match tokens.fold(i + 2) {
            "million" => return Some((quantity("ppm"), i + 3)),
            "milliard" | "billion" => return Some((quantity("ppb"), i + 3)),
            _ => {}
        }
    }
    // `74 q/ha`; elsewhere the letter is none.
    if raw == "q" && tokens.is_mark(i + 1, '/') && tokens.raw(i + 2) == "ha" {
        return Some((quantity("q"), i + 1));
    }
    // `MIN` and `MAX` in tables, `AN` in capitals are fine; a lone capital is not.
    if raw.len() == 1 {
        return None;
    }
    // `54,8 millions de journées-skieurs`
    let counted = matches!(fold, "journees" | "heures" | "nuits" | "jours" | "annees")
        && tokens.is_mark(i + 1, '-')
        && tokens.glued(i + 1)
        && tokens.glued(i + 2)
        && tokens.is_word(i + 2)
        && !matches!(tokens.fold(i + 2), "lumiere" | "ci" | "la");
    if counted {
        return None;
    }
    if lang != Lang::En
        && matches!(
            fold,
            "tons" | "ton" | "second" | "bars" | "foot" | "inch" | "bytes"
        )
    {
        return None;
    }
    let hyphenated = |prefix: &str, word: &str| -> Option<(Unit, usize)> {
        (fold == prefix && tokens.is_mark(i + 1, '-') && tokens.fold(i + 2) == word).then_some(())?;
        Some((quantity("Wh"), i + 3))
    };
    if let Some(found) = hyphenated("watt", "heure").or_else(|| hyphenated("watts", "heure")) {
        return Some(found);
    }
    // `kilowatts heure`, `mégawatt-heure`.
    if matches!(fold, "annee" | "annees")
        && tokens.is_mark(i + 1, '-')
        && tokens.fold(i + 2).starts_with("lumiere")
    {
        return Some((quantity("ly"), i + 3));
    }
    if matches!(fold, "light") && tokens.is_mark(i + 1, '-') && tokens.fold(i + 2).starts_with("year") {
        return Some((quantity("ly"), i + 3));
    }
    if let Some(unit) = UNIT_WORDS.get(fold) {
        let next = if tokens.is_mark(i + 1, '-') { i + 2 } else { i + 1 };
        let hours = matches!(tokens.fold(next), "heure" | "heures" | "hours" | "hour");
        if unit.symbol.ends_with('W') && hours {
            let symbol = format!("{}h", unit.symbol);
            return Some((quantity(symbol), next + 1));
        }
        if unit.symbol.ends_with('W') && matches!(tokens.fold(next), "crete" | "cretes") {
            let symbol = format!("{}c", unit.symbol);
            return Some((quantity(symbol), next + 1));
        }
        return Some((unit.clone(), i + 1));
    }
    None
}

/// `carrés`, `cubes`, `²`, `2`, and `de CO2` after grams and tonnes.
fn powers(tokens: &Tokens<'_>, mut unit: Unit, mut end: usize) -> (Unit, usize) {
    if unit.kind == FigureKind::Quantity && matches!(unit.symbol.chars().last(), Some('m' | 't')) {
        let power = match tokens.fold(end) {
            "carre" | "carres" | "square" => Some('2'),
            "cube" | "cubes" | "cubic" => Some('3'),
            _ => match tokens.mark(end) {
                Some('²') if tokens.glued(end) => Some('2'),
                Some('³') if tokens.glued(end) => Some('3'),
                _ if tokens.is_number(end) && tokens.glued(end) && unit.symbol.ends_with('m') => {
                    match tokens.raw(end) {
                        "2" => Some('2'),
                        "3" => Some('3'),
                        _ => None,
                    }
                }
                _ => None,
            },
        };
        if let Some(power) = power {
            unit.symbol.push(power);
            return (unit, end + 1);
        }
    }
    if is_mass(&unit.symbol) {
        let gas = end + usize::from(matches!(tokens.fold(end), "de" | "of"));
        if let Some((suffix, after)) = carbon(tokens, gas).filter(|_| tokens.near(gas)) {
            unit.symbol.push_str(suffix);
            end = after;
        }
    }
    (unit, end)
}

/// What carbon is weighed in.
fn is_mass(symbol: &str) -> bool {
    matches!(symbol, "g" | "kg" | "t" | "kt" | "Mt" | "Gt")
}

/// `CO2`, `CO₂`, `CO2e`, `CO2 équivalent`, `équivalent CO2`, `éq. CO2`.
fn carbon(tokens: &Tokens<'_>, i: usize) -> Option<(&'static str, usize)> {
    let (start, equivalent) = match tokens.fold(i) {
        "equivalent" => (i + 1, true),
        "eq" => (i + 1 + usize::from(tokens.is_mark(i + 1, '.')), true),
        _ => (i, false),
    };
    // `éqCO2`
    let equivalent = equivalent || tokens.fold(start) == "eqco";
    if !matches!(tokens.fold(start), "co" | "eqco") {
        return None;
    }
    behind_carbon(tokens, start + 1, equivalent)
}

/// The same after `CO` or what ends with it: `2`, `2e`.
fn behind_carbon(tokens: &Tokens<'_>, i: usize, mut equivalent: bool) -> Option<(&'static str, usize)> {
    if !(tokens.glued(i) && (tokens.raw(i) == "2" || tokens.is_mark(i, '₂'))) {
        return None;
    }
    let mut end = i + 1;
    if matches!(tokens.fold(end), "e" | "eq") && tokens.glued(end) || tokens.fold(end) == "equivalent" {
        (end, equivalent) = (end + 1, true);
    } else if tokens.is_mark(end, '-') && tokens.fold(end + 1).starts_with("eq") {
        (end, equivalent) = (end + 2, true);
    }
    Some((if equivalent { "CO2e" } else { "CO2" }, end))
}

/// `gCO2`, `kgCO2e`, `tCO₂`: in one word.
fn mass_of_carbon(tokens: &Tokens<'_>, i: usize) -> Option<(Unit, usize)> {
    let mass = tokens.raw(i).strip_suffix("CO")?;
    let (suffix, end) = behind_carbon(tokens, i + 1, false)?;
    is_mass(mass).then(|| {
        let symbol = format!("{mass}{suffix}");
        let kind = FigureKind::Quantity;
        (Unit { symbol, kind }, end)
    })
}

impl Unit {
    pub(super) fn kelvin() -> Self {
        Self {
            symbol: "K".to_owned(),
            kind: FigureKind::Temperature,
        }
    }
}

/// `°C`, `° Celsius`, `°`.
fn degrees(tokens: &Tokens<'_>, i: usize, mark: char) -> Option<(Unit, usize)> {
    let of = |symbol: &str| Unit {
        symbol: symbol.to_owned(),
        kind: FigureKind::Temperature,
    };
    match mark {
        '℃' => Some((of("degC"), i + 1)),
        '℉' => Some((of("degF"), i + 1)),
        '°' | 'º' | '˚' => match scale_name(tokens, i + 1) {
            Some(symbol) if tokens.near(i + 1) => Some((of(symbol), i + 2)),
            _ => Some((of("deg"), i + 1)),
        },
        // `un écran de 27"`; elsewhere a quote closes.
        '"' | '″' | '”' if tokens.glued(i) && is_screen(tokens, i) => {
            let symbol = "in".to_owned();
            let kind = FigureKind::Quantity;
            Some((Unit { symbol, kind }, i + 1))
        }
        '"' | '″' if tokens.glued(i) && is_last(tokens, i) => Some((
            Unit {
                symbol: "second".to_owned(),
                kind: FigureKind::Duration,
            },
            i + 1,
        )),
        '\'' | '′' if tokens.glued(i) && is_last(tokens, i) => Some((
            Unit {
                symbol: "minute".to_owned(),
                kind: FigureKind::Duration,
            },
            i + 1,
        )),
        _ => None,
    }
}

/// The mark ends the text, and a number and a word or two are all there is before it.
fn is_last(tokens: &Tokens<'_>, i: usize) -> bool {
    i + 1 == tokens.len() && i <= 3
}

/// A word for a screen stands shortly before.
fn is_screen(tokens: &Tokens<'_>, i: usize) -> bool {
    (1..=8).map_while(|back| i.checked_sub(back)).any(|k| {
        matches!(
            tokens.fold(k),
            "ecran"
                | "dalle"
                | "moniteur"
                | "televiseur"
                | "diagonale"
                | "jantes"
                | "screen"
                | "display"
                | "monitor"
                | "tv"
        )
    })
}

fn degree_words(tokens: &Tokens<'_>, i: usize) -> Option<(Unit, usize)> {
    let of = |symbol: &str| Unit {
        symbol: symbol.to_owned(),
        kind: FigureKind::Temperature,
    };
    match tokens.fold(i) {
        "degre" | "degres" | "degree" | "degrees" | "deg" => {
            let end = if tokens.is_mark(i + 1, '.') && tokens.fold(i) == "deg" {
                i + 2
            } else {
                i + 1
            };
            match scale_name(tokens, end) {
                Some(symbol) => Some((of(symbol), end + 1)),
                None => Some((of("deg"), end)),
            }
        }
        "celsius" => Some((of("degC"), i + 1)),
        "fahrenheit" => Some((of("degF"), i + 1)),
        "kelvin" | "kelvins" => Some((Unit::kelvin(), i + 1)),
        "millikelvin" | "millikelvins" => Some((of("mK"), i + 1)),
        _ => None,
    }
}

fn scale_name(tokens: &Tokens<'_>, i: usize) -> Option<&'static str> {
    match (tokens.raw(i), tokens.fold(i)) {
        ("C", _) | (_, "celsius" | "centigrade" | "centigrades") => Some("degC"),
        ("F", _) | (_, "fahrenheit") => Some("degF"),
        _ => None,
    }
}

/// How many of the smaller unit make one of the larger, for compounds (`1 h 30`, `2 ans et 3 mois`).
pub(super) fn parts(larger: &str) -> Option<(&'static str, u32)> {
    Some(match larger {
        "hour" => ("minute", 60),
        "minute" => ("second", 60),
        "day" => ("hour", 24),
        "week" => ("day", 7),
        "year" => ("month", 12),
        "m" => ("cm", 100),
        "kg" => ("g", 1000),
        "km" => ("m", 1000),
        _ => return None,
    })
}
