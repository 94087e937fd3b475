//! Directions that are told behind a figure: `5 % de hausse`, `3 points de moins`, `20% less`, `30 % plus cher`.

use super::block::Block;
use super::direction::differs;
use super::item::Item;
use crate::record::{Direction, FigureKind, Lang};

/// `5 % de hausse`, `3 points de moins`, `20 % de CO2 en moins`, `a 5% rise`, `20% less`.
pub(super) fn direction_after(block: &Block<'_, '_>, item: &Item) -> Option<Direction> {
    if block.lang.lang == Lang::En {
        return english_after(block, item);
    }
    // `moitié moins`, `quinze fois inférieur`
    let part = item.kind == FigureKind::Ratio && block.is_one_of(item.end - 1, &["moitie"]);
    match block.tokens.fold(item.end) {
        "moins" if part => return Some(Direction::Down),
        "plus" if part => return Some(Direction::Up),
        fold if item.kind == FigureKind::Multiple => {
            if let Some(direction) = differs(fold).filter(|_| fold != "cru") {
                return Some(direction);
            }
        }
        _ => {}
    }
    above(block, item)
        .or_else(|| of_more(block, item.end))
        .or_else(|| of_more(block, item.reach))
        .or_else(|| in_more(block, item))
        .or_else(|| compared(block, item))
}

fn english_after(block: &Block<'_, '_>, item: &Item) -> Option<Direction> {
    let fold = block.tokens.fold(item.end);
    let noun = matches!(
        fold,
        "rise"
            | "increase"
            | "growth"
            | "jump"
            | "gain"
            | "surge"
            | "fall"
            | "decline"
            | "drop"
            | "decrease"
            | "cut"
            | "slump"
            | "reduction"
            | "hike"
            | "higher"
            | "lower"
    );
    // `One firm in six cut staff`: a verb.
    let of_many =
        item.kind == FigureKind::Ratio && (item.first..item.end).any(|i| block.is_one_of(i, &["in"]));
    // `a £95m gain on the sale` is earned.
    let earned = fold == "gain" && item.kind == FigureKind::Money;
    if noun && !of_many && !earned {
        return block.lang.change.get(fold).copied();
    }
    // … `a third fewer handsets`
    let relative = matches!(
        item.kind,
        FigureKind::Percent | FigureKind::PercentagePoints | FigureKind::BasisPoints | FigureKind::Ratio
    );
    let than = block.is_one_of(item.end + 1, &["than", "in", "a"])
        && matches!(item.kind, FigureKind::Money | FigureKind::Count);
    // `at 213g, 11g lighter than the last one`
    let sized = item.kind == FigureKind::Quantity;
    let priced = relative || item.kind == FigureKind::Money;
    match fold {
        "more" if relative || than => Some(Direction::Up),
        "less" | "fewer" if relative || than => Some(Direction::Down),
        "dearer" | "pricier" if priced => Some(Direction::Up),
        "firmer" | "stronger" if relative => Some(Direction::Up),
        "cheaper" if priced => Some(Direction::Down),
        "lighter" | "thinner" | "shorter" | "smaller" | "narrower" if sized => Some(Direction::Down),
        "heavier" | "thicker" | "longer" | "larger" | "taller" | "wider"
            if sized && is_compared_with(block, item) =>
        {
            Some(Direction::Up)
        }
        "off" if (priced || relative) && is_taken_off(block, item) => Some(Direction::Down),
        "weaker" | "softer" if relative => Some(Direction::Down),
        "down" if relative && block.is_one_of(item.end + 1, &["on", "from"]) => Some(Direction::Down),
        "up" if relative && block.is_one_of(item.end + 1, &["on", "from"]) => Some(Direction::Up),
        _ => behind_comma(block, item.end),
    }
}

/// `11 mm longer than the last one`
fn is_compared_with(block: &Block<'_, '_>, item: &Item) -> bool {
    block.is_one_of(item.end + 1, &["than"]) || block.tokens.mark(item.end + 1).is_some()
}

/// `knocked £500 off the price`, `takes a third off`, but not `get 25% off`
fn is_taken_off(block: &Block<'_, '_>, item: &Item) -> bool {
    const VERBS: &[&str] = &[
        "knocked", "knocks", "knock", "takes", "took", "taking", "shaved", "shaves", "wiped", "slashed",
        "cut",
    ];
    let lead = item.full_first.checked_sub(1);
    lead.is_some_and(|i| block.is_one_of(i, VERBS))
}

/// `settled $1.12, or 1.7%, lower at $63.75`, `1.8 per cent (£6,600) less than in May`: behind what says the same in other
/// units; the figure ends before token `at`.
fn behind_comma(block: &Block<'_, '_>, at: usize) -> Option<Direction> {
    const REACH: usize = 9;
    let tokens = block.tokens;
    let opens = tokens.is_mark(at, '(') || tokens.is_mark(at, ',') && block.is_one_of(at + 1, &["or"]);
    let close = match opens {
        true => (at + 1..at + REACH).find(|&i| tokens.is_mark(i, ')') || tokens.stops(i, &[',']))?,
        false => at,
    };
    if !matches!(tokens.mark(close), Some(',' | ')')) {
        return None;
    }
    match tokens.fold(close + 1) {
        "lower" | "less" | "cheaper" | "weaker" => Some(Direction::Down),
        "higher" | "more" | "dearer" | "firmer" | "stronger" => Some(Direction::Up),
        _ => None,
    }
    .filter(|_| !block.is_one_of(close + 2, &["and", "or"]))
}

/// `8 % en dessous de la moyenne`, `40 % au-dessus de l'estimation`, `1,85 € au-dessus de son niveau`
fn above(block: &Block<'_, '_>, item: &Item) -> Option<Direction> {
    let tokens = block.tokens;
    let at = item.end + 1 + usize::from(tokens.is_mark(item.end + 1, '-'));
    let led = block.is_one_of(item.end, &["en", "à", "au"]) && block.is_one_of(at + 1, &["de"]);
    let amount =
        item.is_share() || item.kind == FigureKind::Money && item.numeral.scale == rust_decimal::Decimal::ONE;
    match tokens.fold(at) {
        "dessus" if led && amount => Some(Direction::Up),
        "dessous" if led && amount => Some(Direction::Down),
        _ => None,
    }
}

/// `de hausse`, `de moins` at token `i`.
fn of_more(block: &Block<'_, '_>, i: usize) -> Option<Direction> {
    let tokens = block.tokens;
    if !block.is_one_of(i, &["de"]) {
        return None;
    }
    // `21 % de plus de 65 ans` is no rise.
    if block.is_one_of(i + 2, &["de"])
        && !block.is_one_of(i + 3, &["ici"])
        && !block.lang.change.contains_key(tokens.fold(i + 1))
    {
        return None;
    }
    match tokens.fold(i + 1) {
        "plus" | "mieux" => Some(Direction::Up),
        "moins" => Some(Direction::Down),
        word @ ("hausse" | "croissance" | "progression" | "augmentation" | "baisse" | "recul" | "repli"
        | "chute" | "reduction" | "rabais" | "remise" | "diminution") => block.lang.change.get(word).copied(),
        _ => None,
    }
}

/// `20 % de CO2 en moins`, `300 emplois en plus`.
fn in_more(block: &Block<'_, '_>, item: &Item) -> Option<Direction> {
    let tokens = block.tokens;
    if item.kind == FigureKind::Multiple {
        return None;
    }
    let at = (item.end..item.end + 6).find(|&i| {
        block.is_one_of(i, &["en"])
            || !(tokens.is_word(i) || tokens.is_number(i) && tokens.glued(i))
            || block.lang.function_words.has(tokens.fold(i)) && !block.is_one_of(i, &["de", "le"])
    })?;
    if !block.is_one_of(at, &["en"]) || block.is_one_of(at + 2, &["de", "que"]) {
        return None;
    }
    match tokens.fold(at + 1) {
        "plus" => Some(Direction::Up),
        "moins" => Some(Direction::Down),
        _ => None,
    }
}

/// `30 % plus cher`, `10 % moins élevé`.
fn compared(block: &Block<'_, '_>, item: &Item) -> Option<Direction> {
    let compared = matches!(
        item.kind,
        FigureKind::Percent | FigureKind::PercentagePoints | FigureKind::Money | FigureKind::Quantity
    );
    if !compared {
        return None;
    }
    let adjective = block.tokens.fold(item.end + 1);
    let adjective = adjective.trim_end_matches('s').trim_end_matches('e');
    let large = matches!(
        adjective,
        "elev" | "haut" | "cher" | "chèr" | "nombreux" | "important" | "fort" | "grand"
    );
    let small = matches!(adjective, "bas" | "ba" | "faibl" | "petit");
    match (block.tokens.fold(item.end), large, small) {
        ("plus", true, _) | ("moins", _, true) => Some(Direction::Up),
        ("plus", _, true) | ("moins", true, _) => Some(Direction::Down),
        _ => None,
    }
}
