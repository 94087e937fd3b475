//! The tables of units: words, bases with their prefixes, symbols. How they are read is in [`super::unit`].

use std::sync::LazyLock;

use super::lexicon::Table;
use super::unit::Unit;
use crate::record::FigureKind;

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
    ("giga gigas", "Go"),
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
    ("quintal quintaux qx qtx", "q"),
    ("bar bars", "bar"),
    ("lumen lumens", "lm"),
    ("lux", "lx"),
    ("candela candelas", "cd"),
    ("nit nits", "nit"),
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
    ("bhp", "hp"),
    ("ppi", "ppi"),
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
    ("bcm", "bcm"),
    ("bcf", "bcf"),
    ("tcf", "tcf"),
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
    ("cd", "cd"),
    ("Tkm", "Tkm"),
    ("TEU", "TEU"),
    ("EVP", "EVP"),
];

/// Base symbols that take the prefixes listed with them.
const PREFIXED: &[(&str, &str, &str)] = &[
    ("m", "kcdmunµμp", "m"),
    ("g", "kmuµμn", "g"),
    ("L", "hdcmuµμ", "L"),
    ("l", "hdcmuµμ", "L"),
    ("t", "kMG", "t"),
    ("ha", "M", "ha"),
    ("hl", "M", "hL"),
    ("hL", "M", "hL"),
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
    ("Sv", "mµμ", "Sv"),
    ("Bq", "kMGT", "Bq"),
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

pub(super) static UNIT_WORDS: LazyLock<Table<String, Unit>> = LazyLock::new(|| {
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

pub(super) static UNIT_SYMBOLS: LazyLock<Table<String, Unit>> = LazyLock::new(|| {
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
