//! Units of measurement: words and symbols to one spelling.
//!
//! Symbols are those of the SI with `L` for litre, `um` for micrometre, `degC`/`degF`/`deg`, and what
//! French uses for data (`Go`, `To`). Units of time are ISO-like words: `second` … `year`.

use std::sync::LazyLock;

use super::lexicon::Table;
use super::token::Tokens;
use crate::record::{FigureKind, Lang};

/// A unit found in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub symbol: String,
    pub kind: FigureKind,
}

/// Units of time, with seconds or months in each, and the next smaller unit in a compound.
const TIME: &[(&str, &str)] = &[
    ("seconde secondes sec secs second seconds", "second"),
    ("minute minutes min mins mn", "minute"),
    ("heure heures h hour hours hr hrs", "hour"),
    ("jour jours journee journees j day days", "day"),
    ("nuit nuits night nights", "night"),
    ("semaine semaines week weeks", "week"),
    ("mois month months", "month"),
    ("trimestre trimestres quarter quarters", "quarter"),
    ("semestre semestres", "half-year"),
    ("an ans annee annees year years yr yrs", "year"),
    ("decennie decennies decade decades", "decade"),
    ("siecle siecles century centuries", "century"),
    (
        "milliseconde millisecondes millisecond milliseconds",
        "millisecond",
    ),
    (
        "microseconde microsecondes microsecond microseconds",
        "microsecond",
    ),
    ("nanoseconde nanosecondes nanosecond nanoseconds", "nanosecond"),
];

/// Words for bases that take SI prefixes.
const BASES: &[(&str, &str)] = &[
    ("metre", "m"),
    ("meter", "m"),
    ("gramme", "g"),
    ("gram", "g"),
    ("litre", "L"),
    ("liter", "L"),
    ("watt", "W"),
    ("wattheure", "Wh"),
    ("wattcrete", "Wc"),
    ("hertz", "Hz"),
    ("octet", "o"),
    ("byte", "B"),
    ("bit", "b"),
    ("volt", "V"),
    ("ampere", "A"),
    ("joule", "J"),
    ("pascal", "Pa"),
    ("tonne", "t"),
    ("flops", "FLOPS"),
    ("flop", "FLOPS"),
    ("electronvolt", "eV"),
    ("pixel", "px"),
    ("calorie", "cal"),
    ("newton", "N"),
    ("ohm", "Ω"),
];

const PREFIXES: &[(&str, &str)] = &[
    ("kilo", "k"),
    ("mega", "M"),
    ("giga", "G"),
    ("tera", "T"),
    ("peta", "P"),
    ("exa", "E"),
    ("zetta", "Z"),
    ("milli", "m"),
    ("micro", "u"),
    ("nano", "n"),
    ("pico", "p"),
    ("centi", "c"),
    ("deci", "d"),
    ("deca", "da"),
    ("hecto", "h"),
];

/// Words that are no prefix and base.
const WORDS: &[(&str, &str)] = &[
    ("kilo kilos", "kg"),
    ("tonne tonnes ton tons", "t"),
    ("hectare hectares", "ha"),
    ("acre acres", "acre"),
    ("mile miles", "mi"),
    ("mille_marin", "nmi"),
    ("pouce pouces inch inches", "in"),
    ("pied pieds foot feet", "ft"),
    ("yard yards", "yd"),
    ("gallon gallons gal", "gal"),
    ("baril barils barrel barrels", "bbl"),
    ("once onces ounce ounces", "oz"),
    ("tasse tasses cup cups", "cup"),
    ("carat carats", "ct"),
    ("micron microns", "um"),
    ("decibel decibels", "dB"),
    ("quintal quintaux", "q"),
    ("bar bars", "bar"),
    ("lumen lumens", "lm"),
    ("lux", "lx"),
    ("sievert sieverts", "Sv"),
    ("becquerel becquerels", "Bq"),
    ("noeud noeuds knot knots", "kn"),
];

/// Symbols as they are printed, for those that are no prefix and base.
const SYMBOLS: &[(&str, &str)] = &[
    ("m", "m"),
    ("g", "g"),
    ("t", "t"),
    ("l", "L"),
    ("L", "L"),
    ("W", "W"),
    ("V", "V"),
    ("ha", "ha"),
    ("kg", "kg"),
    ("Kg", "kg"),
    ("KG", "kg"),
    ("km", "km"),
    ("Km", "km"),
    ("KM", "km"),
    ("mi", "mi"),
    ("ft", "ft"),
    ("gal", "gal"),
    ("lb", "lb"),
    ("lbs", "lb"),
    ("oz", "oz"),
    ("dB", "dB"),
    ("dBA", "dBA"),
    ("ch", "ch"),
    ("cv", "ch"),
    ("hp", "hp"),
    ("px", "px"),
    ("Mpx", "Mpx"),
    ("MP", "Mpx"),
    ("Mpix", "Mpx"),
    ("dpi", "dpi"),
    ("ppm", "ppm"),
    ("ppp", "ppp"),
    ("fps", "fps"),
    ("ips", "ips"),
    ("tr", "tr"),
    ("rpm", "rpm"),
    ("mAh", "mAh"),
    ("Ah", "Ah"),
    ("kVA", "kVA"),
    ("MVA", "MVA"),
    ("TOPS", "TOPS"),
    ("FLOPS", "FLOPS"),
    ("TFLOPS", "TFLOPS"),
    ("PFLOPS", "PFLOPS"),
    ("EFLOPS", "EFLOPS"),
    ("GFLOPS", "GFLOPS"),
    ("TFlops", "TFLOPS"),
    ("PFlops", "PFLOPS"),
    ("Mtep", "Mtep"),
    ("tep", "tep"),
    ("bps", "b/s"),
    ("kbps", "kb/s"),
    ("Kbps", "kb/s"),
    ("Mbps", "Mb/s"),
    ("Gbps", "Gb/s"),
    ("Tbps", "Tb/s"),
    ("kmh", "km/h"),
    ("mph", "mph"),
    ("bbl", "bbl"),
    ("Mbj", "Mbbl/day"),
    ("hPa", "hPa"),
    ("Pa", "Pa"),
    ("o", "o"),
    ("Hz", "Hz"),
    ("Wh", "Wh"),
    ("Wc", "Wc"),
    ("Nm", "Nm"),
    ("ct", "ct"),
    ("CV", "ch"),
    ("MWe", "MWe"),
    ("MWth", "MWth"),
    ("GWe", "GWe"),
    ("eV", "eV"),
    ("Tkm", "Tkm"),
    ("tCO2", "tCO2"),
    ("gCO2", "gCO2"),
];

/// Base symbols that take the prefixes listed with them.
const PREFIXED: &[(&str, &str, &str)] = &[
    ("m", "kcdmunµμp", "m"),
    ("g", "kmuµμn", "g"),
    ("L", "hdcmuµμ", "L"),
    ("l", "hdcmuµμ", "L"),
    ("t", "kMG", "t"),
    ("W", "mkMGT", "W"),
    ("Wh", "kMGTP", "Wh"),
    ("wh", "kMGT", "Wh"),
    ("Wc", "kMG", "Wc"),
    ("Wp", "kMG", "Wc"),
    ("Hz", "kKMGT", "Hz"),
    ("hz", "kMG", "Hz"),
    ("o", "kKMGTPEZ", "o"),
    ("O", "MGT", "o"),
    ("B", "kKMGTPEZ", "B"),
    ("b", "kKMGT", "b"),
    ("bit", "kKMGT", "b"),
    ("bits", "kKMGT", "b"),
    ("V", "mkM", "V"),
    ("A", "mk", "A"),
    ("J", "kMGT", "J"),
    ("Pa", "kMG", "Pa"),
    ("N", "kM", "N"),
    ("eV", "kMGT", "eV"),
    ("px", "M", "px"),
    ("cal", "k", "cal"),
];

const TIME_SYMBOLS: &[(&str, &str)] = &[
    ("s", "second"),
    ("sec", "second"),
    ("ms", "millisecond"),
    ("ns", "nanosecond"),
    ("µs", "microsecond"),
    ("μs", "microsecond"),
    ("us", "microsecond"),
    ("min", "minute"),
    ("mn", "minute"),
    ("h", "hour"),
    ("H", "hour"),
    ("j", "day"),
];

static UNIT_WORDS: LazyLock<Table<String, Unit>> = LazyLock::new(|| {
    let mut words = Table::default();
    for (base, symbol) in BASES {
        for (prefix, letter) in PREFIXES.iter().chain([&("", "")]) {
            for plural in ["", "s"] {
                let unit = Unit {
                    symbol: format!("{letter}{symbol}"),
                    kind: FigureKind::Quantity,
                };
                words.insert(format!("{prefix}{base}{plural}"), unit);
            }
        }
    }
    for (forms, symbol) in WORDS {
        for form in forms.split(' ') {
            words.insert(
                form.to_owned(),
                Unit {
                    symbol: (*symbol).to_owned(),
                    kind: FigureKind::Quantity,
                },
            );
        }
    }
    for (forms, symbol) in TIME {
        for form in forms.split(' ') {
            words.insert(
                form.to_owned(),
                Unit {
                    symbol: (*symbol).to_owned(),
                    kind: FigureKind::Duration,
                },
            );
        }
    }
    words
});

static UNIT_SYMBOLS: LazyLock<Table<String, Unit>> = LazyLock::new(|| {
    let mut symbols = Table::default();
    for (base, prefixes, symbol) in PREFIXED {
        for prefix in prefixes.chars() {
            let letter = match prefix {
                'µ' | 'μ' => 'u',
                // Only `k` is a thousand; print often writes `K`.
                'K' => 'k',
                other => other,
            };
            let unit = Unit {
                symbol: format!("{letter}{symbol}"),
                kind: FigureKind::Quantity,
            };
            symbols.insert(format!("{prefix}{base}"), unit);
        }
    }
    for (form, symbol) in SYMBOLS {
        symbols.insert(
            (*form).to_owned(),
            Unit {
                symbol: (*symbol).to_owned(),
                kind: FigureKind::Quantity,
            },
        );
    }
    for (form, symbol) in TIME_SYMBOLS {
        symbols.insert(
            (*form).to_owned(),
            Unit {
                symbol: (*symbol).to_owned(),
                kind: FigureKind::Duration,
            },
        );
    }
    symbols
});

/// The unit that begins at token `i`, and one past its last token. `°` and quotes are units too.
pub(super) fn read(tokens: &Tokens<'_>, i: usize, lang: Lang) -> Option<(Unit, usize)> {
    if let Some(mark) = tokens.mark(i) {
        return degrees(tokens, i, mark);
    }
    if !tokens.is_word(i) {
        return None;
    }
    if let Some(found) = degree_words(tokens, i) {
        return Some(found);
    }
    let (unit, end) = single(tokens, i, lang)?;
    Some(powers(tokens, unit, end))
}

fn single(tokens: &Tokens<'_>, i: usize, lang: Lang) -> Option<(Unit, usize)> {
    let raw = tokens.raw(i);
    let code = raw == "H" && tokens.is_number(i + 1);
    if let Some(unit) = UNIT_SYMBOLS
        .get(raw)
        .filter(|_| !(code || lang == Lang::En && raw == "mn"))
    {
        return Some((unit.clone(), i + 1));
    }
    let fold = tokens.fold(i);
    if fold == "metric" && matches!(tokens.fold(i + 1), "tons" | "ton" | "tonnes" | "tonne") {
        return Some((
            Unit {
                symbol: "t".to_owned(),
                kind: FigureKind::Quantity,
            },
            i + 2,
        ));
    }
    if lang == Lang::En && fold == "mn" {
        return None;
    }
    // `square metres`, `72,000-square-metre`
    if matches!(fold, "square" | "cubic") {
        let next = if tokens.is_mark(i + 1, '-') { i + 2 } else { i + 1 };
        let unit = UNIT_WORDS
            .get(tokens.fold(next))
            .filter(|unit| unit.kind == FigureKind::Quantity)?;
        let symbol = format!("{}{}", unit.symbol, if fold == "square" { '2' } else { '3' });
        return Some((
            Unit {
                symbol,
                kind: FigureKind::Quantity,
            },
            next + 1,
        ));
    }
    // `MIN` and `MAX` in tables, `AN` in capitals are fine; a lone capital is not.
    if raw.len() == 1 {
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
        Some((
            Unit {
                symbol: "Wh".to_owned(),
                kind: FigureKind::Quantity,
            },
            i + 3,
        ))
    };
    if let Some(found) = hyphenated("watt", "heure").or_else(|| hyphenated("watts", "heure")) {
        return Some(found);
    }
    // `kilowatts heure`, `mégawatt-heure`.
    if matches!(fold, "annee" | "annees")
        && tokens.is_mark(i + 1, '-')
        && tokens.fold(i + 2).starts_with("lumiere")
    {
        return Some((
            Unit {
                symbol: "ly".to_owned(),
                kind: FigureKind::Quantity,
            },
            i + 3,
        ));
    }
    if matches!(fold, "light") && tokens.is_mark(i + 1, '-') && tokens.fold(i + 2).starts_with("year") {
        return Some((
            Unit {
                symbol: "ly".to_owned(),
                kind: FigureKind::Quantity,
            },
            i + 3,
        ));
    }
    if let Some(unit) = UNIT_WORDS.get(fold) {
        let next = if tokens.is_mark(i + 1, '-') { i + 2 } else { i + 1 };
        let hours = matches!(tokens.fold(next), "heure" | "heures" | "hours" | "hour");
        if unit.symbol.ends_with('W') && hours {
            let symbol = format!("{}h", unit.symbol);
            return Some((
                Unit {
                    symbol,
                    kind: FigureKind::Quantity,
                },
                next + 1,
            ));
        }
        if unit.symbol.ends_with('W') && matches!(tokens.fold(next), "crete" | "cretes") {
            let symbol = format!("{}c", unit.symbol);
            return Some((
                Unit {
                    symbol,
                    kind: FigureKind::Quantity,
                },
                next + 1,
            ));
        }
        return Some((unit.clone(), i + 1));
    }
    None
}

/// `carrés`, `cubes`, `²`, `2`, and `de CO2` after tonnes.
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
    if unit.symbol.ends_with('t') && matches!(tokens.fold(end), "de" | "of" | "equivalent" | "eq") {
        let gas = if tokens.fold(end) == "de" || tokens.fold(end) == "of" {
            end + 1
        } else {
            end
        };
        if let Some((suffix, after)) = carbon(tokens, gas) {
            unit.symbol.push_str(suffix);
            end = after;
        }
    }
    (unit, end)
}

/// `CO2`, `CO₂`, `CO2e`, `CO2 équivalent`, `équivalent CO2`.
fn carbon(tokens: &Tokens<'_>, i: usize) -> Option<(&'static str, usize)> {
    let (start, equivalent) = match tokens.fold(i) {
        "equivalent" | "eq" => (i + 1, true),
        _ => (i, false),
    };
    if tokens.fold(start) != "co" || !tokens.glued(start + 1) {
        return None;
    }
    if !(tokens.raw(start + 1) == "2" || tokens.is_mark(start + 1, '₂')) {
        return None;
    }
    let mut end = start + 2;
    let mut equivalent = equivalent;
    if matches!(tokens.fold(end), "e" | "eq") && tokens.glued(end) || tokens.fold(end) == "equivalent" {
        (end, equivalent) = (end + 1, true);
    } else if tokens.is_mark(end, '-') && tokens.fold(end + 1).starts_with("eq") {
        (end, equivalent) = (end + 2, true);
    }
    Some((if equivalent { "CO2e" } else { "CO2" }, end))
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
        "kelvin" | "kelvins" => Some((of("K"), i + 1)),
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
