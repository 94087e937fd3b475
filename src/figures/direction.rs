//! Whether something went up or down by a figure: `en hausse de`, `5 % de moins`, `la baisse atteint`.

use super::block::Block;
use super::ellipsis::is_within;
use super::item::Item;
use crate::record::{Direction, FigureKind, Lang};

/// The noun or verb of change that introduces the figure.
pub(super) fn direction(block: &Block<'_, '_>, item: &Item, floor: usize) -> Option<Direction> {
    if matches!(
        item.kind,
        FigureKind::Ordinal | FigureKind::Age | FigureKind::Date
    ) {
        return None;
    }
    let tokens = block.tokens;
    let mut at = item.full_first.checked_sub(1)?;
    if let Some(direction) = of_noun(block, at) {
        return Some(direction);
    }
    // `ont perdu en moyenne 20,9 %`
    if at > 1 && block.is_one_of(at, &["moyenne"]) && block.is_one_of(at - 1, &["en"]) {
        at -= 2;
    }
    // `risen a mere 0.2 per cent`, `revised down by a combined 41,000`
    let loose = &[
        "mere", "combined", "further", "modest", "full", "whopping", "meagre", "paltry",
    ];
    if block.lang.lang == Lang::En && block.is_one_of(at, loose) {
        at = at.checked_sub(1)?;
        at -= usize::from(at > 0 && block.is_one_of(at, &["a", "an"]));
    }
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
    // `inférieur de 19 % à la normale`, `a crû de 4,8 %`
    if linked && let Some(direction) = differs(tokens.fold(at)) {
        return Some(direction);
    }
    // `n'a gagné que 0,6 %`, `n'augmente que de 2 %`
    let only = linked && block.is_one_of(at, &["que"]) && is_negated(block, at);
    if (only || !linked) && at > 0 && block.is_one_of(at, &["que", "only", "just"]) {
        at -= 1;
        if linked && let Some(direction) = differs(tokens.fold(at)) {
            return Some(direction);
        }
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
                "perd", "ced", "lach", "pris", "pren", "abandon", "recul", "grimp", "progress", "chut",
                "bond", "devis", "avanc", "gagn", "up", "down", "fell", "rose", "gain", "los", "drop",
                "jump", "climb", "shed", "slip", "add",
            ];
            let amount = matches!(
                item.kind,
                FigureKind::Money | FigureKind::Count | FigureKind::Quantity
            );
            if !linked && amount && !INTRANSITIVE.iter().any(|stem| tokens.fold(i).starts_with(stem)) {
                return None;
            }
            // `une remontée de 2 400 personnes par heure` is a lift.
            let lift = matches!(tokens.fold(i), "remontee" | "remontees")
                && matches!(
                    item.kind,
                    FigureKind::Rate | FigureKind::Count | FigureKind::Quantity
                );
            if lift {
                return None;
            }
            // `gagner 3 000 euros` is earning, `gagner 3 %` rising.
            let quoted = item.kind == FigureKind::Money
                && block.is_one_of(item.end, &["à"])
                && tokens.is_number(item.end + 1);
            let earned = tokens.fold(i).starts_with("gagn")
                && !quoted
                && matches!(
                    item.kind,
                    FigureKind::Money | FigureKind::Rate | FigureKind::Count | FigureKind::Duration
                );
            // `cède 10 % de ses parts`, `céder 1 600 magasins` is selling.
            let goods = item.kind == FigureKind::Count || block.is_one_of(item.end, &["de", "du", "des"]);
            let sold = tokens.fold(i).starts_with("ced") && goods;
            return Some(*direction).filter(|_| !(earned || sold) && is_move(block, item, i, linked));
        }
        // `la hausse de la facture d'une famille de quatre personnes`: so many are in the family.
        let described = (1..=2).contains(&back) && block.is_one_of(i, &["un", "une"]);
        if !item.is_share() && described && i > 0 && block.is_one_of(i - 1, &["de"]) {
            return None;
        }
        // `les contributions baissent pour leur part de 0,05 point`
        if block.is_one_of(i, &["pour"]) && block.is_one_of(i + 2, &["part"]) {
            continue;
        }
        // `avance au rythme de 100 km par jour` is no change, `au rythme de 3 %` is.
        if item.kind != FigureKind::Percent && block.is_one_of(i, &["rythme", "vitesse", "cadence"]) {
            return None;
        }
        if block.is_one_of(
            i,
            &[
                "contre", "soit", "mais", "lors", "que", "qui", "dont", "et", "pour", "avec", "which",
                "that", "and", "but", "for", "with",
            ],
        ) {
            return None;
        }
    }
    None
}

/// `la hausse atteint 0,9 %`, `le recul s'élève désormais à 22 %`, `portant son recul à 71 %`: the change is the subject, or what is
/// brought to that; token `at` stands before the figure.
fn of_noun(block: &Block<'_, '_>, mut at: usize) -> Option<Direction> {
    const ADVERBS: &[&str] = &[
        "desormais",
        "deja",
        "ainsi",
        "donc",
        "toutefois",
        "meme",
        "encore",
        "maintenant",
    ];
    const VERBS: &[&str] = &[
        "atteint",
        "atteignait",
        "atteindrait",
        "atteindra",
        "atteignent",
        "ressort",
        "ressortait",
        "eleve",
        "elevait",
        "elevent",
        "etablit",
        "etablissait",
        "limite",
        "limitait",
        "etait",
        "est",
        "serait",
    ];
    const NOUNS: &[&str] = &[
        "hausse",
        "baisse",
        "recul",
        "repli",
        "chute",
        "augmentation",
        "diminution",
        "gain",
        "bond",
        "rebond",
        "contraction",
        "progression",
    ];
    if block.lang.lang == Lang::En {
        return None;
    }
    let to = block.is_one_of(at, &["à"]);
    if to || block.is_one_of(at, &["de"]) {
        at = at.checked_sub(1)?;
    }
    while block.is_one_of(at, ADVERBS) {
        at = at.checked_sub(1)?;
    }
    let verb = block.is_one_of(at, VERBS);
    if verb {
        at = at.checked_sub(1)?;
        while block.is_one_of(at, &["se", "s"]) {
            at = at.checked_sub(1)?;
        }
    }
    let noun = block.is_one_of(at, NOUNS)
        && at > 0
        && block.is_one_of(at - 1, &["le", "la", "son", "sa", "leur", "cette", "ce"]);
    ((verb || to) && noun).then(|| block.lang.change.get(block.tokens.fold(at)).copied())?
}

/// What is above or below something else; and `crû`, which elsewhere was believed.
fn differs(fold: &str) -> Option<Direction> {
    match fold {
        "superieur" | "superieure" | "superieurs" | "superieures" | "cru" | "meilleur" | "meilleure"
        | "depasse" | "depasser" | "depassant" => Some(Direction::Up),
        "inferieur" | "inferieure" | "inferieurs" | "inferieures" => Some(Direction::Down),
        _ => None,
    }
}

/// `ne` stands shortly before token `at`.
pub(super) fn is_negated(block: &Block<'_, '_>, at: usize) -> bool {
    (1..=5)
        .map_while(|back| at.checked_sub(back))
        .any(|i| block.is_one_of(i, &["ne", "n"]))
}

/// Verbs of the market wires that mean something else elsewhere: `prend 2 %`, but `prend 20 % du capital`.
fn is_move(block: &Block<'_, '_>, item: &Item, verb: usize, linked: bool) -> bool {
    let tokens = block.tokens;
    let fold = tokens.fold(verb);
    let of = block.is_one_of(item.end, &["de", "du", "des"]);
    let taken = matches!(
        fold,
        "pris" | "prend" | "prenait" | "prennent" | "prendre" | "prenant" | "prendra"
    );
    if taken {
        let relative = item.is_share() || item.kind == FigureKind::Index;
        let priced = item.currency.is_some() && block.is_one_of(item.end, &["à"]);
        return !linked && !of && (relative || priced);
    }
    let reflexive =
        verb > 0 && (block.is_one_of(verb - 1, &["se", "s"]) || block.is_one_of(verb - 1, &["est"]));
    match fold {
        _ if fold.starts_with("octro") => reflexive && !of,
        _ if fold.starts_with("adjug") => !of,
        _ => true,
    }
}

/// `a progressé de 5,1 % à 6,2 %`, `relève son objectif de 240 à 270 euros`: the first of two values is no change.
pub(super) fn is_start(block: &Block<'_, '_>, item: &Item, after: &[Item]) -> bool {
    // `est tombée de 45 % en 2021 à 13 %`
    let dated = after.first().is_some_and(|next| next.kind == FigureKind::Date);
    let ends = |next: &&Item| {
        let at = if dated { after[0].end } else { item.end };
        block.is_one_of(at, &["à"]) && next.first == at + 1 && at - item.end <= 3
    };
    let Some(next) = after.get(usize::from(dated)).filter(ends) else {
        return false;
    };
    let from = item.first > 0 && block.is_one_of(item.first - 1, &["de"]);
    let alike = item.kind == next.kind && item.unit == next.unit && item.currency == next.currency;
    // `augmente de 2 euros à 14 euros`, `de 6,7 milliards à 57,1` says by how much.
    let bare = item.end == item.numeral.end && block.tokens.is_number(item.end - 1);
    let pair = item.value.zip(next.value);
    let close = dated || pair.is_some_and(|(a, b)| is_within(a, b, rust_decimal::Decimal::from(3)));
    from && alike && (bare || item.kind == FigureKind::Percent && close)
}

/// `progresse de 2 % en un mois et de 5 % en un an`: the second of a pair moves as the first.
pub(super) fn shared_direction(block: &Block<'_, '_>, before: &[Item], item: &Item) -> Option<Direction> {
    let at = item.full_first;
    let back = |n: usize, words: &[&str]| at.checked_sub(n).is_some_and(|i| block.is_one_of(i, words));
    let and = &["et", "puis", "ou", "mais", "voire", "and", "then"];
    // `reculent de 11 % en Asie, de 2 % aux États-Unis`
    let comma = at > 1 && block.tokens.is_mark(at - 2, ',');
    let linked = back(1, and) || (back(2, and) || comma) && back(1, &["de", "by"]);
    // `en hausse de 88,3 M$ ou 7,9 %`: the same change, told once more.
    let neighbour = before.last()?;
    let again =
        back(1, &["ou", "or"]) && at.saturating_sub(neighbour.end) <= 2 && neighbour.kind != item.kind;
    if again && (item.is_share() || neighbour.is_share()) {
        return neighbour.direction;
    }
    let other = before
        .iter()
        .rev()
        .take(3)
        .find(|other| other.kind == item.kind)?;
    // `le Nasdaq a bondi de 1,9 % et le Dow Jones de 1,1 %`
    let gapped =
        back(1, &["de", "by"]) && block.is_one_of(other.end, and) && at.saturating_sub(other.end) <= 8;
    // `le FTSE MIB gagnait 0,52 % et l'Ibex 0,31 %`
    let named = is_named(block, other.end, at) || is_next_subject(block, other, at);
    let close = named || gapped || linked && at.saturating_sub(other.end) <= 14;
    // `+ 5 % et 3 points`: only what a word said.
    other
        .direction
        .filter(|_| close && !(other.end..at).any(|i| block.tokens.is_mark(i, '.')))
}

/// `la mémoire bondirait de 13,4 %, la logique de 16,8 %`: another subject without a verb of its own stands before token `at`.
fn is_next_subject(block: &Block<'_, '_>, other: &Item, at: usize) -> bool {
    const REACH: usize = 14;
    const VERBS: &[&str] = &[
        "est",
        "sont",
        "etait",
        "etaient",
        "serait",
        "sera",
        "atteint",
        "ressort",
        "represente",
        "a",
        "ont",
        "avait",
        "avec",
        "dont",
        "contre",
        "pour",
        "soit",
        "que",
        "qui",
        "apres",
        "selon",
    ];
    let tokens = block.tokens;
    let of = |i: usize| block.is_one_of(i, &["de"]);
    let alike = other.full_first > 0
        && at > 0
        && of(at - 1)
        && (of(other.full_first - 1) || of(other.full_first))
        && at.saturating_sub(other.end) <= REACH;
    let link = (other.end..at)
        .rev()
        .find(|&i| tokens.is_mark(i, ',') || block.is_one_of(i, &["et"]));
    alike
        && link.is_some_and(|link| {
            block.is_one_of(
                link + 1,
                &["le", "la", "les", "l", "celle", "celui", "ceux", "celles"],
            ) && !(link..at).any(|i| block.is_one_of(i, VERBS) || tokens.is_number(i))
        })
}

/// Nothing but a name, behind a comma or `et`, stands before token `at`: `, Orange`, `et le S&P 500`.
fn is_named(block: &Block<'_, '_>, from: usize, at: usize) -> bool {
    const REACH: usize = 12;
    let tokens = block.tokens;
    let of_name = |i: usize| {
        let code = tokens.is_number(i) && i > 0 && tokens.is_capital(i - 1);
        tokens.is_capital(i) || code || matches!(tokens.mark(i), Some('&' | '-'))
    };
    let name = (1..=5)
        .map_while(|back| at.checked_sub(back))
        .take_while(|&i| i >= from && of_name(i))
        .last();
    let Some(name) = name.filter(|_| at.saturating_sub(from) <= REACH) else {
        return false;
    };
    let article = name
        .checked_sub(1)
        .filter(|&i| block.is_one_of(i, &["le", "la", "les", "the"]));
    article
        .unwrap_or(name)
        .checked_sub(1)
        .is_some_and(|i| i >= from && (tokens.is_mark(i, ',') || block.is_one_of(i, &["et", "puis", "and"])))
}

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
    if noun {
        return block.lang.change.get(fold).copied();
    }
    let relative = matches!(item.kind, FigureKind::Percent | FigureKind::PercentagePoints);
    let than = block.is_one_of(item.end + 1, &["than", "in", "a"]) && item.kind == FigureKind::Money;
    let priced = relative || item.kind == FigureKind::Money;
    match fold {
        "more" if relative || than => Some(Direction::Up),
        "less" | "fewer" if relative || than => Some(Direction::Down),
        "dearer" | "pricier" if priced => Some(Direction::Up),
        "firmer" | "stronger" if relative => Some(Direction::Up),
        "cheaper" if priced => Some(Direction::Down),
        "weaker" | "softer" if relative => Some(Direction::Down),
        "down" if relative && block.is_one_of(item.end + 1, &["on", "from"]) => Some(Direction::Down),
        "up" if relative && block.is_one_of(item.end + 1, &["on", "from"]) => Some(Direction::Up),
        _ => None,
    }
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
