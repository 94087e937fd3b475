//! Whether something went up or down by a figure, as the words before it say: `en hausse de`, `la baisse atteint`.

use super::block::Block;
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
    // `the rules were eased three years ago`
    let ago = item.kind == FigureKind::Duration && block.is_one_of(item.end, &["ago", "earlier"]);
    let tokens = block.tokens;
    let mut at = item.full_first.checked_sub(1).filter(|_| !ago)?;
    if let Some(direction) = of_noun(block, at) {
        return Some(direction);
    }
    // `ont perdu en moyenne 20,9 %`
    if at > 1 && block.is_one_of(at, &["moyenne"]) && block.is_one_of(at - 1, &["en"]) {
        at -= 2;
    }
    // `risen a mere 0.2 per cent`, `revised down by a combined 41,000`
    let loose = &[
        "another", "mere", "combined", "further", "modest", "full", "whopping", "meagre", "paltry",
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
    if !linked && is_crossed(block, item, at) {
        return None;
    }
    if let Some(direction) = moved_by(block, item, at).filter(|_| !linked) {
        return Some(direction);
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
                        "give", "gives", "gave", "giving", "given", "pick", "picked", "snapped", "bought",
                        "signed",
                    ],
                );
            if phrasal {
                return None;
            }
            // `relève 1,25 milliard sur le marché` raises money; `perd 2 euros` falls.
            const INTRANSITIVE: &[&str] = &[
                "perd", "ced", "lach", "pris", "pren", "abandon", "recul", "grimp", "progress", "chut",
                "bond", "devis", "avanc", "gagn", "up", "down", "fell", "rose", "gain", "los", "drop",
                "jump", "climb", "shed", "slip", "add", "grappill", "regagn", "leap", "eas", "narrow",
                "swell", "grow", "grew",
            ];
            let amount = matches!(
                item.kind,
                FigureKind::Money | FigureKind::Count | FigureKind::Quantity
            );
            if !linked && amount && !INTRANSITIVE.iter().any(|stem| tokens.fold(i).starts_with(stem)) {
                return None;
            }
            // `grew 40 varieties of tomato`, `a net loss of €4m` are no changes.
            let grown = matches!(tokens.fold(i), "grow" | "grows" | "grew" | "growing" | "grown");
            let raised = grown && amount && !linked && !is_followed_by_level(block, item);
            let result = matches!(tokens.fold(i), "loss" | "losses" | "gain" | "gains") && !item.is_share();
            if raised || result && block.lang.lang == Lang::En {
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
        // `lifted its policy rate by 25 basis points`, `has been trimmed by about a fifth`
        if linked && i < at && block.is_one_of(item.full_first - 1, &["by"])
            || linked && i == at && block.is_one_of(at + 1, &["by"])
        {
            match tokens.fold(i) {
                "lift" | "lifts" | "lifted" | "lifting" | "raise" | "raises" | "raised" | "raising" => {
                    return Some(Direction::Up);
                }
                "trim" | "trims" | "trimmed" | "trimming" | "fade" | "faded" | "fades" => {
                    return Some(Direction::Down);
                }
                _ => {}
            }
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
        return of_english_noun(block, at);
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
pub(super) fn differs(fold: &str) -> Option<Direction> {
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

/// `fell below 4%`, `chute sous 5 %`: a level, behind the verb at token `at`.
fn is_crossed(block: &Block<'_, '_>, item: &Item, at: usize) -> bool {
    let levels = &["below", "under", "beneath", "above", "sous"];
    item.full_first < item.first
        && block.is_one_of(item.full_first, levels)
        && block.lang.change.contains_key(block.tokens.fold(at))
}

/// English verbs of two words, and verbs with an object before the figure: `was off 17%`, `put on 11p`, `gave back 0.7%`,
/// `grew turnover 9 per cent`; token `at` stands before the figure.
fn moved_by(block: &Block<'_, '_>, item: &Item, at: usize) -> Option<Direction> {
    const TRADED: &[&str] = &[
        "was", "were", "is", "are", "be", "been", "closed", "ended", "finished", "traded", "trading",
    ];
    if block.lang.lang != Lang::En {
        return None;
    }
    let verb = |words: &[&str]| at.checked_sub(1).is_some_and(|i| block.is_one_of(i, words));
    let priced = item.is_share() || matches!(item.kind, FigureKind::Money | FigureKind::Index);
    let lost = priced || item.kind == FigureKind::Ratio;
    match block.tokens.fold(at) {
        "off" if priced && verb(TRADED) => Some(Direction::Down),
        "on" if priced && verb(&["put", "puts", "putting"]) => Some(Direction::Up),
        "back" | "up" if lost && verb(&["gave", "give", "gives", "giving", "given"]) => Some(Direction::Down),
        _ if item.kind == FigureKind::Percent => of_object(block, at),
        _ => None,
    }
}

/// `grew turnover 9 per cent`, `cut its costs 5%`: what was moved stands between the verb and the figure; token `at` is its last
/// word.
fn of_object(block: &Block<'_, '_>, at: usize) -> Option<Direction> {
    const VERBS: &[&str] = &[
        "grew",
        "grow",
        "grows",
        "growing",
        "grown",
        "cut",
        "cuts",
        "cutting",
        "increased",
        "increases",
        "increasing",
        "raised",
        "raises",
        "lifted",
        "lifts",
        "boosted",
        "boosts",
        "reduced",
        "reduces",
        "reducing",
        "trimmed",
    ];
    let tokens = block.tokens;
    let is_noun = |i: usize| {
        tokens.is_word(i)
            && !tokens.is_capital(i)
            && !block.lang.function_words.has(tokens.fold(i))
            && !block.lang.change.contains_key(tokens.fold(i))
    };
    if !is_noun(at) {
        return None;
    }
    let object = |i: usize| is_noun(i) || block.is_one_of(i, &["its", "their", "his", "her", "the"]);
    let verb = (1..=3)
        .map_while(|back| at.checked_sub(back))
        .find(|&i| !object(i) || VERBS.contains(&tokens.fold(i)))?;
    if !block.is_one_of(verb, VERBS) {
        return None;
    }
    match tokens.fold(verb) {
        "raised" | "raises" | "lifted" | "lifts" => Some(Direction::Up),
        "trimmed" => Some(Direction::Down),
        fold => block.lang.change.get(fold).copied(),
    }
}

/// `growing 770,000 bpd to 104.7 million`
fn is_followed_by_level(block: &Block<'_, '_>, item: &Item) -> bool {
    let at = item.reach.max(item.end);
    block.is_one_of(at, &["to"]) && (block.tokens.is_number(at + 1) || block.tokens.mark(at + 1).is_some())
}

/// `the increase was 8.9 per cent`, `the rise reaches 8.1%`: the change is the subject; token `at` stands before the figure.
fn of_english_noun(block: &Block<'_, '_>, mut at: usize) -> Option<Direction> {
    const NOUNS: &[&str] = &[
        "rise",
        "increase",
        "fall",
        "drop",
        "decline",
        "decrease",
        "jump",
        "reduction",
        "growth",
        "slump",
    ];
    at -= usize::from(at > 0 && block.is_one_of(at, &["to", "at"]));
    let verb = block.is_one_of(
        at,
        &[
            "was", "is", "were", "reaches", "reached", "hit", "amounts", "amounted", "came", "averaged",
        ],
    );
    let noun = at.checked_sub(1).filter(|&i| verb && block.is_one_of(i, NOUNS))?;
    let led = noun > 0
        && block.is_one_of(
            noun - 1,
            &["the", "its", "their", "that", "this", "average", "annual"],
        );
    led.then(|| block.lang.change.get(block.tokens.fold(noun)).copied())?
}
