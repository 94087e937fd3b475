//! Years, decades and centuries: a bare `2024` is a year or a count, as the words around it say.

use rust_decimal::Decimal;

use super::block::Block;
use super::date::{Dated, full_year, is_year, year_after};
use super::lexicon::{Card, Word};
use crate::record::Lang;

/// A bare year: `2024`, with what stands around it deciding between a year and a count.
pub(super) fn bare(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    if tokens.raw(i).len() != 4 || tokens.glued(i) && i > 0 && !opens_year(block, i) {
        return None;
    }
    let value: u32 = tokens.raw(i).parse().ok()?;
    let led = i > 0 && is_lead(block, i - 1);
    let known = is_year(value)
        || (1000..=2199).contains(&value) && i > 0 && block.is_one_of(i - 1, &["en", "in", "annee", "an"]);
    // `le PER 2026e`: as analysts expect it.
    if is_year(value) && tokens.glued(i + 1) && matches!(tokens.raw(i + 1), "e" | "E") {
        return Dated::new(i, i + 2, value.to_string());
    }
    // `Victor Hugo (1802-1885)`
    let opened = i > 0 && tokens.is_mark(i - 1, '(');
    let to = tokens.raw(i + 2);
    let lived = opened
        && matches!(tokens.mark(i + 1), Some('-' | '–'))
        && tokens.is_mark(i + 3, ')')
        && to.len() == 4
        && (1000..=2100).contains(&value)
        && to.parse().is_ok_and(|to: u32| to > value && to - value <= 200);
    if lived {
        let mut dated = Dated::new(i, i + 3, format!("{value}/{to}"))?;
        dated.range = true;
        return Some(dated);
    }
    if !known || continues_number(block, i) {
        return None;
    }
    // `l'Ebitda 2025`, `ses prévisions 2024`: no names, even in capitals.
    let accounts = i > 0
        && block.is_one_of(
            i - 1,
            &[
                "ebitda",
                "ebit",
                "ca",
                "bpa",
                "budget",
                "previsions",
                "resultats",
                "objectifs",
                "exercice",
                "financier",
                "guidance",
            ],
        );
    if !accounts && super::name::is_edition(block, i) {
        return None;
    }
    if let Some(dated) = year_to(block, i, value) {
        return Some(dated);
    }
    // `the growth overhang for 2025 amounts to 0.8%`: verbs, not what is counted.
    let verb = block.is_one_of(
        i + 1,
        &[
            "amounts", "stands", "comes", "remains", "points", "looks", "starts", "ends", "shows", "seems",
            "marks",
        ],
    ) && block.lang.function_words.has(tokens.fold(i + 2));
    let counted = !verb && super::noun::read(block, i + 1, super::noun::Want::PLURAL).is_some()
        || super::unit::read(tokens, i + 1, block.lang.lang).is_some()
            && tokens.spaced(i + 1)
            && !tokens.is_mark(i + 1, '\'');
    let article = i > 0
        && matches!(
            tokens.raw(i - 1),
            "les" | "Les" | "des" | "ces" | "quelque" | "environ" | "de" | "about" | "some"
        );
    // `reported 2024 sales of €88m`, `9.5 times 2025 EBITDA`
    let accounts = !block.lang.decimal_comma
        && block.is_one_of(
            i + 1,
            &[
                "sales", "revenue", "revenues", "ebitda", "ebit", "earnings", "profits", "results",
                "guidance", "targets", "levels",
            ],
        );
    if counted && !accounts && (!led || article) {
        return None;
    }
    let qualified = i > 0
        && block.lang.before.ending_at(tokens, i).is_some()
        && !led
        && !block.is_one_of(i - 1, &["des", "de"]);
    if qualified && !block.is_one_of(i - 1, &["dès", "des"]) && counted {
        return None;
    }
    Dated::new(i, i + 1, value.to_string())
}

fn opens_year(block: &Block<'_, '_>, i: usize) -> bool {
    if i >= 2
        && block.tokens.is_mark(i - 1, '-')
        && block.is_one_of(
            i - 2,
            &["mi", "mid", "late", "early", "debut", "fin", "pre", "post"],
        )
    {
        return true;
    }
    matches!(
        block.tokens.mark(i - 1),
        Some('(' | '[' | '«' | '"' | '“' | '’' | '\'' | '–' | '—' | '/' | '>')
    ) || block.tokens.raw(i - 1).ends_with(['\'', '’'])
}

/// Decimals, thousands, a unit or a currency follow.
fn continues_number(block: &Block<'_, '_>, i: usize) -> bool {
    let tokens = block.tokens;
    let next = i + 1;
    let decimals = matches!(tokens.mark(next), Some(',' | '.'))
        && tokens.glued(next)
        && tokens.is_number(next + 1)
        && tokens.glued(next + 1);
    let glued = tokens.glued(next) && (tokens.is_word(next) || tokens.is_number(next))
        || matches!(tokens.mark(next), Some('-' | '/'))
            && tokens.glued(next)
            && tokens.is_word(next + 1)
            && tokens.glued(next + 1)
            // `fin 2019-début 2020`
            && !block.is_one_of(next + 1, &["debut", "mi", "fin", "ete", "hiver", "printemps", "automne"]);
    let measured = matches!(tokens.mark(next), Some('%' | '€' | '$' | '£' | '°' | '²'))
        || matches!(block.word(next), Word::Cardinal(Card::Scale(_) | Card::Thousand))
        || super::currency::suffix(tokens, next, block.lang.lang).is_some()
        || tokens.fold(next) == "pour" && tokens.fold(next + 1) == "cent"
        || block.is_one_of(next, &["points", "fois"])
        || super::unit::read(tokens, next, block.lang.lang).is_some_and(|(unit, _)| {
            unit.kind != crate::record::FigureKind::Duration
                && tokens.spaced(next)
                && tokens.raw(next).len() > 1
        });
    decimals || glued || measured
}

pub(super) fn is_lead(block: &Block<'_, '_>, i: usize) -> bool {
    block.is_one_of(
        i,
        &[
            "en",
            "depuis",
            "annee",
            "fin",
            "debut",
            "mi",
            "exercice",
            "avant",
            "apres",
            "ici",
            "des",
            "an",
            "ete",
            "hiver",
            "printemps",
            "automne",
            "horizon",
            "jusque",
            "in",
            "since",
            "by",
            "during",
            "until",
            "year",
            "late",
            "early",
            "mid",
            "vers",
            "courant",
            "noel",
            "rentree",
        ],
    ) || matches!(block.word(i), Word::Month(_))
}

/// `2020 à 2024` after `de` or `entre`, `2020 et 2024` after `entre`.
fn year_to(block: &Block<'_, '_>, i: usize, from: u32) -> Option<Dated> {
    let tokens = block.tokens;
    let before = |words: &[&str]| i > 0 && block.is_one_of(i - 1, words);
    let to = before(&["de", "from"]) && block.is_one_of(i + 1, &["à", "a", "to"]);
    let and = before(&["entre", "between"]) && block.is_one_of(i + 1, &["et", "and"]);
    if !(to || and)
        || !tokens.is_number(i + 2)
        || tokens.raw(i + 2).len() != 4
        || continues_number(block, i + 2)
    {
        return None;
    }
    let last: u32 = tokens
        .raw(i + 2)
        .parse()
        .ok()
        .filter(|last| is_year(*last) && *last > from)?;
    Some(Dated {
        first: i,
        end: i + 3,
        period: format!("{from}/{last}"),
        range: true,
    })
}

/// `deux mille vingt-quatre` after `en`.
pub(super) fn spelled(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    if !(i > 0 && block.is_one_of(i - 1, &["en", "in"])) {
        return None;
    }
    let (year, end) = year_after(block, i);
    let year = year.filter(|year| is_year(*year))?;
    Dated::new(i, end, year.to_string())
}

/// `1980s`, `les 80s`.
pub(super) fn decade(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let raw = tokens.raw(i);
    if tokens.fold(i + 1) != "s" || !tokens.glued(i + 1) || !raw.ends_with('0') {
        return None;
    }
    let value: u32 = raw.parse().ok()?;
    match raw.len() {
        4 if is_year(value) => Dated::new(i, i + 2, format!("{}X", value / 10)),
        2 => Dated::new(i, i + 2, format!("{}X", full_year(value, 2) / 10)),
        _ => None,
    }
}

/// `in the eighties`.
pub(super) fn decade_name(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let decade = match block.tokens.fold(i) {
        "sixties" => "196X",
        "seventies" => "197X",
        "eighties" => "198X",
        "nineties" => "199X",
        _ => return None,
    };
    const LEADS: &[&str] = &[
        "in", "of", "since", "from", "during", "until", "late", "early", "mid", "to",
    ];
    let the = i > 1 && block.is_one_of(i - 1, &["the"]) && block.is_one_of(i - 2, LEADS);
    let part = i > 0 && block.is_one_of(i - 1, &["late", "early", "mid"]);
    (block.lang.lang == Lang::En && (the || part)).then(|| Dated::new(i, i + 1, decade.to_owned()))?
}

/// `années 1980`, `années 80`.
pub(super) fn decade_words(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    if tokens.raw(i).to_lowercase() != "années" && tokens.fold(i) != "annees" || !tokens.is_number(i + 1) {
        return None;
    }
    let raw = tokens.raw(i + 1);
    let value: u32 = raw.parse().ok()?;
    let range = matches!(tokens.mark(i + 2), Some('-' | '/')) && tokens.glued(i + 2);
    match raw.len() {
        _ if range => None,
        4 if is_year(value) && value.is_multiple_of(10) => Dated::new(i, i + 2, format!("{}X", value / 10)),
        2 if value.is_multiple_of(10) => Dated::new(i, i + 2, format!("{}X", full_year(value, 2) / 10)),
        _ => None,
    }
}

/// `XXIe siècle`.
pub(super) fn roman_century(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    if !block.is_one_of(i + 1, &["siecle", "siecles"]) {
        return None;
    }
    let numerals = tokens
        .fold(i)
        .strip_suffix("eme")
        .or_else(|| tokens.fold(i).strip_suffix('e'))?;
    let digit = |letter: u8| match letter {
        b'i' => Some(1),
        b'v' => Some(5),
        b'x' => Some(10),
        _ => None,
    };
    let mut total = 0;
    let mut last = 0;
    for letter in numerals.bytes().rev() {
        let value = digit(letter)?;
        total += if value < last { -value } else { value };
        last = last.max(value);
    }
    Dated::new(i, i + 2, century(total.into())?)
}

/// A century as its years: `20XX` is the twenty-first.
pub(super) fn century(ordinal: Decimal) -> Option<String> {
    let n = u32::try_from(ordinal).ok().filter(|n| (1..=30).contains(n))?;
    Some(format!("{:02}XX", n - 1))
}
