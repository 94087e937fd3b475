//! Plants one error at a time in a text, at every place where it can stand.
//!
//! The planter knows nothing of the number grammar: it finds numbers with regular expressions of its
//! own, so that a number which the grammar overlooks is planted on all the same, and missed. It is
//! seeded by the text, so two runs plant the same.

use regex::{Captures, Regex};
use std::sync::LazyLock;

/// The ways in which generated text gets a number wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slip {
    Dropped,
    ChangedDigit,
    ChangedScale,
    ChangedUnit,
    SwappedCurrency,
    Invented,
    ChangedBound,
    ReversedDirection,
}

impl Slip {
    /// The six that are held to a floor; the others are measured.
    pub fn is_held(self) -> bool {
        !matches!(self, Slip::ChangedBound | Slip::ReversedDirection)
    }

    pub fn name(self) -> &'static str {
        match self {
            Slip::Dropped => "dropped",
            Slip::ChangedDigit => "changed digit",
            Slip::ChangedScale => "changed scale",
            Slip::ChangedUnit => "changed unit",
            Slip::SwappedCurrency => "swapped currency",
            Slip::Invented => "invented",
            Slip::ChangedBound => "changed bound",
            Slip::ReversedDirection => "reversed direction",
        }
    }
}

/// One text with one error in it.
#[derive(Debug, Clone)]
pub struct Planted {
    pub slip: Slip,
    pub text: String,
    /// What was done, for the list of misses.
    pub what: String,
}

/// The words and signs of one language.
pub struct Planter {
    number: Regex,
    names: Regex,
    scales: &'static [(&'static str, &'static str)],
    units: Vec<(Regex, &'static str)>,
    currencies: Vec<(Regex, &'static str)>,
    words: &'static [&'static [&'static str]],
    inventions: &'static [&'static str],
    bounds: Vec<(Regex, &'static str)>,
    directions: Vec<(Regex, &'static str)>,
}

/// What one language brings.
struct Lexicon {
    number: &'static str,
    names: &'static str,
    scales: &'static [(&'static str, &'static str)],
    units: &'static [(&'static str, &'static str)],
    currencies: &'static [(&'static str, &'static str)],
    words: &'static [&'static [&'static str]],
    inventions: &'static [&'static str],
    bounds: &'static [(&'static str, &'static str)],
    directions: &'static [(&'static str, &'static str)],
}

const ENGLISH_NUMBER: &str = r"(?ix)
    (?P<currency> (?:C|US)? [$€£] )?
    (?P<sign> - )?
    (?P<digits> \d+ (?: ,\d{3} )* (?: \.\d+ )? )
    (?P<scale> [\ -]? (?: million | billion | trillion | thousand | bn | m ) \b )?
    (?P<after> \ ?% | (?: st|nd|rd|th|s ) \b )?
  | (?P<words> \b (?: WORDS ) (?: [\ -] (?: and\ )? (?: WORDS | one | million | billion | thousand | hundred ) )* \b )
  | (?P<code> \b [QH] ) (?P<part> [1-4] ) \b";

const FRENCH_NUMBER: &str = r"(?ix)
    (?P<sign> [+-]\ ? )?
    (?P<digits> \d+ (?: [\u{a0}\u{202f}]\d{3} \b )* (?: ,\d+ )? )
    (?P<scale> [\ \u{a0}] (?: millions? | milliards? | billions? | Md | M ) (?: \b | (?: €|\$ ) ) )?
    (?P<after> [\ \u{a0}\u{202f}]?% | (?: er|ère|e|ème|es ) \b | [\ \u{a0}] (?: €|\$ ) )?
  | (?P<words> \b (?: WORDS ) (?: [\ -] (?: et\ )? (?: WORDS | un | cents? | mille | millions? | milliards? ) )* \b )
  | (?P<code> \b [TS] ) (?P<part> [1-4] ) \b";

/// Lists within which one word may be mistaken for another.
const ENGLISH_WORDS: &[&[&str]] = &[
    &[
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
        "ninety",
    ],
    &["fourth", "fifth", "sixth", "seventh", "eighth"],
    &["doubled", "tripled", "halved"],
    &["fivefold", "tenfold"],
];

const FRENCH_WORDS: &[&[&str]] = &[
    &[
        "deux",
        "trois",
        "quatre",
        "cinq",
        "six",
        "sept",
        "huit",
        "neuf",
        "dix",
        "onze",
        "douze",
        "treize",
        "quinze",
        "seize",
        "vingt",
        "trente",
        "quarante",
        "cinquante",
        "soixante",
    ],
    &["quatrième", "cinquième", "sixième", "septième"],
    &["doublé", "triplé"],
    &["vingtaine", "trentaine", "cinquantaine"],
];

const ENGLISH_SCALES: &[(&str, &str)] = &[
    ("million", "billion"),
    ("billion", "million"),
    ("trillion", "billion"),
    ("thousand", "million"),
    ("bn", "m"),
    ("m", "bn"),
];

const FRENCH_SCALES: &[(&str, &str)] = &[
    ("millions", "milliards"),
    ("million", "milliard"),
    ("milliards", "millions"),
    ("milliard", "million"),
    ("Md", "M"),
    ("M", "Md"),
];

/// A unit right after a number, and the one that takes its place.
const ENGLISH_UNITS: &[(&str, &str)] = &[
    (r"\ ?%", " points"),
    (r"\ (?:percentage\ )?points\b", "%"),
    (r"\ basis\ points\b", "%"),
    (r"[\ -]kilomet(?:re|er)s?\b", " miles"),
    (r"\ km/h\b", " mph"),
    (r"[\ -]met(?:re|er)s?\b", " feet"),
    (r"[\ -]nanomet(?:re|er)s?\b", " millimetres"),
    (r"[\ -]millimet(?:re|er)s?\b", " centimetres"),
    (r"[\ -]megawatts?\b", " gigawatts"),
    (r"[\ -]gigawatts?\b", " megawatts"),
    (r"[\ -]watts?\b", " kilowatts"),
    (r"[\ -]terawatt-hours?\b", " gigawatt-hours"),
    (r"\ GWh\b", " MWh"),
    (r"\ TWh\b", " GWh"),
    (r"\ MW\b", " kW"),
    (r"\ GB\b", " TB"),
    (r"\ MB\b", " GB"),
    (r"\ TB/s\b", " GB/s"),
    (r"[\ -]terabytes?\b", " gigabytes"),
    (r"[\ -]petabytes?\b", " terabytes"),
    (r"[\ -]gigabits?\b", " megabits"),
    (r"\ GHz\b", " MHz"),
    (r"\ nm\b", " mm"),
    (r"\ ms\b", " s"),
    (r"\ milliseconds\b", " seconds"),
    (r"[\ -]months?\b", " years"),
    (r"[\ -]years?\b", " months"),
    (r"\ weeks?\b", " days"),
    (r"[\ -]days?\b", " weeks"),
    (r"\ hours?\b", " minutes"),
    (r"\ minutes?\b", " hours"),
    (r"\ tonnes\b", " kilograms"),
    (r"\ hectares\b", " acres"),
    (r"\ kg\b", " g"),
    (r"\ litres\b", " gallons"),
    (r"\ mAh\b", " Ah"),
    (r"[\ -]megapixels?\b", "-pixel"),
    (r"\ ?°C", "°F"),
    (r"\ (?:a|per)\ month\b", " a year"),
    (r"\ (?:a|per)\ year\b", " a month"),
];

const FRENCH_UNITS: &[(&str, &str)] = &[
    (r"[\ \u{a0}\u{202f}]%", " points"),
    (r"[\ \u{a0}]points?\ de\ base\b", " %"),
    (r"[\ \u{a0}]kilomètres?\b", " miles"),
    (r"[\ \u{a0}]mégawatts?\b", " gigawatts"),
    (r"[\ \u{a0}]GWh\b", " MWh"),
    (r"[\ \u{a0}]Go\b", " To"),
    (r"[\ \u{a0}]mois\b", " ans"),
    (r"[\ \u{a0}]ans?\b", " mois"),
    (r"[\ \u{a0}]semaines?\b", " jours"),
    (r"[\ \u{a0}]jours?\b", " semaines"),
    (r"[\ \u{a0}]heures?\b", " minutes"),
    (r"[\ \u{a0}]tonnes\b", " kilos"),
    (r"\ par\ mois\b", " par an"),
    (r"\ par\ an\b", " par mois"),
];

const ENGLISH_CURRENCIES: &[(&str, &str)] = &[
    (r"(?:C|US)?\$(\d)", "€${1}"),
    (r"€(\d)", "$$${1}"),
    (r"£(\d)", "€${1}"),
    (
        r"\b(million|billion|trillion|\d) (?:euros?|Swiss francs|Swedish kronor|rupees)\b",
        "${1} dollars",
    ),
    (
        r"\b(million|billion|trillion|\d) (?:dollars?|pounds?)\b",
        "${1} euros",
    ),
    (r"\b(million|billion|trillion|\d) (?:yen|won)\b", "${1} yuan"),
];

const FRENCH_CURRENCIES: &[(&str, &str)] = &[
    (r"\bd['’]euros?\b", "de dollars"),
    (r"\bde dollars?\b", "d'euros"),
    (r"(\d)[\u{a0} ]euros?\b", "${1} dollars"),
    (r"(\d)[\u{a0} ]dollars?\b", "${1} euros"),
    (r"€", "$$"),
    (r"\blivres sterling\b", "dollars"),
    (r"\byens\b", "yuans"),
];

const ENGLISH_INVENTIONS: &[&str] = &[
    "{a}.{b}%",
    "${a}.{b} million",
    "€{a} billion",
    "{a},{b}00 units",
    "in 19{a}",
    "{a} gigawatts",
    "thirteen-hundred",
    "{a} times",
    "{a} years",
];

const FRENCH_INVENTIONS: &[&str] = &[
    "{a},{b} %",
    "{a},{b} millions d'euros",
    "{a} milliards de dollars",
    "{a} 700 unités",
    "en 19{a}",
    "{a} mégawatts",
    "{a} fois",
];

/// Words that bound or direct the number after them, and what takes their place.
const ENGLISH_BOUNDS: &[(&str, &str)] = &[
    (
        r"\b(?:more than|at least)(?: (?:a|one|[$€£]?\d|WORDS))",
        "less than",
    ),
    (
        r"\b(?:less than|fewer than|up to)(?: (?:a|one|[$€£]?\d|WORDS))",
        "more than",
    ),
    (
        r"\b(?:nearly|almost|about|around|some)(?: (?:[$€£]?\d|WORDS))",
        "more than",
    ),
    (
        r"\b(?:more than|less than|fewer than|at least)(?: (?:[$€£]?\d|WORDS))",
        "precisely",
    ),
];

const FRENCH_BOUNDS: &[(&str, &str)] = &[
    (r"\b(?:plus de|au moins)(?: (?:\d|WORDS))", "moins de"),
    (r"\b(?:moins de|jusqu['’]à)(?: (?:\d|WORDS))", "plus de"),
    (r"\b(?:près de|environ|quelque)(?: (?:\d|WORDS))", "plus de"),
    (r"\b(?:plus de|moins de|au moins)(?: (?:\d|WORDS))", "exactement"),
];

const ENGLISH_DIRECTIONS: &[(&str, &str)] = &[
    (r"\bup(?: \d)", "down"),
    (r"\bdown(?: \d)", "up"),
    (
        r"\b(?:rose|jumped|gained|grew|climbed|surged)(?: (?:by )?\d)",
        "fell",
    ),
    (r"\b(?:fell|dropped|plunged|lost)(?: (?:by )?\d)", "rose"),
];

const FRENCH_DIRECTIONS: &[(&str, &str)] = &[
    (r"\ben hausse(?: de \d)", "en baisse"),
    (r"\ben (?:baisse|recul)(?: de \d)", "en hausse"),
    (r"\b(?:progressé|bondi|augmenté|gagné|grimpé)(?: de \d)", "reculé"),
    (r"\b(?:reculé|chuté|baissé|perdu)(?: de \d)", "progressé"),
];

pub static ENGLISH: LazyLock<Planter> = LazyLock::new(|| {
    Planter::new(&Lexicon {
        number: ENGLISH_NUMBER,
        names: r"CAC 40|CO2|Version 2|Calliope 2",
        scales: ENGLISH_SCALES,
        units: ENGLISH_UNITS,
        currencies: ENGLISH_CURRENCIES,
        words: ENGLISH_WORDS,
        inventions: ENGLISH_INVENTIONS,
        bounds: ENGLISH_BOUNDS,
        directions: ENGLISH_DIRECTIONS,
    })
});

pub static FRENCH: LazyLock<Planter> = LazyLock::new(|| {
    Planter::new(&Lexicon {
        number: FRENCH_NUMBER,
        names: r"CAC.40|CO2|[Vv]ersion.2|Calliope.2",
        scales: FRENCH_SCALES,
        units: FRENCH_UNITS,
        currencies: FRENCH_CURRENCIES,
        words: FRENCH_WORDS,
        inventions: FRENCH_INVENTIONS,
        bounds: FRENCH_BOUNDS,
        directions: FRENCH_DIRECTIONS,
    })
});

impl Planter {
    fn new(lexicon: &Lexicon) -> Planter {
        let words = lexicon.words.concat().join("|");
        let compile = |pattern: &str| Regex::new(&pattern.replace("WORDS", &words)).unwrap();
        let compile_all =
            |list: &[(&str, &'static str)], around: fn(&str) -> String| -> Vec<(Regex, &'static str)> {
                list.iter()
                    .map(|(pattern, other)| (compile(&around(pattern)), *other))
                    .collect()
            };
        let as_it_is: fn(&str) -> String = str::to_owned;
        Planter {
            number: compile(lexicon.number),
            names: compile(lexicon.names),
            scales: lexicon.scales,
            units: compile_all(lexicon.units, |unit| {
                format!(r"(?i)(\d|\b(?:WORDS|million|billion))({unit})")
            }),
            currencies: compile_all(lexicon.currencies, as_it_is),
            words: lexicon.words,
            inventions: lexicon.inventions,
            bounds: compile_all(lexicon.bounds, |words| words.replace("(?: ", "( ")),
            directions: compile_all(lexicon.directions, |words| words.replace("(?: ", "( ")),
        }
    }

    /// Every error that this text can have, one in each copy.
    pub fn plant(&self, text: &str) -> Vec<Planted> {
        let mut random = Random::seeded(text);
        let numbers: Vec<Captures> = self.numbers(text).collect();
        let mut planted = Vec::new();
        for number in &numbers {
            self.plant_in_number(text, number, &mut random, &mut planted);
        }
        self.plant_units(text, &mut planted);
        self.plant_currencies(text, &mut planted);
        self.plant_inventions(text, &numbers, &mut random, &mut planted);
        plant_before_numbers(Slip::ChangedBound, &self.bounds, text, &mut planted);
        plant_before_numbers(Slip::ReversedDirection, &self.directions, text, &mut planted);
        planted
    }

    /// The numbers of a text, those in names left out.
    fn numbers<'t>(&self, text: &'t str) -> impl Iterator<Item = Captures<'t>> {
        let names: Vec<_> = self.names.find_iter(text).map(|name| name.range()).collect();
        self.number.captures_iter(text).filter(move |number| {
            let start = number.get(0).map_or(0, |whole| whole.start());
            !names.iter().any(|name| name.contains(&start))
        })
    }

    fn plant_in_number(
        &self,
        text: &str,
        number: &Captures,
        random: &mut Random,
        planted: &mut Vec<Planted>,
    ) {
        let whole = number.get(0).unwrap();
        planted.push(edit(Slip::Dropped, text, whole.range(), ""));
        if let Some(digits) = number.name("digits") {
            for (at, digit) in digits.as_str().char_indices().filter(|(_, c)| c.is_ascii_digit()) {
                let other = random.other_digit(digit, at == 0);
                let at = digits.start() + at;
                planted.push(edit(Slip::ChangedDigit, text, at..at + 1, &other.to_string()));
            }
            match number.name("scale") {
                Some(scale) => planted.extend(self.swap_scale(text, scale)),
                None => planted.extend(shift_point(text, digits)),
            }
        }
        if let Some(part) = number.name("part") {
            let other = if part.as_str() == "1" { "2" } else { "1" };
            planted.push(edit(Slip::ChangedDigit, text, part.range(), other));
        }
        if let Some(words) = number.name("words") {
            self.plant_in_words(text, words, random, planted);
        }
    }

    fn swap_scale(&self, text: &str, scale: regex::Match) -> Option<Planted> {
        let word = scale.as_str().trim_matches(|c: char| !c.is_alphabetic());
        let (_, other) = self.scales.iter().find(|(this, _)| *this == word)?;
        let start = scale.start() + scale.as_str().find(word)?;
        Some(edit(Slip::ChangedScale, text, start..start + word.len(), other))
    }

    /// Changes each number word of a run (`thirty-five thousand`) to another of its list.
    fn plant_in_words(&self, text: &str, run: regex::Match, random: &mut Random, planted: &mut Vec<Planted>) {
        let mut at = run.start();
        for word in run.as_str().split_inclusive([' ', '-']) {
            let bare = word.trim_end_matches([' ', '-']);
            let lower = bare.to_lowercase();
            for list in self.words.iter().filter(|list| list.contains(&lower.as_str())) {
                let others: Vec<_> = list.iter().filter(|other| **other != lower).collect();
                let other = others[random.below(others.len())];
                planted.push(edit(Slip::ChangedDigit, text, at..at + bare.len(), other));
            }
            if let Some((_, other)) = self.scales.iter().find(|(this, _)| *this == lower) {
                planted.push(edit(Slip::ChangedScale, text, at..at + bare.len(), other));
            }
            at += word.len();
        }
    }

    fn plant_units(&self, text: &str, planted: &mut Vec<Planted>) {
        for (unit, other) in &self.units {
            for found in unit.captures_iter(text) {
                let range = found.get(2).unwrap().range();
                planted.push(edit(Slip::ChangedUnit, text, range, other));
            }
        }
    }

    fn plant_currencies(&self, text: &str, planted: &mut Vec<Planted>) {
        for (currency, other) in &self.currencies {
            for found in currency.captures_iter(text) {
                let mut replaced = String::new();
                found.expand(other, &mut replaced);
                planted.push(edit(
                    Slip::SwappedCurrency,
                    text,
                    found.get(0).unwrap().range(),
                    &replaced,
                ));
            }
        }
    }

    /// A made-up figure at every space that touches no number.
    fn plant_inventions(
        &self,
        text: &str,
        numbers: &[Captures],
        random: &mut Random,
        planted: &mut Vec<Planted>,
    ) {
        let near_number = |at: usize| {
            numbers.iter().any(|number| {
                let range = number.get(0).unwrap().range();
                range.start <= at + 2 && at <= range.end + 1
            })
        };
        for (at, _) in text.match_indices(' ').filter(|(at, _)| !near_number(*at)) {
            let pattern = self.inventions[random.below(self.inventions.len())];
            let (a, b) = (
                (61 + random.below(38)).to_string(),
                (1 + random.below(9)).to_string(),
            );
            let invented = format!(" {} ", pattern.replace("{a}", &a).replace("{b}", &b));
            planted.push(edit(Slip::Invented, text, at..at + 1, &invented));
        }
    }
}

/// Replaces words that stand before a number; the number is the first group.
fn plant_before_numbers(slip: Slip, list: &[(Regex, &str)], text: &str, planted: &mut Vec<Planted>) {
    for (words, other) in list {
        for found in words.captures_iter(text) {
            let (whole, number) = (found.get(0).unwrap(), found.get(1).unwrap());
            // `around 6 p.m.` has no value to bound.
            if CLOCK.is_match(text[number.start()..].trim_start()) {
                continue;
            }
            planted.push(edit(slip, text, whole.start()..number.start(), other));
        }
    }
}

/// `12,000` to `120,000` and `20.5` to `205`: the same digits, ten times as much. Years and other short
/// plain numbers are left alone.
fn shift_point(text: &str, digits: regex::Match) -> Option<Planted> {
    let number = digits.as_str();
    let point = number.char_indices().rev().find(|(_, c)| !c.is_ascii_digit());
    let shifted = match point {
        Some((at, mark)) if number.len() - at - mark.len_utf8() == 3 && number.len() >= 5 && mark != '.' => {
            // A group of three after a separator of thousands (a French decimal comma is none here: no
            // sentence has three decimals after a comma but for thousands in English).
            format!("{number}{mark}000")
        }
        Some((at, mark)) => {
            let fraction = &number[at + mark.len_utf8()..];
            let (first, rest) = fraction.split_at(1);
            let whole = if &number[..at] == "0" { "" } else { &number[..at] };
            if rest.is_empty() {
                format!("{whole}{first}")
            } else {
                format!("{whole}{first}{mark}{rest}")
            }
        }
        None => return None,
    };
    Some(edit(Slip::ChangedScale, text, digits.range(), &shifted))
}

fn edit(slip: Slip, text: &str, range: std::ops::Range<usize>, other: &str) -> Planted {
    let what = format!("“{}” -> “{other}” at byte {}", &text[range.clone()], range.start);
    Planted {
        slip,
        text: format!("{}{other}{}", &text[..range.start], &text[range.end..]),
        what,
    }
}

static CLOCK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\d{1,2}(:\d\d)? [ap]\.m\.").unwrap());

/// SplitMix64.
struct Random(u64);

impl Random {
    fn seeded(text: &str) -> Random {
        // FNV-1a.
        Random(text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn other_digit(&mut self, digit: char, leading: bool) -> char {
        loop {
            let other = char::from(b'0' + self.below(10) as u8);
            if other != digit && !(leading && other == '0') {
                return other;
            }
        }
    }
}
