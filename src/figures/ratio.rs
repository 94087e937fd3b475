//! `un salarié sur cinq`, `8 sur 10`, `one in five`, `4,5/5`.

use rust_decimal::Decimal;

use super::block::Block;
use super::digits::{self, Reading};
use super::item::Item;
use super::lexicon::Word;
use super::numeral::{Form, Numeral, ratio};
use crate::record::{FigureKind, Lang};

/// Words that make `8 sur 10` a score rather than a share.
const SCORES: &[&str] = &[
    "note",
    "notes",
    "noter",
    "notee",
    "score",
    "scores",
    "etoile",
    "etoiles",
    "evaluation",
    "rated",
    "rating",
    "indice",
    "index",
    "verdict",
];

/// Turns `item` into a ratio or a score where `sur n` follows it or its noun.
pub(super) fn out_of(block: &Block<'_, '_>, item: &mut Item) {
    let (Some((below, end)), Some(value)) = (denominator(block, item), item.value) else {
        return;
    };
    let stars = block.is_one_of(item.numeral.end, &["etoiles", "etoile"]);
    let score = block.is_score(item.first) || item.numeral.decimals || stars;
    if score {
        item.kind = FigureKind::Index;
        item.unit = Some(format!("/{}", below.normalize()).into());
    } else {
        let Some(share) = ratio(value, below) else { return };
        item.kind = FigureKind::Ratio;
        item.value = Some(share);
        item.unit = None;
    }
    item.bare = false;
    item.extend_to(end);
}

/// `l'indice PMI ressort à 48,5`, `une magnitude de 7,1`: a bare number after the word for a scale.
pub(super) fn is_index_level(block: &Block<'_, '_>, item: &Item) -> bool {
    const SCALES: &[&str] = &[
        "indice",
        "pmi",
        "magnitude",
        "barometre",
        "index",
        "ifo",
        "zew",
        "score",
    ];
    let linked =
        item.first > 0 && block.is_one_of(item.first - 1, &["à", "de", "magnitude", "at", "to", "of"]);
    let bare = item.bare && item.kind == FigureKind::Count && item.numeral.scale == Decimal::ONE && linked;
    bare && (1..=12)
        .map_while(|back| item.first.checked_sub(back))
        .take_while(|&i| !block.tokens.is_number(i) && !matches!(block.tokens.mark(i), Some('.' | ';')))
        .any(|i| SCALES.contains(&block.tokens.fold(i)))
}

/// `un rapport de un à quinze`
pub(super) fn is_proportion(block: &Block<'_, '_>, item: &Item) -> bool {
    let of = item
        .first
        .checked_sub(1)
        .filter(|&i| block.is_one_of(i, &["de", "of"]));
    let from_one = item.min == Some(Decimal::ONE) && item.max.is_some() && item.kind == FigureKind::Count;
    from_one
        && of
            .and_then(|of| of.checked_sub(1))
            .is_some_and(|i| block.is_one_of(i, &["rapport", "ratio", "proportion"]))
}

/// `neuf fois sur dix`.
pub(super) fn times_out_of(block: &Block<'_, '_>, item: &mut Item) -> bool {
    let out = block.lang.lang == Lang::En
        && block.is_one_of(item.end, &["out"])
        && block.is_one_of(item.end + 1, &["of"]);
    if !out && !block.is_one_of(item.end, &["sur"]) {
        return false;
    }
    let whole = item.end + 1 + usize::from(out);
    let (Some(below), Some(value)) = (number(block, whole), item.value) else {
        return false;
    };
    if below.value <= value || below.scale != Decimal::ONE {
        return false;
    }
    item.kind = FigureKind::Ratio;
    item.value = ratio(value, below.value);
    item.extend_to(below.end);
    item.value.is_some()
}

/// `six jours sur sept`, `deux nuits sur trois`, `trois euros sur cent`: of as much of the same.
pub(super) fn measure_out_of(block: &Block<'_, '_>, item: &mut Item) -> bool {
    const TIMES: &[&str] = &["day", "night", "week", "month", "year", "hour"];
    let timed =
        item.kind == FigureKind::Duration && TIMES.contains(&item.unit.as_deref().unwrap_or_default());
    // `trois euros sur cent`
    let spent = item.kind == FigureKind::Money
        && item.numeral.scale == Decimal::ONE
        && item.numeral.form == Form::Words;
    if !(timed || spent) || !block.lang.decimal_comma || !block.is_one_of(item.end, &["sur"]) {
        return false;
    }
    let (Some(below), Some(value)) = (number(block, item.end + 1), item.value) else {
        return false;
    };
    // `trois mois sur dix ans`, `deux ans sur 400 hectares`
    let alone = super::unit::read(block.tokens, below.end, block.lang.lang).is_none()
        && stands_alone(block, below.end)
        && super::currency::suffix(block.tokens, below.end, block.lang.lang).is_none();
    let told = match timed {
        true => below.value <= Decimal::from(31),
        false => [10, 20, 100, 1_000]
            .iter()
            .any(|whole| below.value == Decimal::from(*whole)),
    };
    let share = ratio(value, below.value).filter(|_| told && alone && value < below.value);
    if share.is_none() {
        return false;
    }
    (item.kind, item.value, item.unit) = (FigureKind::Ratio, share, None);
    (item.currency, item.ambiguous) = (None, false);
    item.extend_to(below.end);
    true
}

/// `sur n` follows the bare number.
pub(super) fn is_out_of(block: &Block<'_, '_>, item: &Item) -> bool {
    denominator(block, item).is_some()
}

/// The number after `sur`, and one past it.
fn denominator(block: &Block<'_, '_>, item: &Item) -> Option<(Decimal, usize)> {
    let counted = item.kind == FigureKind::Count
        && item.numeral.scale == Decimal::ONE
        && item.numeral.form != Form::About;
    if !counted || item.value.is_none_or(|value| value < Decimal::ZERO) {
        return None;
    }
    let at = link(block, item)?;
    let below = number(block, at)?;
    let of = at - usize::from(block.is_one_of(at.saturating_sub(1), &["every"]));
    let out_of = block.lang.lang == Lang::En && of > 1 && block.is_one_of(of - 2, &["out"]);
    // `One girl in four opens it`
    let one_of = one_in(block, item) && is_before_verb(block, below.end);
    let direct =
        block.is_one_of(item.end, &["sur", "in", "of", "out"]) || out_of || one_of || is_scored(block, item);
    // `12 banques sur 30`, but neither `2 500 salariés sur 11 000` nor `35 sur 644`.
    let several = item.value.is_some_and(|value| value > Decimal::ONE) && below.value <= Decimal::ONE_HUNDRED;
    let whole = several || is_common_whole(below.value);
    // `une chance sur 43 000`
    let odds = block.is_one_of(item.end, &["chance", "risque"]);
    let one = item.value == Some(Decimal::ONE);
    if !(direct && (whole || one) || odds || whole && stands_alone(block, below.end)) {
        return None;
    }
    let whole_word = block.is_one_of(at, &["a"]);
    if below.scale != Decimal::ONE && !whole_word
        || below.value == Decimal::ZERO
        || item.value.is_none_or(|value| value > below.value)
    {
        return None;
    }
    // `deux projets sur trois ans`, `3 sites sur 12 hectares`: a measure is no whole.
    let tokens = block.tokens;
    let measured = super::unit::read(tokens, below.end, block.lang.lang).is_some()
        || matches!(tokens.mark(below.end), Some('%' | '€' | '$'))
        || super::currency::suffix(tokens, below.end, block.lang.lang).is_some();
    (!measured).then_some((below.value, below.end))
}

/// The wholes that shares are told of: `un salarié sur cinq`, but not `2 500 salariés sur 11 000`.
fn is_common_whole(value: Decimal) -> bool {
    const WHOLES: &[u32] = &[
        2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 50, 100, 1_000, 10_000, 100_000, 1_000_000,
    ];
    WHOLES.iter().any(|whole| value == Decimal::from(*whole))
}

/// `9 in 100`
fn is_round(value: Decimal) -> bool {
    [10, 100, 1_000, 10_000, 100_000]
        .iter()
        .any(|round| value == Decimal::from(*round))
}

/// No noun is counted by the number that ends before token `i`: `deux usines sur trois sites` is no share, `neuf foyers sur dix
/// raccordables` is.
fn stands_alone(block: &Block<'_, '_>, i: usize) -> bool {
    let want = super::noun::Want::PLURAL;
    let raw = block.tokens.raw(i);
    let adjective = ["ables", "ibles", "és", "ées"]
        .iter()
        .any(|ending| raw.ends_with(ending));
    adjective && block.lang.decimal_comma || super::noun::read(block, i, want).is_none()
}

/// `One girl in four`, in English.
fn one_in(block: &Block<'_, '_>, item: &Item) -> bool {
    block.lang.lang == Lang::En && item.numeral.form == Form::Words && item.value == Some(Decimal::ONE)
}

/// A verb stands at token `i`, and no plural: `opens it`, `says the app`, `cut staff`, `skipped meals`.
fn is_before_verb(block: &Block<'_, '_>, i: usize) -> bool {
    const OBJECTS: &[&str] = &[
        "it", "them", "him", "her", "the", "a", "an", "their", "its", "his", "this", "that", "to", "no",
        "not", "at",
    ];
    const VERBS: &[&str] = &[
        "cut", "put", "set", "hit", "lost", "left", "went", "got", "made", "took", "kept", "spent", "gave",
        "fell", "saw", "felt", "knew", "found", "told", "paid", "used",
    ];
    block.tokens.fold(i).ends_with('s') && block.is_one_of(i + 1, OBJECTS)
        || block.tokens.fold(i).ends_with("ed")
        || block.is_one_of(i, VERBS)
}

/// `un contrat portant sur 100 puces` is about them; `un emploi créé sur trois` is a share.
fn is_about(block: &Block<'_, '_>, words: std::ops::Range<usize>) -> bool {
    words.skip(1).any(|i| {
        let raw = block.tokens.raw(i);
        raw.ends_with("ant") || raw.ends_with('é') | raw.ends_with("ée") && block.tokens.is_number(i + 2)
    })
}

/// `7,2/10`: a score; whole numbers with a stroke are read as fractions before.
fn is_scored(block: &Block<'_, '_>, item: &Item) -> bool {
    let tokens = block.tokens;
    let at = item.numeral.end;
    item.numeral.decimals
        && tokens.is_mark(at, '/')
        && tokens.glued(at)
        && tokens.glued(at + 1)
        && matches!(tokens.raw(at + 1), "5" | "10" | "20" | "100")
}

/// The token after `sur` that follows the number itself or its noun.
fn link(block: &Block<'_, '_>, item: &Item) -> Option<usize> {
    if is_scored(block, item) {
        return Some(item.numeral.end + 1);
    }
    let words: &[&str] = match block.lang.lang {
        Lang::En => &["in", "of", "out"],
        _ => &["sur"],
    };
    let mut at = item.reach;
    if !block.is_one_of(at, words) {
        // `neuf puces avancées sur dix`
        let plural = |i: usize| {
            block.tokens.is_word(i)
                && block.tokens.fold(i).ends_with(['s', 'x'])
                && !block.lang.function_words.has(block.tokens.fold(i))
        };
        let mut words_between = (0..3).take_while(|k| plural(at + k)).count();
        // `sept dirigeants du CAC 40 sur dix`
        // … or `trois zones de disponibilité sur quatre`
        let of = |i: usize| {
            let small = item.numeral.form == Form::Words && block.tokens.is_word(i + 1);
            block.is_one_of(i, &["de", "du", "des"]) && (block.tokens.is_capital(i + 1) || small)
        };
        if words_between == 0 && of(at) {
            words_between = if block.tokens.is_number(at + 2) { 3 } else { 2 };
        }
        let sur = at + words_between;
        // `8 emplois repris sur 73`
        let done = words_between == 1
            && ["is", "és", "ées"]
                .iter()
                .any(|ending| block.tokens.raw(at).ends_with(ending));
        let most = if done { Decimal::ONE_HUNDRED } else { Decimal::TEN };
        let small = number(block, sur + 1).is_some_and(|n| n.value <= most);
        if block.lang.decimal_comma && words_between > 0 && small && block.is_one_of(sur, words) {
            return Some(sur + 1);
        }
        // `un salarié sur cinq`: `un` is no number of its own, so its noun has not been read.
        let written = matches!(item.numeral.form, Form::Words | Form::Digits);
        let counted = item.numeral.form == Form::Digits;
        let article = (item.bare || counted) && written && item.numeral.value == Decimal::ONE;
        if !article {
            return None;
        }
        // `1 achat en ligne sur 20`
        at = at.min(item.numeral.end);
        // `un Airbus A321 sur cinq`: a number of a name is part of it.
        let in_name = |k: usize| block.tokens.is_number(k) && block.tokens.glued(k);
        let hyphen = |k: usize| block.tokens.is_mark(k, '-') && block.tokens.glued(k);
        at = (1..=7)
            .map(|k| at + k)
            .find(|&k| block.is_one_of(k, words) || !(block.tokens.is_word(k) || in_name(k) || hyphen(k)))?;
        let far = at > item.numeral.end + 4;
        if far && number(block, at + 1).is_none_or(|n| n.value > Decimal::TEN) {
            return None;
        }
        if !block.is_one_of(at, words) || is_about(block, item.end..at) {
            return None;
        }
    }
    if block.lang.lang == Lang::En {
        let fold = block.tokens.fold(at);
        return match fold {
            "out" if block.is_one_of(at + 1, &["of"]) => {
                let every = block.is_one_of(at + 2, &["every"]);
                Some(at + 2 + usize::from(every))
            }
            "in" if item.numeral.form == Form::Words
                || item.numeral.value == Decimal::ONE
                || number(block, at + 1).is_some_and(|below| is_round(below.value)) =>
            {
                let every = block.is_one_of(at + 1, &["every"]);
                Some(if every { at + 2 } else { at + 1 })
            }
            _ => None,
        };
    }
    Some(at + 1)
}

pub(super) fn number(block: &Block<'_, '_>, i: usize) -> Option<Numeral> {
    if block.tokens.is_number(i) {
        return match digits::read(block.tokens, i, block.lang.decimal_comma) {
            Reading::Number(numeral)
                if !numeral.decimals && !block.tokens.glued(numeral.end)
                    || matches!(
                        block.tokens.mark(numeral.end),
                        Some('.' | ',' | ')' | ';' | ':' | '»' | '!' | '?')
                    ) =>
            {
                Some(numeral)
            }
            _ => None,
        };
    }
    // `one in a thousand`
    let a = block.lang.lang == Lang::En
        && block.is_one_of(i, &["a"])
        && block.is_one_of(i + 1, &["hundred", "thousand", "million"]);
    (a || matches!(block.word(i), Word::Cardinal(_)))
        .then(|| block.words().read(i))?
        .filter(|n| n.form == Form::Words)
}

impl Block<'_, '_> {
    /// A word like `note` stands shortly before token `i`.
    pub(super) fn is_score(&self, i: usize) -> bool {
        (1..=6)
            .map_while(|back| i.checked_sub(back))
            .any(|k| SCORES.contains(&self.tokens.fold(k)))
    }

    /// The bytes `start..end` of the block.
    pub(super) fn slice(&self, start: usize, end: usize) -> String {
        self.tokens.text().get(start..end).unwrap_or_default().to_owned()
    }
}
