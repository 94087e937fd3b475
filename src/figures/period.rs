//! Which period governs a figure.
//!
//! The periods of a sentence are its dates and the words that need the article's date (`cette année`,
//! `lundi`). A figure takes the one that follows it in its clause, else the one that leads the sentence.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::block::Block;
use super::item::Item;
use super::lexicon::Word;
use crate::record::FigureKind;

/// A period in a sentence.
#[derive(Debug, Clone)]
struct Mention {
    first: usize,
    end: usize,
    period: String,
    /// It stands right after a figure and speaks of it alone.
    taken: bool,
    /// It can govern what comes later in the sentence: `a annoncé jeudi` does not.
    leads: bool,
}

/// Sets the period of the figures of one sentence, the tokens `first..end`.
pub(super) fn attach(block: &Block<'_, '_>, items: &mut [Item], first: usize, end: usize) {
    let mut mentions = relative(block, items, first, end);
    mentions.extend(
        items
            .iter()
            .filter(|item| item.kind == FigureKind::Date)
            .filter_map(|item| {
                let period = item.period.clone().filter(|period| !period.starts_with('T'))?;
                // `en euros 2020`, `valeur 2015`: what the money was worth.
                let worth = ["euro", "euros", "constants", "valeur", "dollars"];
                if item.first > 0 && block.is_one_of(item.first - 1, &worth) {
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
    if mentions.is_empty() {
        return;
    }
    // First the periods that follow a figure in its clause.
    let starts: Vec<usize> = items.iter().map(|item| item.full_first).collect();
    let mut next = 0;
    let governed = |item: &Item| item.kind != FigureKind::Date && item.period.is_none();
    // What was before, and how long something takes, is not of the period that leads the sentence.
    let led = |item: &Item| {
        let lasts = matches!(
            item.kind,
            FigureKind::Duration | FigureKind::Age | FigureKind::Ordinal
        );
        governed(item) && !lasts && !is_comparison(block, item.full_first) && !is_of_before(block, item)
    };
    for k in 0..items.len() {
        if !governed(&items[k]) {
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
        if before_next && is_clause(block, reach, mention.first) {
            items[k].period = Some(mention.period.clone());
            mention.taken = true;
        }
    }
    // `en décembre 2018 (127)`
    for item in items.iter_mut() {
        let bracket = item
            .full_first
            .checked_sub(1)
            .filter(|&i| block.tokens.is_mark(i, '('));
        let dated = bracket.and_then(|bracket| mentions.iter().find(|mention| mention.end == bracket));
        if let Some(mention) = dated.filter(|_| governed(item)) {
            item.period = Some(mention.period.clone());
        }
    }
    // A figure that goes on about the one before it (`, en hausse de 4 %`, `(+ 3 %)`) shares its period.
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
            && led(&items[k])
            && goes_on(block, &items[before], &items[k], &mentions)
        {
            items[k].period = items[before].period.clone();
        }
    }
    // Then the one that leads: the last free one before the figure, else the first of the sentence.
    let mut last: Option<usize> = None;
    let mut at = 0;
    for item in items.iter_mut() {
        while at < mentions.len() && mentions[at].first < item.first {
            if mentions[at].leads && !mentions[at].taken && !is_compared(block, mentions[at].first, first) {
                last = Some(at);
            }
            at += 1;
        }
        if led(item) {
            item.period = last.map(|index| mentions[index].period.clone());
        }
    }
    let first_of_sentence = mentions
        .iter()
        .find(|mention| mention.leads && !is_compared(block, mention.first, first));
    let Some(mention) = first_of_sentence else {
        return;
    };
    let breaks = |from: usize, to: usize, marks: &[char]| {
        (from..to).any(|i| {
            block.tokens.mark(i).is_some_and(|mark| marks.contains(&mark)) && !block.tokens.glued(i + 1)
        })
    };
    for item in items.iter_mut() {
        let apart = match item.first < mention.first {
            // A goal says nothing of what is: `40 % sont équipés, le solde d'ici à fin 2027`.
            true => {
                is_deadline(block, mention.first) || breaks(item.end, mention.first, &[';', '–', '—', '.'])
            }
            // `32 TWh en octobre ; EDF vise 370 TWh`, `de 7 400 € en janvier à 5 100 € en octobre et de 12 %`
            false => {
                let others = mentions
                    .iter()
                    .filter(|other| other.first < item.first && other.period != mention.period);
                mention.taken
                    && (is_deadline(block, mention.first)
                        || breaks(mention.end, item.first, &[';'])
                        || others.count() > 0)
            }
        };
        if led(item) && !apart {
            item.period = Some(mention.period.clone());
        }
    }
}

/// `d'ici 2030`, `d'ici à la fin de 2027`, `vise 300 personnes fin 2026`
fn is_deadline(block: &Block<'_, '_>, mention: usize) -> bool {
    const GOALS: &[&str] = &[
        "vise",
        "visent",
        "visait",
        "ambitionne",
        "ambitionnent",
        "table",
        "tablent",
        "espere",
        "esperent",
    ];
    let near = |reach: usize, words: &[&str]| {
        (1..=reach)
            .map_while(|back| mention.checked_sub(back))
            .take_while(|&i| !block.tokens.is_mark(i, ','))
            .any(|i| block.is_one_of(i, words))
    };
    near(4, &["ici", "jusque"]) || near(8, GOALS)
}

/// `81 millions six mois plus tôt`, `78 la veille`
fn is_of_before(block: &Block<'_, '_>, item: &Item) -> bool {
    let at = item.reach.max(item.end);
    let day = block.is_one_of(at + 1, &["veille"]) && block.is_one_of(at, &["la", "le"]);
    let ago = block.is_one_of(at + 2, &["auparavant", "earlier"])
        || block.is_one_of(at + 2, &["plus"]) && block.is_one_of(at + 3, &["tot"]);
    day || ago || block.is_one_of(at, &["il"]) && block.is_one_of(at + 1, &["y"])
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
                        "versus", "vs", "after", "et", "and", "que", "than", "rapport",
                    ],
                )
        })
}

/// `contre 3 milliards`, `après 5 % en 2023`: the figure is of another period.
fn is_comparison(block: &Block<'_, '_>, at: usize) -> bool {
    let before =
        |back: usize, words: &[&str]| at.checked_sub(back).is_some_and(|i| block.is_one_of(i, words));
    let abbreviated = at > 0 && block.tokens.is_mark(at - 1, '.') && before(2, &["vs"]);
    abbreviated
        || before(1, &["contre", "après", "apres", "against", "versus", "vs"])
        || before(2, &["contre", "compared", "rapport", "face"])
            && before(1, &["to", "with", "à", "aux", "les", "une", "un"])
}

/// `contre 3 milliards en 2023`, `0,87 € (0,55 € en 2023)`: the period of a comparison, or of a bracket, leads nothing.
fn is_compared(block: &Block<'_, '_>, mention: usize, sentence: usize) -> bool {
    let bracket = (sentence..mention)
        .rev()
        .find(|&i| matches!(block.tokens.mark(i), Some('(' | ')')));
    if bracket.is_some_and(|i| block.tokens.is_mark(i, '(')) {
        return true;
    }
    // `plus qu'en 2023`
    if (1..=2)
        .filter_map(|back| mention.checked_sub(back))
        .any(|i| block.is_one_of(i, &["que", "than"]))
    {
        return true;
    }
    // `son record du 6 octobre`
    if (2..=3)
        .filter_map(|back| mention.checked_sub(back))
        .any(|i| i >= sentence && block.is_one_of(i, &["record"]))
    {
        return true;
    }
    let clause = |reach: usize| {
        (1..=reach)
            .map_while(|back| mention.checked_sub(back))
            .take_while(|&i| {
                i >= sentence && (block.tokens.mark(i) != Some(',') || block.tokens.glued(i + 1))
            })
    };
    // `comparaît jusqu'au 12 décembre aux côtés de sept autres`
    if (1..=3)
        .filter_map(|back| mention.checked_sub(back))
        .any(|i| i > sentence && block.is_one_of(i, &["jusque"]))
    {
        return true;
    }
    // `après 5 millions en 2022 et 28 millions en mars 2024`
    if clause(24).any(|i| {
        block.is_one_of(
            i,
            &[
                "contre", "apres", "rapport", "comparer", "vs", "against", "compared", "versus",
            ],
        )
    }) {
        return true;
    }
    clause(12).any(|i| {
        block.is_one_of(
            i,
            &[
                "depuis",
                "since",
                "fonde",
                "fondee",
                "fondes",
                "fondees",
                "cree",
                "creee",
                "crees",
                "creees",
                "ne",
                "nee",
                "nes",
                "lance",
                "lancee",
                "sorti",
                "sortie",
                "sortis",
                "sorties",
                "introduit",
                "introduite",
                "acquis",
                "acquise",
                "commence",
                "commencee",
                "depose",
                "deposee",
                "signe",
                "signee",
                "ouvert",
                "ouverte",
                "inaugure",
                "inauguree",
                "rachete",
                "rachetee",
                "nomme",
                "nommee",
                "entre",
                "entree",
                "arrive",
                "arrivee",
                "founded",
                "created",
                "born",
                "launched",
                "than",
                "entre",
                "pic",
                "sommet",
                "plancher",
                "reporte",
                "reportee",
                "repousse",
                "repoussee",
                "decale",
                "decalee",
            ],
        )
    })
}

/// The periods in words.
fn relative(block: &Block<'_, '_>, items: &[Item], first: usize, end: usize) -> Vec<Mention> {
    let mut out = Vec::new();
    let mut k = 0;
    let mut i = first;
    while i < end {
        while k < items.len() && items[k].end <= i {
            k += 1;
        }
        if items
            .get(k)
            .is_some_and(|item| item.first <= i && item.kind == FigureKind::Date)
        {
            i = items[k].end;
            continue;
        }
        match relative_at(block, i, items.get(k)) {
            Some(mention) => {
                i = mention.end.max(i + 1);
                out.push(mention);
            }
            None => i += 1,
        }
    }
    out
}

fn relative_at(block: &Block<'_, '_>, i: usize, item: Option<&Item>) -> Option<Mention> {
    let word = block.word(i);
    // `trois mois` is a duration, not a period.
    if item.is_some_and(|item| item.first <= i && i < item.end && !matches!(item.kind, FigureKind::Ordinal)) {
        return None;
    }
    let (from, to, resolved) = match word {
        Word::Month(month) if is_month_name(block, i) => {
            let period = super::date::resolve(block, format!("XXXX-{month:02}"));
            (i, i + 1, Some(period))
        }
        Word::Weekday(weekday) => weekday_at(block, i, weekday),
        Word::Period => unit_at(block, i)?,
        _ => return None,
    };
    let tokens = block.tokens;
    let daily = matches!(word, Word::Weekday(_))
        || matches!(
            tokens.fold(i),
            "hier" | "aujourd" | "demain" | "yesterday" | "today" | "tomorrow"
        );
    let start = tokens.get(from)?.start;
    let end = tokens.get(to - 1)?.end;
    let period = resolved.unwrap_or_else(|| block.slice(start, end));
    Some(Mention {
        first: from,
        end: to,
        period,
        taken: false,
        leads: !daily || block.is_sentence_start(from),
    })
}

/// `en mars`, not the planet, the verb or the company.
fn is_month_name(block: &Block<'_, '_>, i: usize) -> bool {
    let tokens = block.tokens;
    if block.lang.decimal_comma {
        !tokens.is_capital(i) || block.is_sentence_start(i)
    } else {
        tokens.is_capital(i) && tokens.fold(i) != "may"
            || i > 0 && block.is_one_of(i - 1, &["in", "since", "last", "until", "by"])
    }
}

type Phrase = (usize, usize, Option<String>);

fn weekday_at(block: &Block<'_, '_>, i: usize, weekday: u8) -> Phrase {
    let mut end = i + 1;
    let mut direction = 0;
    if block.is_one_of(end, &["dernier", "prochain", "last"]) {
        direction = if block.is_one_of(end, &["prochain"]) {
            1
        } else {
            -1
        };
        end += 1;
    }
    let from = if i > 0 && block.is_one_of(i - 1, &["ce", "last", "next"]) {
        i - 1
    } else {
        i
    };
    let resolved = block.options.date.and_then(|date| {
        let today = i64::from(date.weekday().to_monday_one_offset());
        let mut days = i64::from(weekday) - today;
        // News speaks of the day just past, unless it says otherwise.
        match direction {
            1 if days <= 0 => days += 7,
            1 => {}
            -1 if days >= 0 => days -= 7,
            -1 => {}
            _ if days > 0 => days -= 7,
            _ => {}
        }
        date.checked_add(Span::new().try_days(days).ok()?).ok()
    });
    (from, end, resolved.map(|date| date.to_string()))
}

/// `cette année`, `l'an dernier`, `hier`, `le mois prochain`, `ce trimestre`.
fn unit_at(block: &Block<'_, '_>, i: usize) -> Option<Phrase> {
    let tokens = block.tokens;
    let date = block.options.date;
    let fold = tokens.fold(i);
    let day = |days: i64| {
        date.and_then(|date| date.checked_add(days.days()).ok())
            .map(|date| date.to_string())
    };
    match fold {
        "hier" | "yesterday" => return Some((i, i + 1, day(-1))),
        "demain" | "tomorrow" => return Some((i, i + 1, day(1))),
        "today" => return Some((i, i + 1, day(0))),
        "aujourd" if tokens.fold(i + 2) == "hui" => return Some((i, i + 3, day(0))),
        _ => {}
    }
    let before = |words: &[&str]| i > 0 && block.is_one_of(i - 1, words);
    let after = |words: &[&str]| block.is_one_of(i + 1, words);
    // `dernière année de publication`
    if before(&["derniere", "prochaine"]) && after(&["de"]) {
        return None;
    }
    let shift = if before(&["ce", "cet", "cette", "this"]) {
        0
    } else if after(&[
        "derniere",
        "dernier",
        "passee",
        "passe",
        "precedente",
        "precedent",
    ]) || before(&["last", "previous", "derniere"])
    {
        -1
    } else if after(&["prochaine", "prochain", "suivante"]) || before(&["next", "prochaine"]) {
        1
    } else if after(&["en"]) && tokens.fold(i + 2) == "cours" {
        0
    } else {
        return None;
    };
    let led = before(&[
        "ce", "cet", "cette", "this", "last", "next", "previous", "le", "la",
    ]);
    let from = if led { i - 1 } else { i };
    let end = if after(&[
        "derniere",
        "dernier",
        "passee",
        "passe",
        "precedente",
        "precedent",
        "prochaine",
        "prochain",
        "suivante",
    ]) {
        i + 2
    } else if after(&["en"]) && tokens.fold(i + 2) == "cours"
        || tokens.is_mark(i + 1, '-') && tokens.fold(i + 2) == "ci"
    {
        i + 3
    } else {
        i + 1
    };
    Some((from, end, date.and_then(|date| shifted(date, fold, shift))))
}

/// The period that is `shift` years, months or quarters away from the one that holds `date`.
fn shifted(date: Date, unit: &str, shift: i32) -> Option<String> {
    Some(match unit {
        "annee" | "an" | "year" => (i32::from(date.year()) + shift).to_string(),
        "mois" | "month" => {
            let month = date
                .first_of_month()
                .checked_add(Span::new().months(shift))
                .ok()?;
            format!("{}-{:02}", month.year(), month.month())
        }
        "trimestre" | "quarter" => {
            let index = i32::from(date.year()) * 4 + i32::from(date.month() - 1) / 3 + shift;
            format!("{}-Q{}", index.div_euclid(4), index.rem_euclid(4) + 1)
        }
        "semestre" => {
            let index = i32::from(date.year()) * 2 + i32::from(date.month() - 1) / 6 + shift;
            format!("{}-H{}", index.div_euclid(2), index.rem_euclid(2) + 1)
        }
        "semaine" | "week" => {
            let day = date.checked_add(Span::new().weeks(shift)).ok()?.iso_week_date();
            format!("{}-W{:02}", day.year(), day.week())
        }
        "ete" | "summer" => format!("{}-summer", i32::from(date.year()) + shift),
        _ => return None,
    })
}
