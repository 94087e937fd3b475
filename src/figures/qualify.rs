//! The words around a figure that say how exactly it is meant: `plus de`, `environ les`, `ou plus`.

use super::block::Block;
use super::direction::{direction, is_negated};
use super::item::Item;
use super::more::direction_after;
use crate::record::{FigureKind, Qualifier};

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
    let Some((first, qualifier)) = leading(block, item.full_first).or_else(|| starting_price(block, item))
    else {
        return;
    };
    if first < floor || !fits(block, item, first, qualifier) {
        return;
    }
    // `pas plus de`, `jusqu'à près de`: one more phrase may turn or keep the meaning.
    item.full_first = first;
    set(item, turned(block, first, qualifier));
}

/// `dès 19 euros`, `it costs from £46,995`, `From €24,990, …`: the least that it costs.
fn starting_price(block: &Block<'_, '_>, item: &Item) -> Option<(usize, Qualifier)> {
    const LEADS: &[&str] = &[
        "costs",
        "cost",
        "costing",
        "sold",
        "sells",
        "sell",
        "selling",
        "seats",
        "rooms",
        "fares",
        "rents",
        "sale",
        "available",
        "models",
        "yours",
    ];
    let from = item.full_first.checked_sub(1)?;
    let priced = item.currency.is_some() && matches!(item.kind, FigureKind::Money | FigureKind::Rate);
    let open = !block.is_one_of(item.end, &["to", "a", "à"]) && !block.tokens.is_mark(item.end, '-');
    let led = match block.tokens.raw(from) {
        "dès" | "Dès" => true,
        "From" => block.is_sentence_start(from),
        "from" => from > 0 && block.is_one_of(from - 1, LEADS),
        _ => false,
    };
    (priced && open && led).then_some((from, Qualifier::AtLeast))
}

/// `ne pourra plus dépasser soixante minutes`, `n'entendait pas aller au-delà de 0,2 %`: no more than that.
fn turned(block: &Block<'_, '_>, first: usize, qualifier: Qualifier) -> Qualifier {
    let beyond = block.tokens.fold(first).starts_with("depass")
        || block.is_one_of(first, &["exceder"])
        || block.is_one_of(first, &["au", "à"]) && block.is_one_of(first.saturating_sub(1), &["aller"]);
    let mut back = (1..=4).map_while(|back| first.checked_sub(back));
    let denied =
        beyond && back.any(|i| block.is_one_of(i, &["pas", "plus", "jamais"])) && is_negated(block, first);
    match qualifier {
        Qualifier::MoreThan if denied => Qualifier::AtMost,
        _ => qualifier,
    }
}

/// The phrase that ends at `at`, or before an article that stands there (`environ les 2/3`).
fn leading(block: &Block<'_, '_>, at: usize) -> Option<(usize, Qualifier)> {
    let tokens = block.tokens;
    let direct = block.lang.before.ending_at(tokens, at);
    if direct.is_some() {
        return direct;
    }
    // `a dépassé pour la première fois 4 milliards`, `dépasse vite 5 000 dollars`
    let first_time = ["pour", "la", "premiere", "fois"];
    let aside = at
        .checked_sub(first_time.len())
        .filter(|&from| (from..).zip(first_time).all(|(i, word)| tokens.fold(i) == word));
    // `dépasse à nouveau les 23 milliards`
    let again = |end: usize| {
        let from = end.checked_sub(2)?;
        (block.is_one_of(from, &["à", "de"]) && block.is_one_of(from + 1, &["nouveau"])).then_some(from)
    };
    let aside = aside.or_else(|| again(at)).or_else(|| again(at.checked_sub(1)?));
    let aside = aside.or_else(|| {
        at.checked_sub(1)
            .filter(|&i| block.is_one_of(i, &["vite", "rapidement"]))
    });
    if let Some(found) = aside.and_then(|aside| block.lang.before.ending_at(tokens, aside)) {
        return Some(found);
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
    // `9,7 % de moins qu'un an plus tôt`
    let ago = block.is_one_of(item.end, &["auparavant", "earlier"])
        || block.is_one_of(item.end, &["plus"]) && block.is_one_of(item.end + 1, &["tot", "tard"]);
    if ago && block.is_one_of(item.full_first.saturating_sub(1), &["que", "than"]) {
        return false;
    }
    match (tokens.fold(first), qualifier) {
        // `4,5 fois plus que les 20 %`
        ("plus", Qualifier::MoreThan) if tokens.fold(first + 1) == "que" && before(&["fois"]) => false,
        // `en plus de 500 salariés`, `ne reste plus que 10`
        ("plus", Qualifier::MoreThan) if tokens.fold(first + 1) == "que" => !(1..=4)
            .map_while(|back| first.checked_sub(back))
            .any(|i| tokens.fold(i) == "ne"),
        ("plus", Qualifier::MoreThan) => !before(&["en"]),
        // `above the 2% target`: a level that is known.
        (
            "above" | "below" | "over" | "under" | "exceeds" | "exceeding" | "exceeded" | "exceed" | "well"
            | "topping" | "topped" | "just",
            _,
        ) if is_before_target(block, item, first) => false,
        // `on en sort dans les 600 000 litres par an`, but `dans les 27 pays`, `dans les deux ans`
        ("dans", Qualifier::Approx) => {
            let round = item
                .value
                .is_some_and(|value| (value % rust_decimal::Decimal::TEN).is_zero());
            round && item.first == first + 2 && matches!(item.kind, FigureKind::Money | FigureKind::Rate)
        }
        // `un salaire minimum de 23 francs`: so much it is.
        ("minimum", Qualifier::AtLeast) => !before(&["salaire", "revenu", "loyer"]),
        // `la hausse se limite à 0,5 %`: no more, and no less.
        ("limite", Qualifier::AtMost) => !before(&["se", "s"]),
        // `sous les deux gouvernements`; but `sous les 5 millions de lignes`, `sous 55 dollars le kWh`, `sous 18 mois`
        ("sous", Qualifier::LessThan) if tokens.fold(first + 1) != "la" => match item.kind {
            FigureKind::Count => first + 1 < item.first && item.numeral.scale != rust_decimal::Decimal::ONE,
            _ => true,
        },
        // `over two years` is how long, `with over 30 years` how much.
        // … and `spread over 83 acres` how far.
        // … and `won over 142,000 customers`, `handed over 78 aircraft` say what was done.
        ("over", _)
            if before(&[
                "spread", "won", "win", "wins", "winning", "handed", "hand", "hands", "handing", "taken",
                "took", "takes", "turned", "signed", "passed", "rolled",
            ]) =>
        {
            false
        }
        // `11 points less than 12 months ago`
        ("more" | "less" | "higher" | "lower" | "fewer", _)
            if block.is_one_of(item.end, &["ago", "earlier"])
                && (1..=2)
                    .map_while(|back| first.checked_sub(back))
                    .any(|i| tokens.is_number(i) || matches!(tokens.mark(i), Some('%' | '²'))) =>
        {
            false
        }
        ("over", _) if block.is_one_of(item.reach.saturating_sub(1), &["seasons", "rounds", "decades"]) => {
            false
        }
        // `unemployment edged up to 5.1 per cent`
        ("up", Qualifier::AtMost) => {
            let moved = [
                "edged", "ticked", "crept", "inched", "nudged", "went", "goes", "moved", "rose", "shot",
                "came", "go", "going", "gone", "climb", "climbed", "jumped",
            ];
            !before(&moved)
        }
        // `40 per cent below the ten-year norm`
        ("below" | "above", _) if (item.first..item.end).any(|i| tokens.is_mark(i, '-')) => false,
        ("passed" | "topped", _) => {
            item.currency.is_some() || item.numeral.scale > rust_decimal::Decimal::ONE_THOUSAND
        }
        ("over", _) => {
            item.kind != FigureKind::Duration
                || before(&["with", "for", "of", "has", "have", "had", "lasted", "took"])
        }
        // `some 4.2TB`, but `some two people` are not meant.
        ("some", _) => {
            let large = |value| value >= rust_decimal::Decimal::TEN;
            item.kind != FigureKind::Count || item.value.is_some_and(large)
        }
        _ => true,
    }
}

/// `the 2% target`, `the 14pc target`
fn is_before_target(block: &Block<'_, '_>, item: &Item, first: usize) -> bool {
    const TARGETS: &[&str] = &[
        "target",
        "goal",
        "objective",
        "requirement",
        "ceiling",
        "threshold",
        "limit",
        "forecast",
        "average",
        "consensus",
        "minimum",
    ];
    const KNOWN: &[&str] = &[
        "allowed",
        "required",
        "needed",
        "expected",
        "predicted",
        "generally",
        "planned",
    ];
    // `topping the 1.22 billion average forecast`, `well over the 32 million allowed`
    let known = block.is_one_of(item.end, TARGETS)
        || block.is_one_of(item.end + 1, TARGETS) && block.tokens.mark(item.end).is_none()
        || block.is_one_of(item.end, KNOWN);
    let the = item.first.checked_sub(1).filter(|&the| the > first);
    known && the.is_some_and(|the| block.is_one_of(the, &["the", "its", "their"]))
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
            && (!block.is_one_of(end, &["of"]) || block.is_one_of(at, &["or"]))
            && !block.is_one_of(end, &["de", "que", "fort", "haut", "bas", "tard", "tot", "vite", "grand", "forte", "than"])
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
