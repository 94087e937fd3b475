//! The words around a figure: qualifiers (`plus de`, `environ les`) and directions (`en hausse de`).

use super::block::Block;
use super::item::Item;
use crate::record::{Direction, FigureKind, Lang, Qualifier};

/// Reads the qualifier and the direction of `item`. `floor` is the end of the figure before it,
/// `ceiling` the beginning of the one after it.
pub(super) fn qualify(block: &Block<'_, '_>, item: &mut Item, floor: usize, ceiling: usize) {
    if item.kind == FigureKind::Date {
        return;
    }
    if !matches!(item.qualifier, Qualifier::Range | Qualifier::Multiple) {
        before(block, item, floor);
        after(block, item, ceiling);
    } else if let Some((first, Qualifier::Approx)) =
        leading(block, item.full_first).filter(|(first, _)| *first >= floor)
    {
        item.full_first = first;
    }
    item.direction = direction(block, item, floor).or_else(|| direction_after(block, item));
}

fn before(block: &Block<'_, '_>, item: &mut Item, floor: usize) {
    let Some((first, qualifier)) = leading(block, item.full_first) else {
        return;
    };
    if first < floor || !fits(block, item, first, qualifier) {
        return;
    }
    // `pas plus de`, `jusqu'à près de`: one more phrase may turn or keep the meaning.
    item.full_first = first;
    set(item, qualifier);
}

/// The phrase that ends at `at`, or before an article that stands there (`environ les 2/3`).
fn leading(block: &Block<'_, '_>, at: usize) -> Option<(usize, Qualifier)> {
    let tokens = block.tokens;
    let direct = block.lang.before.ending_at(tokens, at);
    if direct.is_some() {
        return direct;
    }
    let article = at
        .checked_sub(1)
        .filter(|&i| block.is_one_of(i, &["le", "la", "les", "un", "une", "the", "a"]))?;
    let adverbs = [
        "desormais",
        "deja",
        "aujourd",
        "largement",
        "encore",
        "maintenant",
        "allegrement",
        "now",
        "already",
    ];
    let adverb = article.checked_sub(1).filter(|&i| block.is_one_of(i, &adverbs));
    block
        .lang
        .before
        .ending_at(tokens, article)
        .or_else(|| block.lang.before.ending_at(tokens, adverb?))
}

/// Phrases that mean something else before some figures.
fn fits(block: &Block<'_, '_>, item: &Item, first: usize, qualifier: Qualifier) -> bool {
    let tokens = block.tokens;
    let before = |words: &[&str]| first > 0 && block.is_one_of(first - 1, words);
    match (tokens.fold(first), qualifier) {
        // `en plus de 500 salariés`, `ne reste plus que 10`
        ("plus", Qualifier::MoreThan) if tokens.fold(first + 1) == "que" => !(1..=4)
            .map_while(|back| first.checked_sub(back))
            .any(|i| tokens.fold(i) == "ne"),
        ("plus", Qualifier::MoreThan) => !before(&["en"]),
        // `sous les deux gouvernements`
        ("sous", Qualifier::LessThan) if tokens.fold(first + 1) != "la" => item.kind != FigureKind::Count,
        // `over two years` is how long, `with over 30 years` how much.
        ("over", _) => {
            item.kind != FigureKind::Duration
                || before(&["with", "for", "of", "has", "have", "had", "lasted", "took"])
        }
        ("some", _) => item
            .value
            .is_some_and(|value| value >= rust_decimal::Decimal::TEN),
        _ => true,
    }
}

fn after(block: &Block<'_, '_>, item: &mut Item, ceiling: usize) {
    if !matches!(item.qualifier, Qualifier::Exact) {
        return;
    }
    for at in [item.end, item.reach] {
        if at >= ceiling {
            continue;
        }
        if let Some((end, qualifier)) = block.lang.after.starting_at(block.tokens, at)
            && end <= ceiling
            // `10 salariés au plus fort de la crise`, `5 % environ les`
            && !block.is_one_of(end, &["de", "que", "fort", "haut", "bas", "tard", "tot", "vite", "grand", "forte", "of", "than"])
        {
            item.full_end = end;
            item.reach = item.reach.max(end);
            set(item, qualifier);
            return;
        }
    }
}

fn set(item: &mut Item, qualifier: Qualifier) {
    match qualifier {
        Qualifier::MoreThan | Qualifier::AtLeast => item.min = item.value,
        Qualifier::LessThan | Qualifier::AtMost => item.max = item.value,
        Qualifier::Exact if item.qualifier == Qualifier::Approx => return,
        _ => {}
    }
    item.qualifier = qualifier;
}

/// The noun or verb of change that introduces the figure.
fn direction(block: &Block<'_, '_>, item: &Item, floor: usize) -> Option<Direction> {
    if matches!(
        item.kind,
        FigureKind::Ordinal | FigureKind::Age | FigureKind::Date
    ) {
        return None;
    }
    let tokens = block.tokens;
    let mut at = item.full_first.checked_sub(1)?;
    // The factor of `divisé par deux` carries its own.
    let linked = match block.lang.lang {
        Lang::En => block.is_one_of(at, &["by", "of", "some"]),
        _ => {
            block.is_one_of(at, &["de"])
                || item.full_first < item.first && block.is_one_of(item.full_first, &["de"])
        }
    };
    if linked && block.is_one_of(at, &["de", "by", "of", "some"]) {
        at = at.checked_sub(1)?;
    }
    // `n'a gagné que 0,6 %`
    if !linked && at > 0 && block.is_one_of(at, &["que", "only", "just"]) {
        at -= 1;
    }
    let reach = if linked { 8 } else { 1 };
    for back in 0..reach {
        let i = at.checked_sub(back).filter(|&i| i >= floor)?;
        if tokens
            .mark(i)
            .is_some_and(|mark| !matches!(mark, '-' | '\'' | '’'))
            || tokens.is_number(i)
        {
            return None;
        }
        if let Some(direction) = block.lang.change.get(tokens.fold(i)) {
            // `makes up 2/3`
            let phrasal = tokens.fold(i) == "up"
                && i > 0
                && block.is_one_of(
                    i - 1,
                    &[
                        "make", "makes", "made", "making", "set", "sets", "end", "ended", "take", "takes",
                    ],
                );
            if phrasal {
                return None;
            }
            // `relève 1,25 milliard sur le marché` raises money; `perd 2 euros` falls.
            const INTRANSITIVE: &[&str] = &[
                "perd", "ced", "lach", "abandon", "recul", "grimp", "progress", "chut", "bond", "devis",
                "avanc", "up", "down", "fell", "rose", "gain", "los", "drop", "jump", "climb", "shed",
                "slip", "add",
            ];
            let amount = matches!(
                item.kind,
                FigureKind::Money | FigureKind::Count | FigureKind::Quantity
            );
            if !linked && amount && !INTRANSITIVE.iter().any(|stem| tokens.fold(i).starts_with(stem)) {
                return None;
            }
            // `gagner 3 000 euros` is earning, `gagner 3 %` rising.
            let earned = tokens.fold(i).starts_with("gagn")
                && matches!(
                    item.kind,
                    FigureKind::Money | FigureKind::Rate | FigureKind::Count | FigureKind::Duration
                );
            // `cède 10 % de ses parts` is selling.
            let sold = tokens.fold(i).starts_with("ced") && block.is_one_of(item.end, &["de", "du", "des"]);
            return Some(*direction).filter(|_| !(earned || sold));
        }
        if block.is_one_of(
            i,
            &[
                "contre", "soit", "mais", "que", "qui", "dont", "et", "pour", "avec", "which", "that", "and",
                "but", "for", "with",
            ],
        ) {
            return None;
        }
    }
    None
}

/// `progresse de 2 % en un mois et de 5 % en un an`: the second of a pair moves as the first.
pub(super) fn shared_direction(block: &Block<'_, '_>, before: &[Item], item: &Item) -> Option<Direction> {
    let at = item.full_first;
    let back = |n: usize, words: &[&str]| at.checked_sub(n).is_some_and(|i| block.is_one_of(i, words));
    let and = &["et", "puis", "ou", "and", "then"];
    let linked = back(1, and) || back(2, and) && back(1, &["de", "by"]);
    let other = before
        .iter()
        .rev()
        .take(3)
        .find(|other| other.kind == item.kind)?;
    // `le Nasdaq a bondi de 1,9 % et le Dow Jones de 1,1 %`
    let gapped =
        back(1, &["de", "by"]) && block.is_one_of(other.end, and) && at.saturating_sub(other.end) <= 8;
    // `le FTSE MIB gagnait 0,52 % et l'Ibex 0,31 %`
    let named = at > 0
        && block.tokens.is_capital(at - 1)
        && at.saturating_sub(other.end) <= 6
        && (block.is_one_of(other.end, and) || block.tokens.is_mark(other.end, ','));
    let close = named || gapped || linked && at.saturating_sub(other.end) <= 14;
    // `+ 5 % et 3 points`: only what a word said.
    other
        .direction
        .filter(|_| close && !(other.end..at).any(|i| block.tokens.is_mark(i, '.')))
}

/// `5 % de hausse`, `3 points de moins`, `a 5% rise`.
fn direction_after(block: &Block<'_, '_>, item: &Item) -> Option<Direction> {
    let tokens = block.tokens;
    let end = item.end;
    if block.lang.lang == Lang::En {
        let noun = matches!(
            tokens.fold(end),
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
        return noun.then(|| block.lang.change.get(tokens.fold(end)).copied())?;
    }
    if !block.is_one_of(end, &["de"]) {
        return None;
    }
    // `21 % de plus de 65 ans` is no rise.
    if block.is_one_of(end + 2, &["de"]) {
        let noun = block.lang.change.contains_key(tokens.fold(end + 1));
        if !noun {
            return None;
        }
    }
    match tokens.fold(end + 1) {
        "plus" | "mieux" => Some(Direction::Up),
        "moins" => Some(Direction::Down),
        word @ ("hausse" | "croissance" | "progression" | "augmentation" | "baisse" | "recul" | "repli"
        | "chute" | "reduction" | "rabais" | "remise" | "diminution") => block.lang.change.get(word).copied(),
        _ => None,
    }
}
