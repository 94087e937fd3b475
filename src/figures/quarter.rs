//! Quarters, halves and fiscal years: `T3 2025`, `3T25`, `premier semestre`, `exercice 2024-2025`.

use super::block::Block;
use super::date::{Dated, full_year, is_year, resolve, year_after};
use super::lexicon::{Card, Word};
use crate::record::Lang;

/// `3T25`, `3T 2025`, `1er trimestre 2025`, `2e semestre`, `9M 2025`.
pub(super) fn in_digits(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    if let Some(months) = first_months(block, i) {
        return Some(months);
    }
    let n: u32 = tokens.raw(i).parse().ok().filter(|n| (1..=4).contains(n))?;
    let letter = tokens.raw(i + 1);
    if tokens.glued(i + 1) && tokens.raw(i).len() == 1 && matches!(letter, "T" | "Q" | "S" | "H") {
        let half = matches!(letter, "S" | "H");
        if half && n > 2 {
            return None;
        }
        let (year, end) = code_year(block, i + 2);
        if year.is_none() && !(tokens.len() == 2 || matches!(letter, "T" | "Q")) {
            return None;
        }
        return Dated::new(i, end, part_of_year(block, year, n, half));
    }
    // `1er trimestre`
    let end = if tokens.is_word(i + 1)
        && tokens.glued(i + 1)
        && matches!(
            tokens.fold(i + 1),
            "er" | "e" | "eme" | "st" | "nd" | "rd" | "th" | "d"
        ) {
        i + 2
    } else {
        return None;
    };
    named_part(block, i, end, n)
}

/// `9M 2024`, `6M25`: so many months from January on.
fn first_months(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let months = tokens.raw(i);
    let code = matches!(months, "3" | "6" | "9" | "12") && tokens.raw(i + 1) == "M" && tokens.glued(i + 1);
    if !code {
        return None;
    }
    let (year, end) = code_year(block, i + 2);
    let year = year?;
    Some(Dated {
        first: i,
        end,
        period: format!("{year}-01/{year}-{months:0>2}"),
        range: true,
    })
}

/// `T3 2025`, `Q3`, `S1 2025`, `H1 2025`, `T1-2025`, `FY2025`.
pub(super) fn code(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let raw = tokens.raw(i);
    if matches!(raw, "FY") && (tokens.is_number(i + 1)) {
        let length = tokens.raw(i + 1).len();
        let value: u32 = tokens.raw(i + 1).parse().ok()?;
        let split = matches!(tokens.mark(i + 2), Some('/' | '-'))
            && tokens.glued(i + 2)
            && tokens.is_number(i + 3)
            && tokens.glued(i + 3);
        if split && length == 4 && tokens.raw(i + 3).len() == 2 {
            return Dated::new(
                i,
                i + 4,
                format!(
                    "FY{value}/{}",
                    value - value % 100 + tokens.raw(i + 3).parse::<u32>().ok()?
                ),
            );
        }
        return (length == 4 || length == 2)
            .then(|| Dated::new(i, i + 2, format!("FY{}", full_year(value, length))))?;
    }
    if !matches!(raw, "T" | "Q" | "S" | "H")
        || !tokens.glued(i + 1)
        || tokens.raw(i + 1).len() != 1
        || tokens.glued(i)
            && i > 0
            && tokens
                .mark(i - 1)
                .is_none_or(|mark| matches!(mark, '-' | '_' | '.' | '/'))
    {
        return None;
    }
    if raw == "T" && is_flat(block, i) {
        return None;
    }
    let n: u32 = tokens.raw(i + 1).parse().ok().filter(|n| (1..=4).contains(n))?;
    let half = matches!(raw, "S" | "H");
    if half && n > 2 || tokens.glued(i + 2) && (tokens.is_word(i + 2) || tokens.is_number(i + 2)) {
        return None;
    }
    // `T1-T3 2025`
    if matches!(tokens.mark(i + 2), Some('-' | '–'))
        && tokens.glued(i + 2)
        && tokens.raw(i + 3) == raw
        && tokens.glued(i + 3)
        && tokens.is_number(i + 4)
        && tokens.glued(i + 4)
        && let Some(last) = tokens
            .raw(i + 4)
            .parse()
            .ok()
            .filter(|last| (n + 1..=4).contains(last))
    {
        let (year, end) = code_year(block, i + 5);
        let from = part_of_year(block, year.clone(), n, half);
        let to = part_of_year(block, year, last, half);
        return Some(Dated {
            first: i,
            end,
            period: format!("{from}/{to}"),
            range: true,
        });
    }
    let (year, end) = code_year(block, i + 2);
    // `H1` alone is a code as often as a half.
    let alone = year.is_none();
    // … but `au S1` is when.
    let when = raw == "S" && i > 0 && matches!(tokens.raw(i - 1), "au" | "Au");
    if alone && (half && !when || tokens.is_mark(i + 2, '-') && tokens.glued(i + 2)) {
        return None;
    }
    Dated::new(i, end, part_of_year(block, year, n, half))
}

/// `un T2`, `les petits T3`, `T4 de 85 m²`: flats by their rooms.
fn is_flat(block: &Block<'_, '_>, i: usize) -> bool {
    let tokens = block.tokens;
    const BEFORE: &[&str] = &[
        "un",
        "Un",
        "les",
        "Les",
        "des",
        "Des",
        "petit",
        "petits",
        "grand",
        "grands",
        "appartement",
        "appartements",
        "logement",
        "logements",
    ];
    let measured =
        block.is_one_of(i + 2, &["de"]) && tokens.is_number(i + 3) && tokens.raw(i + 4).starts_with('m');
    // `du T1 au T5`
    let many = tokens.raw(i + 3) == "T"
        && block.is_one_of(i + 2, &["à", "au"])
        && !matches!(tokens.raw(i + 4), "1" | "2" | "3" | "4");
    measured || many || i > 0 && BEFORE.contains(&tokens.raw(i - 1))
}

/// The year after a quarter: ` 2025`, `-2025`, `/25`, `25` glued, `de 2025`, `de l'exercice 2024-2025`.
fn code_year(block: &Block<'_, '_>, i: usize) -> (Option<String>, usize) {
    let tokens = block.tokens;
    if matches!(tokens.mark(i), Some('-' | '/' | '’' | '\'' | '.'))
        && tokens.is_number(i + 1)
        && tokens.glued(i + 1)
    {
        let length = tokens.raw(i + 1).len();
        let value: u32 = tokens.raw(i + 1).parse().unwrap_or_default();
        if length == 4 && is_year(value) || length == 2 {
            return (Some(full_year(value, length).to_string()), i + 2);
        }
    }
    if tokens.is_number(i) && tokens.glued(i) && tokens.raw(i).len() == 2 {
        return (
            Some(full_year(tokens.raw(i).parse().unwrap_or_default(), 2).to_string()),
            i + 1,
        );
    }
    fiscal_year_at(block, i)
}

/// ` 2025`, `de 2025`, `de l'exercice 2024-2025`, `of fiscal 2025`.
fn fiscal_year_at(block: &Block<'_, '_>, i: usize) -> (Option<String>, usize) {
    let tokens = block.tokens;
    let mut at = i;
    let mut fiscal = false;
    if block.is_one_of(at, &["de", "of"]) {
        at += 1;
        if block.is_one_of(at, &["le", "son", "the", "its"]) {
            at += 1;
        }
    }
    while block.is_one_of(
        at,
        &[
            "exercice",
            "annee",
            "fiscal",
            "fiscale",
            "year",
            "financial",
            "comptable",
            "decale",
            "calendaire",
        ],
    ) {
        fiscal |= matches!(tokens.fold(at), "exercice" | "fiscal" | "fiscale" | "financial");
        at += 1;
    }
    match year_after(block, at) {
        (Some(year), end) if is_year(year) => {
            let span = matches!(tokens.mark(end), Some('-' | '/' | '–'))
                && tokens.glued(end)
                && tokens.is_number(end + 1)
                && tokens.glued(end + 1);
            let prefix = if fiscal { "FY" } else { "" };
            if span && matches!(tokens.raw(end + 1).len(), 2 | 4) {
                let value: u32 = tokens.raw(end + 1).parse().unwrap_or_default();
                let last = if tokens.raw(end + 1).len() == 2 {
                    year - year % 100 + value
                } else {
                    value
                };
                if last == year + 1 {
                    return (Some(format!("{prefix}{year}/{last}")), end + 2);
                }
            }
            (Some(format!("{prefix}{year}")), end)
        }
        _ => (None, i),
    }
}

fn part_of_year(block: &Block<'_, '_>, year: Option<String>, n: u32, half: bool) -> String {
    let letter = if half { 'H' } else { 'Q' };
    match year {
        Some(year) => format!("{year}-{letter}{n}"),
        None => resolve(block, format!("XXXX-{letter}{n}")),
    }
}

/// `premier trimestre 2025`, `first half of 2024`.
pub(super) fn in_words(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let Word::Ordinal(Card::Unit(n @ 1..=4)) = block.word(i) else {
        return None;
    };
    let at = block.words().joined(i + 1);
    named_part(block, i, at, n.into())
}

/// `trimestre` or `semestre` at `at`, after its number.
fn named_part(block: &Block<'_, '_>, first: usize, mut at: usize, n: u32) -> Option<Dated> {
    if block.is_one_of(at, &["fiscal", "calendar"]) {
        at += 1;
    }
    let half = match block.tokens.fold(at) {
        "trimestre" | "quarter" => false,
        "semestre" if n <= 2 => true,
        "half" if n <= 2 && block.lang.lang == Lang::En => true,
        _ => return None,
    };
    let mut end = at + 1;
    if block.is_one_of(end, &["fiscal", "comptable", "calendaire"]) {
        end += 1;
    }
    let (year, end) = match fiscal_year_at(block, end) {
        (None, _) => (None, at + 1),
        found => found,
    };
    // `first half of the match` is no half-year.
    if half
        && year.is_none()
        && block.lang.lang == Lang::En
        && block.is_one_of(end, &["of"])
        && !block.is_one_of(end + 2, &["year"])
    {
        return None;
    }
    Dated::new(first, end, part_of_year(block, year, n, half))
}

/// `exercice 2024`, `année fiscale 2025`, `fiscal 2025`, `exercice 2024-2025`.
pub(super) fn fiscal(block: &Block<'_, '_>, i: usize) -> Option<Dated> {
    let tokens = block.tokens;
    let mut at = i + 1;
    match tokens.fold(i) {
        "exercice" | "exercices" => {
            while block.is_one_of(at, &["fiscal", "comptable", "annuel", "decale"]) {
                at += 1;
            }
        }
        "annee" if block.is_one_of(at, &["fiscale"]) => at += 1,
        "fiscal" | "financial" => {
            if block.is_one_of(at, &["year"]) {
                at += 1;
            }
        }
        _ => return None,
    }
    let (year, end) = fiscal_year_at(block, at);
    let year = year?;
    Dated::new(i, end, format!("FY{year}"))
}
