//! Which period governs a figure.
//!
//! The periods of a sentence are its dates and the words that need the article's date (`cette année`,
//! `lundi`). A figure takes the one that follows it in its clause, else the one that leads the sentence.

use super::aside::{is_compared, is_comparison, is_deadline, is_later_part, is_no_period, is_of_before};
use super::block::Block;
use super::item::Item;
use super::relative;
use crate::record::FigureKind;

/// A period in a sentence.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    pub first: usize,
    pub end: usize,
    pub period: String,
    /// It stands right after a figure and speaks of it alone.
    pub taken: bool,
    /// It can govern what comes later in the sentence: `a annoncé jeudi` does not.
    pub leads: bool,
}

/// Sets the period of the figures of one sentence, the tokens `first..end`.
pub(super) fn attach(block: &Block<'_, '_>, items: &mut [Item], first: usize, end: usize) {
    let mut mentions = relative::find(block, items, first, end);
    mentions.extend(
        items
            .iter()
            .filter(|item| item.kind == FigureKind::Date)
            .filter_map(|item| {
                let period = item.period.clone().filter(|period| !period.starts_with('T'))?;
                if is_no_period(block, item.first) {
                    return None;
                }
                Some(Mention {
                    first: item.first,
                    end: item.end,
                    period,
                    taken: false,
                    leads: true,
                })
            }),
    );
    mentions.sort_by_key(|mention| mention.first);
    for mention in &mut mentions {
        mention.leads &= !is_compared(block, mention.first, first);
    }
    if mentions.is_empty() {
        return;
    }
    follow(block, items, &mut mentions);
    bracketed(block, items, &mentions);
    shared(block, items, &mentions);
    lead(block, items, &mentions);
    first_of_sentence(block, items, &mentions, first, end);
}

fn is_governed(item: &Item) -> bool {
    item.kind != FigureKind::Date && item.period.is_none()
}

/// What was before, and how long something takes, is not of the period that leads the sentence.
fn is_led(block: &Block<'_, '_>, item: &Item) -> bool {
    let lasts = matches!(
        item.kind,
        FigureKind::Duration | FigureKind::Age | FigureKind::Ordinal
    );
    is_governed(item) && !lasts && !is_comparison(block, item.full_first) && !is_of_before(block, item)
}

/// First the periods that follow a figure in its clause.
fn follow(block: &Block<'_, '_>, items: &mut [Item], mentions: &mut [Mention]) {
    let starts: Vec<usize> = items.iter().map(|item| item.full_first).collect();
    let mut next = 0;
    for k in 0..items.len() {
        if !is_governed(&items[k]) {
            continue;
        }
        let reach = items[k].reach.max(items[k].full_end);
        while next < mentions.len() && mentions[next].first < reach {
            next += 1;
        }
        let Some(mention) = mentions.get_mut(next) else {
            break;
        };
        let following = items[k + 1..]
            .iter()
            .zip(&starts[k + 1..])
            .find(|(item, _)| item.kind != FigureKind::Date)
            .map(|(_, start)| *start);
        let before_next = following.is_none_or(|start| mention.first < start);
        // `1,92 Md€ (2024 : 1,81 Md€)`: of what comes after it.
        let label = mention.first > 0
            && block.tokens.is_mark(mention.first - 1, '(')
            && block.tokens.is_mark(mention.end, ':');
        let clause = is_clause(block, reach, mention.first) || is_bracket(block, reach, mention);
        if before_next && !label && clause {
            items[k].period = Some(mention.period.clone());
            mention.taken = true;
        }
    }
}

/// `(1,1 Md$, en 2022)`
fn is_bracket(block: &Block<'_, '_>, reach: usize, mention: &Mention) -> bool {
    block.tokens.is_mark(reach, ',')
        && block.is_one_of(reach + 1, &["en", "fin", "in"])
        && mention.first == reach + 2
        && block.tokens.is_mark(mention.end, ')')
}

/// `en décembre 2018 (127)`, `(T2 : +5,2 %)`
fn bracketed(block: &Block<'_, '_>, items: &mut [Item], mentions: &[Mention]) {
    for item in items.iter_mut() {
        let bracket = item
            .full_first
            .checked_sub(1)
            .filter(|&i| block.tokens.is_mark(i, '('));
        let labelled = item
            .full_first
            .checked_sub(1)
            .filter(|&i| block.tokens.is_mark(i, ':'))
            .and_then(|colon| {
                let mention = mentions.get(mentions.partition_point(|mention| mention.end < colon))?;
                let open = mention.first > 0 && block.tokens.is_mark(mention.first - 1, '(');
                (mention.end == colon && open).then_some(mention)
            });
        let dated = labelled.or_else(|| {
            let bracket = bracket?;
            let mention = mentions.get(mentions.partition_point(|mention| mention.end < bracket))?;
            (mention.end == bracket).then_some(mention)
        });
        if let Some(mention) = dated.filter(|_| is_governed(item)) {
            item.period = Some(mention.period.clone());
        }
    }
}

/// A figure that goes on about the one before it (`, en hausse de 4 %`, `(+ 3 %)`) shares its period.
fn shared(block: &Block<'_, '_>, items: &mut [Item], mentions: &[Mention]) {
    for k in 1..items.len() {
        let before = match items[k - 1].kind {
            // … also across the date of the one before.
            FigureKind::Date => items[..k - 1]
                .last()
                .filter(|item| item.period == items[k - 1].period)
                .map(|_| k - 1),
            _ => Some(k - 1),
        };
        if let Some(before) = before
            && is_led(block, &items[k])
            && goes_on(block, &items[before], &items[k], mentions)
        {
            items[k].period = items[before].period.clone();
        }
    }
}

/// Then the one that leads: the last free one before the figure.
fn lead(block: &Block<'_, '_>, items: &mut [Item], mentions: &[Mention]) {
    let mut last: Option<usize> = None;
    let mut at = 0;
    for item in items.iter_mut() {
        while at < mentions.len() && mentions[at].first < item.first {
            if mentions[at].leads && !mentions[at].taken {
                last = Some(at);
            }
            at += 1;
        }
        if is_led(block, item) {
            item.period = last.map(|index| mentions[index].period.clone());
        }
    }
}

/// At last the first one of the sentence, the tokens `first..end`.
fn first_of_sentence(
    block: &Block<'_, '_>,
    items: &mut [Item],
    mentions: &[Mention],
    first: usize,
    end: usize,
) {
    let leading = mentions.iter().find(|mention| mention.leads);
    let Some(mention) = leading else {
        return;
    };
    let tokens = block.tokens;
    // A goal says nothing of what is: `40 % sont équipés, le solde d'ici à fin 2027`. Other dates say nothing of what stands
    // in a part of the sentence before theirs.
    let goal = is_deadline(block, mention.first);
    let part = (first..mention.first)
        .rev()
        .find(|&i| tokens.stops(i, &[';', '–', '—', '.']) || is_later_part(block, i, mention.first));
    // What has a date of its own after it says nothing of what stands behind: `32 TWh en octobre ; EDF vise 370 TWh`,
    // `de 7 400 € en janvier à 5 100 € en octobre et de 12 %`.
    let semicolon = (mention.end..end).find(|&i| tokens.stops(i, &[';']));
    let other = mentions
        .iter()
        .find(|other| other.first > mention.first && other.period != mention.period);
    let own = match goal {
        true => Some(mention.end),
        false => semicolon.into_iter().chain(other.map(|other| other.first)).min(),
    };
    for item in items.iter_mut() {
        // `de 45 % en 2021 à 13 %`: of a later date.
        let later =
            mention.taken && item.first == mention.end + 1 && block.is_one_of(mention.end, &["à", "to"]);
        let apart = later
            || match item.first < mention.first {
                true => goal || part.is_some_and(|part| item.first <= part),
                false => mention.taken && own.is_some_and(|own| own <= item.first),
            };
        if is_led(block, item) && !apart {
            item.period = Some(mention.period.clone());
        }
    }
}

/// `, en hausse de`, `, soit`, `(+`: `b` says more about what `a` said.
fn goes_on(block: &Block<'_, '_>, a: &Item, b: &Item, mentions: &[Mention]) -> bool {
    let tokens = block.tokens;
    let from = a.reach.max(a.full_end);
    let between = mentions.partition_point(|mention| mention.first < from);
    if b.full_first < from
        || b.full_first - from > 9
        || mentions
            .get(between)
            .is_some_and(|mention| mention.first < b.first)
    {
        return false;
    }
    let to = b.full_first - 1 == from
        || mentions[..between]
            .last()
            .is_some_and(|last| last.end + 1 == b.full_first);
    // `bondit de 22 % en 2024 à 17,9 TWh`
    if a.direction.is_some() && a.is_share() && to && block.is_one_of(b.full_first - 1, &["à", "to"]) {
        return true;
    }
    let at = (from..b.full_first).find(|&i| matches!(tokens.mark(i), Some(',' | '(' | ';' | '–' | '—')));
    at.is_some_and(|at| {
        tokens.is_mark(at, '(')
            || block.is_one_of(at + 1, &["en", "soit", "up", "down", "or"])
            || at + 1 == b.full_first && b.numeral.signed
    })
}

/// Nothing between the two that ends a clause.
fn is_clause(block: &Block<'_, '_>, from: usize, to: usize) -> bool {
    let tokens = block.tokens;
    to >= from
        && to - from <= 12
        && (from..to).all(|i| {
            !matches!(tokens.mark(i), Some(',' | ';' | ':' | ')' | '–' | '—'))
                && !block.is_one_of(
                    i,
                    &[
                        "contre", "mais", "soit", "apres", "qui", "dont", "against", "compared", "while",
                        "versus", "vs", "after", "et", "and", "que", "than", "rapport", "puis",
                    ],
                )
        })
}
