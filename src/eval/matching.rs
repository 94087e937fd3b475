//! Pairs what was read in one sentence with what was annotated, and books the result.
//!
//! A reading counts for an annotation when it covers the same characters; its kind and then its fields
//! are compared after that. Nothing is counted twice: each reading serves one annotation.

use rust_decimal::Decimal;

use super::gold::{Case, Check, Expected, Extent, Extra};
use super::report::{CaseOutcome, Disagreement, Field, Report};
use crate::record::{Figure, FigureKind};

/// Ratios are often not finite decimals (`un tiers`): what differs by less than this share is equal.
const RATIO_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

/// Scores one sentence.
pub(super) fn score(case: &Case, found: &[Figure], report: &mut Report) {
    let mut used = vec![false; found.len()];
    let mut outcome = CaseOutcome {
        id: case.id.clone(),
        disagreements: Vec::new(),
    };
    let (required, optional): (Vec<&Expected>, Vec<&Expected>) =
        case.figures.iter().partition(|expected| !expected.optional);

    for expected in required {
        report.group(&expected.group).gold += 1;
        let Some(index) = best_reading(expected, found, &used) else {
            outcome.disagreements.push(Disagreement::Missing {
                text: expected.text.clone(),
                kind: kind_name(expected).to_owned(),
            });
            continue;
        };
        used[index] = true;
        let figure = &found[index];
        report.spans.matched += 1;
        if expected.kinds.contains(&figure.kind) {
            let group = report.group(&expected.group);
            group.read += 1;
            group.matched += 1;
            let wrong = compare(expected, figure, report);
            outcome.disagreements.extend(wrong);
        } else {
            report.group(&read_group(case, figure)).read += 1;
            outcome.disagreements.push(Disagreement::Kind {
                text: expected.text.clone(),
                expected: kind_name(expected).to_owned(),
                found: figure.kind.as_str().to_owned(),
            });
        }
    }

    let mut spurious = 0;
    for (figure, _) in found.iter().zip(&used).filter(|(_, used)| !**used) {
        let forgiven = optional
            .iter()
            .any(|expected| overlaps(figure, expected.start, expected.end));
        if forgiven || !counts(case, figure) {
            continue;
        }
        spurious += 1;
        report.group(&read_group(case, figure)).read += 1;
        outcome.disagreements.push(Disagreement::Spurious {
            text: figure.text.clone(),
            kind: figure.kind.as_str().to_owned(),
            start: figure.start,
        });
    }
    report.book(case.trap, spurious, outcome);
}

fn kind_name(expected: &Expected) -> &'static str {
    expected.kinds.first().map_or("any", |kind| kind.as_str())
}

/// Where a reading is booked: a foreign corpus has groups of its own.
fn read_group(case: &Case, figure: &Figure) -> String {
    match &case.extra {
        Extra::Wrong => figure.kind.as_str().to_owned(),
        Extra::WrongIfKind(group, _) | Extra::WrongIfOverlapping(group) => group.clone(),
    }
}

/// Whether an unpaired reading counts as wrong.
fn counts(case: &Case, figure: &Figure) -> bool {
    match &case.extra {
        Extra::Wrong => true,
        Extra::WrongIfKind(_, kinds) => kinds.contains(&figure.kind),
        Extra::WrongIfOverlapping(_) => case
            .figures
            .iter()
            .any(|expected| overlaps(figure, expected.start, expected.end)),
    }
}

fn overlaps(figure: &Figure, start: usize, end: usize) -> bool {
    figure.start < end && start < figure.end
}

/// The unused reading of the right extent, one of an accepted kind before others.
fn best_reading(expected: &Expected, found: &[Figure], used: &[bool]) -> Option<usize> {
    let candidates = || (0..found.len()).filter(|&index| !used[index] && covers(expected, &found[index]));
    candidates()
        .find(|&index| expected.kinds.contains(&found[index].kind))
        .or_else(|| candidates().next())
}

fn covers(expected: &Expected, figure: &Figure) -> bool {
    let text = (figure.start, figure.end);
    let whole = (expected.start, expected.end);
    let full = (figure.full_start, figure.full_end);
    if text == whole || expected.also.contains(&text) {
        return true;
    }
    match expected.extent {
        Extent::Exact => false,
        Extent::TextOrFull | Extent::NumberPart if full == whole => true,
        Extent::TextOrFull | Extent::NumberPart if text == without_lead_in(expected) => true,
        Extent::TextOrFull => false,
        Extent::NumberPart => text.0 == whole.0 && text.1 > whole.1,
    }
}

/// Duckling and NeMo take articles and prepositions in (`le 2 mars`, `à 15 h`, `du 13 au 15 juillet`).
fn without_lead_in(expected: &Expected) -> (usize, usize) {
    const LEAD_INS: [&str; 15] = [
        "le ",
        "la ",
        "les ",
        "l'",
        "du ",
        "de ",
        "en ",
        "au ",
        "à ",
        "entre le ",
        "vers ",
        "à environ ",
        "à partir du ",
        "à partir de ",
        "après le ",
    ];
    let cut = LEAD_INS
        .iter()
        .filter(|lead_in| expected.text.starts_with(**lead_in))
        .map(|lead_in| lead_in.chars().count())
        .max()
        .unwrap_or(0);
    (expected.start + cut, expected.end)
}

/// Compares the annotated fields, books each and returns those that differ.
fn compare(expected: &Expected, figure: &Figure, report: &mut Report) -> Vec<Disagreement> {
    let value = join(&[
        ("", number(&expected.value, figure.value, figure.kind)),
        ("min ", number(&expected.min, figure.min, figure.kind)),
        ("max ", number(&expected.max, figure.max, figure.kind)),
    ]);
    let currency = join(&[
        ("", words(&expected.currency, figure.currency.as_deref())),
        (
            "ambiguous ",
            flag(&expected.currency_ambiguous, figure.currency_ambiguous),
        ),
    ]);
    let fields = [
        (Field::Value, value),
        (Field::Unit, words(&expected.unit, figure.unit.as_deref())),
        (Field::Currency, currency),
        (
            Field::Qualifier,
            words(&expected.qualifier, Some(figure.qualifier.as_str())),
        ),
        (
            Field::Direction,
            words(&expected.direction, figure.direction.map(|way| way.as_str())),
        ),
        (Field::Period, words(&expected.period, figure.period.as_deref())),
        (
            Field::FullText,
            words(&expected.full_text, Some(&figure.full_text)),
        ),
    ];
    let mut wrong = Vec::new();
    for (field, verdict) in fields {
        let right = match verdict {
            Verdict::NotScored => continue,
            Verdict::Right => true,
            Verdict::Wrong {
                expected: wanted,
                found,
            } => {
                let text = expected.text.clone();
                wrong.push(Disagreement::Field {
                    text,
                    field,
                    expected: wanted,
                    found,
                });
                false
            }
        };
        report.group(&expected.group).tally(field, right);
    }
    wrong
}

enum Verdict {
    NotScored,
    Right,
    Wrong { expected: String, found: String },
}

/// Several values in one field: right when all are.
fn join(parts: &[(&str, Verdict)]) -> Verdict {
    let mut joined = Verdict::NotScored;
    for (label, part) in parts {
        match part {
            Verdict::NotScored => {}
            Verdict::Right => joined = Verdict::Right,
            Verdict::Wrong { expected, found } => {
                return Verdict::Wrong {
                    expected: format!("{label}{expected}"),
                    found: format!("{label}{found}"),
                };
            }
        }
    }
    joined
}

fn number(check: &Check<Decimal>, found: Option<Decimal>, kind: FigureKind) -> Verdict {
    let equal = |wanted: &Decimal, found: Decimal| match kind {
        FigureKind::Ratio => {
            let tolerated = wanted.abs().saturating_mul(RATIO_TOLERANCE);
            wanted.saturating_sub(found).abs() <= tolerated
        }
        _ => *wanted == found,
    };
    verdict(
        check,
        found.is_none(),
        |wanted| found.is_some_and(|found| equal(wanted, found)),
        || found.map_or_else(nothing, |found| found.normalize().to_string()),
    )
}

fn words(check: &Check<String>, found: Option<&str>) -> Verdict {
    verdict(
        check,
        found.is_none(),
        |wanted| fold(wanted) == fold(found.unwrap_or_default()),
        || found.map_or_else(nothing, str::to_owned),
    )
}

fn flag(check: &Check<bool>, found: bool) -> Verdict {
    verdict(check, false, |wanted| *wanted == found, || found.to_string())
}

fn verdict<T: std::fmt::Display>(
    check: &Check<T>,
    found_nothing: bool,
    equal: impl Fn(&T) -> bool,
    found: impl Fn() -> String,
) -> Verdict {
    match check {
        Check::Any => Verdict::NotScored,
        Check::Nothing if found_nothing => Verdict::Right,
        Check::Nothing => Verdict::Wrong {
            expected: nothing(),
            found: found(),
        },
        Check::OneOf(wanted) if wanted.iter().any(equal) => Verdict::Right,
        Check::OneOf(wanted) => {
            let wanted: Vec<String> = wanted.iter().map(T::to_string).collect();
            Verdict::Wrong {
                expected: wanted.join(" or "),
                found: found(),
            }
        }
    }
}

fn nothing() -> String {
    "nothing".to_owned()
}

/// Case, spaces and apostrophes do not make two units different.
fn fold(words: &str) -> String {
    let plain: String = words
        .chars()
        .map(|c| match c {
            '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
            '’' => '\'',
            other => other,
        })
        .collect();
    plain.trim().to_lowercase()
}
