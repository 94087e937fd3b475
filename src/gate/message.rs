//! Findings in words, in the order of the texts.

use super::Scope;
use super::board::{Board, Item};
use super::derived;
use super::reading::{Reading, Sort};
use crate::record::{Figure, Finding, FindingKind, FindingSide};

/// Everything that is wrong: by place in the generated text, then what it lacks by place in the source.
pub(super) fn findings(board: &Board) -> Vec<Finding> {
    let mut findings: Vec<(usize, Finding)> = Vec::new();
    for clash in &board.clashes {
        let source = &board.source.items[clash.source];
        let generated = &board.generated.items[clash.generated];
        let message = changed(clash.kind, source, generated, clash.why);
        findings.push((
            generated.reading.figure.start,
            Finding {
                kind: clash.kind,
                source: Some(quote(source.reading.figure)),
                target: Some(quote(generated.reading.figure)),
                message,
            },
        ));
    }
    for at in board.generated.open() {
        let item = &board.generated.items[at];
        let target = quote(item.reading.figure);
        let mut message = format!("the text says “{}”, which the source does not state", target.text);
        if let Some((one, other)) = derived::summands(board, &item.reading) {
            message.push_str(&format!(
                "; it is the sum of “{}” and “{}”",
                phrase(board.source.items[one].reading.figure),
                phrase(board.source.items[other].reading.figure)
            ));
        }
        let finding = Finding {
            kind: FindingKind::Invented,
            source: None,
            target: Some(target),
            message,
        };
        findings.push((item.reading.figure.start, finding));
    }
    findings.sort_by_key(|(start, _)| *start);
    let mut findings: Vec<Finding> = findings.into_iter().map(|(_, finding)| finding).collect();
    if board.scope == Scope::Complete {
        for at in board.source.open() {
            let source = quote(board.source.items[at].reading.figure);
            let message = format!("the source says “{}”, which the text does not state", source.text);
            findings.push(Finding {
                kind: FindingKind::Missing,
                source: Some(source),
                target: None,
                message,
            });
        }
    }
    findings
}

/// The figure as its side spells it. A count is quoted as the number alone, as in the ledger.
fn quote(figure: &Figure) -> FindingSide {
    FindingSide {
        text: figure.text.clone(),
        start: figure.start,
        end: figure.end,
    }
}

/// The words to show: with the qualifier, where there is one.
fn phrase(figure: &Figure) -> &str {
    if figure.full_text.is_empty() {
        &figure.text
    } else {
        &figure.full_text
    }
}

fn changed(kind: FindingKind, source: &Item, generated: &Item, why: Option<&str>) -> String {
    let (theirs, ours) = (phrase(source.reading.figure), phrase(generated.reading.figure));
    let told = |what: &str| format!("the source says “{theirs}”, the text says “{ours}”: {what}");
    if let Some(why) = why {
        return told(why);
    }
    let what = match kind {
        FindingKind::ChangedCurrency => match (&source.reading.sort, &generated.reading.sort) {
            (Sort::Money(from), Sort::Money(to)) if from.is_named() && to.is_named() => {
                format!("the currency changed from {} to {}", from.code(), to.code())
            }
            _ => "the currency changed".to_owned(),
        },
        FindingKind::ChangedUnit => "the unit changed".to_owned(),
        _ => changed_value(&source.reading, &generated.reading).to_owned(),
    };
    told(&what)
}

fn changed_value(source: &Reading, generated: &Reading) -> &'static str {
    if source.amount == generated.amount {
        return match (source.bound, generated.bound) {
            (Some(theirs), Some(ours)) if theirs != ours => "the bound is reversed",
            (Some(_), None) => "the bound is lost",
            (None, Some(_)) => "the bound is not in the source",
            _ if source.movement() != generated.movement() => "the direction is reversed",
            _ => "the value changed",
        };
    }
    match (source.point(), generated.point()) {
        (Some(theirs), Some(ours)) if derived::is_rounded(theirs, ours) => "the value was rounded",
        (Some(theirs), Some(ours)) if derived::is_scaled(theirs, ours) => "the scale changed",
        _ => "the value changed",
    }
}
