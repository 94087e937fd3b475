//! Units and currencies across languages: which spellings name the same one.
//!
//! This is a table of names, not of conversions: those of time are in [`super::equal`], and of others
//! the gate says that the unit changed. Counted nouns (`salariés`, `employees`) are in no table and are never compared.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A unit of measure or of time, the same for all its spellings in all languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct UnitId(u16);

/// What a figure's unit is to the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Unit {
    /// The figure names none.
    Bare,
    /// A word that is in no table: a counted noun, not compared.
    Noun,
    /// A unit of measure.
    Known(UnitId),
}

/// What an amount is taken per.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Per {
    /// `/mois`, `par jour`.
    Unit(UnitId),
    /// `9,8/10`: the digits.
    Number(String),
    /// `par action`: a noun, not compared.
    Noun,
}

/// Units of time: the name that stands for them, then their other spellings.
const TIME: &[(&str, &[&str])] = &[
    ("ns", &["nanoseconde", "nanosecond"]),
    ("µs", &["microseconde", "microsecond"]),
    ("ms", &["milliseconde", "millisecond"]),
    ("s", &["sec", "seconde", "second"]),
    ("min", &["mn", "minute"]),
    ("h", &["hr", "heure", "hour"]),
    ("day", &["j", "jour", "journée", "quotidien", "daily"]),
    ("night", &["nuit", "nuitée"]),
    ("week", &["sem", "semaine", "hebdomadaire", "weekly"]),
    ("weekend", &["week-end"]),
    ("month", &["mois", "mensuel", "monthly"]),
    ("quarter", &["trimestre", "trimestriel", "quarterly"]),
    ("half-year", &["semestre", "semester", "half year"]),
    (
        "year",
        &[
            "an",
            "année",
            "yr",
            "a",
            "annuel",
            "annum",
            "yearly",
            "annual",
            "year-old",
            "exercice",
            "financial year",
            "fiscal year",
        ],
    ),
    ("decade", &["décennie"]),
    ("century", &["siècle"]),
];

/// Units without metric prefixes: the name that stands for them, then their other spellings.
const PLAIN: &[(&str, &[&str])] = &[
    ("mile", &["mi"]),
    ("nmi", &["mille marin", "milles marins", "nautical mile"]),
    ("mph", &["mile/h"]),
    ("foot", &["pied", "feet", "ft"]),
    ("inch", &["pouce", "inches", "in", "\"", "″"]),
    ("yard", &["verge"]),
    ("acre", &[]),
    ("ha", &["hectare"]),
    (
        "m²",
        &[
            "m2",
            "mètre carré",
            "mètres carrés",
            "square metre",
            "square meter",
            "sq m",
            "sqm",
        ],
    ),
    (
        "km²",
        &[
            "km2",
            "kilomètre carré",
            "kilomètres carrés",
            "square kilometre",
            "square kilometer",
            "sq km",
        ],
    ),
    (
        "sq ft",
        &["pied carré", "pieds carrés", "square foot", "square feet"],
    ),
    ("sq mile", &["mile carré", "miles carrés", "square mile"]),
    (
        "m³",
        &["m3", "mètre cube", "mètres cubes", "cubic metre", "cubic meter"],
    ),
    (
        "km³",
        &[
            "km3",
            "kilomètre cube",
            "kilomètres cubes",
            "cubic kilometre",
            "cubic kilometer",
        ],
    ),
    ("ft³", &["pied cube", "pieds cubes", "cubic foot", "cubic feet"]),
    ("gallon", &["gal"]),
    ("barrel", &["baril", "bbl"]),
    ("bushel", &["boisseau", "boisseaux"]),
    ("lb", &["lbs", "pound"]),
    ("oz", &["once", "ounce"]),
    ("carat", &["ct"]),
    (
        "°C",
        &[
            "c",
            "degré",
            "degree",
            "°",
            "degré celsius",
            "degrés celsius",
            "degree celsius",
            "degrees celsius",
            "℃",
        ],
    ),
    (
        "°F",
        &[
            "f",
            "degré fahrenheit",
            "degrés fahrenheit",
            "degree fahrenheit",
            "degrees fahrenheit",
            "℉",
        ],
    ),
    ("K", &["kelvin"]),
    ("hp", &["ch", "cv", "cheval", "chevaux", "horsepower", "bhp"]),
    ("dB", &["dBA", "décibel", "decibel"]),
    ("kn", &["nœud", "noeud", "knot"]),
    (
        "rpm",
        &["tr/min", "tour/min", "tours par minute", "revolutions per minute"],
    ),
    (
        "fps",
        &[
            "img/s",
            "i/s",
            "images par seconde",
            "frames per second",
            "image/s",
            "frame/s",
        ],
    ),
    ("TEU", &["evp"]),
    ("TOPS", &["tops"]),
    ("pixel", &["px"]),
    ("megapixel", &["mégapixel", "mp", "mpx", "mpix"]),
    ("point", &["pt", "pts"]),
    (
        "percentage point",
        &[
            "point de pourcentage",
            "points de pourcentage",
            "percentage points",
            "pp",
        ],
    ),
    (
        "basis point",
        &[
            "point de base",
            "points de base",
            "basis points",
            "pb",
            "bp",
            "bps",
        ],
    ),
    ("%", &["pour cent", "percent", "per cent", "pct", "pourcent"]),
];

/// Units with metric prefixes: symbol, further symbols, and the words that a prefix word may precede.
const METRIC: &[(&str, &[&str], &[&str])] = &[
    ("m", &[], &["mètre", "metre", "meter"]),
    ("g", &["gr"], &["gramme", "gram"]),
    ("t", &[], &["tonne", "ton"]),
    ("L", &["l"], &["litre", "liter"]),
    ("W", &[], &["watt"]),
    ("Wc", &["Wp"], &["watt-crête", "watt-peak"]),
    (
        "Wh",
        &[],
        &["wattheure", "watt-heure", "watt-hour", "watt hour", "watthour"],
    ),
    ("J", &[], &["joule"]),
    ("V", &[], &["volt"]),
    ("A", &[], &["ampère", "ampere", "amp"]),
    (
        "Ah",
        &[],
        &["ampère-heure", "ampereheure", "ampere-hour", "amp-hour"],
    ),
    ("VA", &[], &["voltampère", "volt-ampere"]),
    ("N", &[], &["newton"]),
    ("Pa", &[], &["pascal"]),
    ("bar", &[], &[]),
    ("Bq", &[], &["becquerel"]),
    ("Sv", &[], &["sievert"]),
    ("eV", &[], &["électronvolt", "electronvolt"]),
    ("Hz", &[], &["hertz"]),
    ("B", &["o"], &["octet", "byte"]),
    ("bit", &["b"], &["bit"]),
    ("FLOPS", &["flops", "Flops", "flop/s", "FLOP/s"], &["flop"]),
    ("FLOP", &[], &[]),
];

/// Metric prefixes: symbol, French word, English word.
const PREFIX: &[(&str, &str, &str)] = &[
    ("", "", ""),
    ("n", "nano", "nano"),
    ("µ", "micro", "micro"),
    ("m", "milli", "milli"),
    ("c", "centi", "centi"),
    ("d", "déci", "deci"),
    ("h", "hecto", "hecto"),
    ("k", "kilo", "kilo"),
    ("M", "méga", "mega"),
    ("G", "giga", "giga"),
    ("T", "téra", "tera"),
    ("P", "péta", "peta"),
    ("E", "exa", "exa"),
    ("Z", "zetta", "zetta"),
    ("Y", "yotta", "yotta"),
];

/// Spelling to unit. Symbols keep their case (`mW` is not `MW`); words are lower case and singular.
static UNITS: LazyLock<HashMap<String, UnitId>> = LazyLock::new(|| {
    let mut table = Table::default();
    for (name, spellings) in TIME.iter().chain(PLAIN) {
        let id = table.fresh(name);
        for spelling in *spellings {
            table.add(spelling, id);
        }
    }
    for (symbol, symbols, words) in METRIC {
        for (prefix, french, english) in PREFIX {
            let id = table.fresh(&format!("{prefix}{symbol}"));
            for other in *symbols {
                table.add(&format!("{prefix}{other}"), id);
            }
            for word in *words {
                for spelled in [french, english] {
                    table.add(&format!("{spelled}{word}"), id);
                    table.add(&format!("{spelled}-{word}"), id);
                }
            }
        }
    }
    let add_as = |table: &mut Table, spelling: &str, name: &str| {
        let id = table.ids.get(name).copied();
        if let Some(id) = id {
            table.add(spelling, id);
        }
    };
    add_as(&mut table, "micron", "µm");
    add_as(&mut table, "um", "µm");
    add_as(&mut table, "us", "µs");
    add_as(&mut table, "deg", "°C");
    add_as(&mut table, "degC", "°C");
    add_as(&mut table, "degF", "°F");
    add_as(&mut table, "μm", "µm"); // U+03BC, Greek mu, beside U+00B5, the micro sign
    add_as(&mut table, "μs", "µs");
    add_as(&mut table, "kilo", "kg");
    add_as(&mut table, "Ko", "kB");
    add_as(&mut table, "KB", "kB");
    add_as(&mut table, "metric ton", "t");
    add_as(&mut table, "metric tonne", "t");
    add_as(&mut table, "giga", "GB");
    add_as(&mut table, "méga", "MB");
    table.ids
});

#[derive(Default)]
struct Table {
    ids: HashMap<String, UnitId>,
    next: u16,
}

impl Table {
    /// A new unit under its first name. A name that is taken keeps its unit (`ms` is a time first).
    fn fresh(&mut self, name: &str) -> UnitId {
        let id = UnitId(self.next);
        self.next += 1;
        *self.ids.entry(name.to_owned()).or_insert(id)
    }

    fn add(&mut self, spelling: &str, id: UnitId) {
        self.ids.entry(spelling.to_owned()).or_insert(id);
    }
}

/// The unit of that first name; for the code's own references to a few units.
pub(super) fn named(name: &str) -> Option<UnitId> {
    UNITS.get(name).copied()
}

/// Reads a figure's unit: a symbol or a word in either language, what it is per (`/month`), or both
/// (`km/h`, `barils par jour`).
pub(super) fn read(unit: Option<&str>) -> (Unit, Option<Per>) {
    let Some(unit) = unit.map(str::trim).filter(|unit| !unit.is_empty()) else {
        return (Unit::Bare, None);
    };
    if let Some(id) = lookup(unit) {
        return (Unit::Known(id), None);
    }
    let split = ["/", " par ", " per "]
        .iter()
        .find_map(|separator| unit.split_once(separator));
    let (unit, per) = match split {
        Some((unit, per)) => (unit.trim(), Some(read_per(per.trim()))),
        None => (unit, None),
    };
    (read_amount(unit), per)
}

fn read_per(per: &str) -> Per {
    if !per.is_empty() && per.chars().all(|c| c.is_ascii_digit()) {
        return Per::Number(per.to_owned());
    }
    lookup(per).map_or(Per::Noun, Per::Unit)
}

fn read_amount(unit: &str) -> Unit {
    if unit.is_empty() {
        return Unit::Bare;
    }
    // `tCO2`, `kgCO2e`: masses, and no nouns.
    let mass = unit.strip_suffix("CO2e").or_else(|| unit.strip_suffix("CO2"));
    if let Some(id) = lookup(mass.unwrap_or(unit)) {
        return Unit::Known(id);
    }
    // `tonnes de CO2`, `tonnes of CO2`, `tonnes équivalent CO2`: the head is the unit.
    match unit.split_once(' ').and_then(|(head, _)| lookup(head)) {
        Some(id) => Unit::Known(id),
        None => Unit::Noun,
    }
}

/// The unit that a word of a text names (`years` in `25 working years`).
pub(super) fn of_word(word: &str) -> Option<UnitId> {
    lookup(word)
}

/// One spelling: as a symbol, then as a word in lower case, then without the mark of the plural.
fn lookup(spelling: &str) -> Option<UnitId> {
    let spelling = spelling.trim().trim_end_matches('.');
    let table = &*UNITS;
    if let Some(id) = table.get(spelling) {
        return Some(*id);
    }
    // Two letters or fewer are a symbol, and a symbol in another case is another unit.
    if spelling.chars().count() <= 2 {
        return None;
    }
    let word = spelling.to_lowercase();
    let singular = word.strip_suffix('s').or_else(|| word.strip_suffix('x'));
    table
        .get(word.as_str())
        .or_else(|| singular.and_then(|singular| table.get(singular)))
        .or_else(|| {
            word.strip_suffix("ies")
                .and_then(|stem| table.get(&format!("{stem}y")))
        })
        .copied()
}

/// Currencies that one word names in several countries: `dollars` alone may mean any of its row.
const SHARED_NAMES: &[&[&str]] = &[
    &["USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD"],
    &["CHF", "FRF", "XAF", "XOF", "XPF", "BEF"],
    &["GBP", "EGP", "LBP", "SYP"],
    &["JPY", "CNY"],
    &["SEK", "NOK", "DKK", "ISK", "CZK"],
    &["MXN", "ARS", "CLP", "COP", "PHP", "UYU"],
    &["INR", "PKR", "LKR", "IDR"],
    &["SAR", "QAR", "OMR", "YER", "IRR"],
    &["DZD", "TND", "KWD", "IQD", "JOD", "RSD"],
    &["KRW", "KPW"],
];

/// Whether a text that says `generated` keeps the currency of a source that says `source`.
///
/// A word that several countries share may be made precise (`dollars` to `C$`); a precise one may not
/// become a word that means another country's (`dollars canadiens` to `$`).
pub(super) fn same_currency(source: (&str, bool), generated: (&str, bool)) -> bool {
    source.0 == generated.0
        || (source.1
            && SHARED_NAMES
                .iter()
                .any(|row| row.contains(&source.0) && row.contains(&generated.0)))
}

/// Whether a word of a text can name that currency. Only words that are read as something else, or as
/// nothing, when they stand alone after a number.
pub(super) fn is_currency(word: &str, code: &str) -> bool {
    let codes: &[&str] = match word.to_lowercase().as_str() {
        "won" | "wons" => &["KRW"],
        "krona" | "kronor" => &["SEK"],
        "krone" | "kroner" | "couronnes" => &["NOK", "DKK", "SEK", "CZK"],
        "real" | "reais" | "réaux" => &["BRL"],
        "rand" | "rands" => &["ZAR"],
        "baht" | "bahts" => &["THB"],
        "rupees" | "roupies" => &["INR", "PKR"],
        "zloty" | "zlotys" => &["PLN"],
        "yen" | "yens" => &["JPY"],
        "yuan" | "yuans" | "renminbi" => &["CNY"],
        _ => &[],
    };
    codes.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(left: &str, right: &str) -> bool {
        let (left, right) = (read(Some(left)), read(Some(right)));
        matches!(left.0, Unit::Known(_)) && left == right
    }

    #[test]
    fn spellings_of_one_unit_are_one_unit() {
        for (left, right) in [
            ("ans", "years"),
            ("mois", "month"),
            ("To", "TB"),
            ("Go", "gigabytes"),
            ("téraoctets", "TB"),
            ("Mbit/s", "megabits per second"),
            ("Go/s", "GB/s"),
            ("km/h", "kilometres per hour"),
            ("kilomètres", "kilometers"),
            ("tonnes", "metric tons"),
            ("tonnes de CO2", "tonnes of CO2"),
            ("tCO2", "tonnes of CO2"),
            ("barils par jour", "barrels per day"),
            ("gigawatts", "GW"),
            ("TWh", "terawatt-hours"),
            ("µm", "microns"),
            ("mètres carrés", "square meters"),
            ("degrés", "°C"),
            ("siècles", "centuries"),
        ] {
            assert!(same(left, right), "{left} and {right}");
        }
    }

    #[test]
    fn other_units_are_not() {
        for (left, right) in [
            ("mW", "MW"),
            ("MW", "MWh"),
            ("Go", "Gbit"),
            ("km", "miles"),
            ("ans", "mois"),
            ("°C", "°F"),
            ("nm", "mm"),
            ("km/h", "km"),
        ] {
            assert!(!same(left, right), "{left} and {right}");
        }
    }

    #[test]
    fn counted_nouns_are_not_units() {
        for noun in [
            "salariés",
            "employees",
            "GPU B200",
            "clients par agence",
            "parameters",
        ] {
            assert_eq!(read(Some(noun)).0, Unit::Noun, "{noun}");
        }
        assert_eq!(read(None), (Unit::Bare, None));
        assert_eq!(read(Some("  ")), (Unit::Bare, None));
        assert_eq!(read(Some("/action")), (Unit::Bare, Some(Per::Noun)));
        assert_eq!(read(Some("/10")), (Unit::Bare, Some(Per::Number("10".into()))));
        assert_eq!(read(Some("/month")), (Unit::Bare, named("mois").map(Per::Unit)));
    }

    #[test]
    fn a_shared_currency_name_may_be_made_precise_but_not_the_other_way() {
        assert!(same_currency(("USD", true), ("USD", false)));
        assert!(same_currency(("USD", true), ("CAD", false)));
        assert!(!same_currency(("CAD", false), ("USD", true)));
        assert!(!same_currency(("EUR", false), ("USD", true)));
        assert!(!same_currency(("USD", true), ("EUR", false)));
    }
}
