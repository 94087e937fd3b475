//! The number gate as the tasks call it.

use crate::figures::{Options, scan};
use crate::gate::{Scope, Side, check_sides, check_text};
use crate::record::{Article, Figure, Finding, FindingKind, FindingSide, Lang};

/// Figures of a passage of a summary that the article does not give. The title counts as article.
pub(super) fn summary(article: &Article, figures: &[Figure], text: &str, lang: Lang) -> Vec<Finding> {
    let options = Options {
        date: article
            .date
            .as_deref()
            .and_then(|date| date.get(..10))
            .and_then(|date| date.parse().ok()),
    };
    let ledger = scan(text, lang, &options);
    let generated = Side {
        text,
        lang,
        figures: &ledger,
    };
    let source = Side {
        text: &article.text,
        lang: article.lang,
        figures,
    };
    let findings = check_sides(source, generated, Scope::Subset);
    let title = article
        .title
        .as_deref()
        .filter(|title| title.chars().any(char::is_alphanumeric));
    match title {
        // The ledger is the text's alone, but a figure of the title is no invention.
        Some(title) if !findings.is_empty() => {
            let text = format!("{title}\n\n{}", article.text);
            let figures = scan(&text, article.lang, &options);
            let source = Side {
                text: &text,
                lang: article.lang,
                figures: &figures,
            };
            check_sides(source, generated, Scope::Subset)
        }
        _ => findings,
    }
}

/// Figures that a translation lost, made up or changed.
pub(super) fn translation(source: &str, source_lang: Lang, target: &str, target_lang: Lang) -> Vec<Finding> {
    check_text(source, source_lang, target, target_lang, Scope::Complete)
}

/// As [`translation`]; where one of the languages is neither French nor English, what can be compared is the
/// digits alone.
pub(super) fn between(source: &str, source_lang: Lang, target: &str, target_lang: Lang) -> Vec<Finding> {
    if source_lang != Lang::Other && target_lang != Lang::Other {
        return translation(source, source_lang, target, target_lang);
    }
    let mut unmatched = runs_of_digits(target);
    let mut findings = Vec::new();
    for side in runs_of_digits(source) {
        match unmatched
            .iter()
            .position(|other| digits_of(&other.text) == digits_of(&side.text))
        {
            Some(at) => drop(unmatched.remove(at)),
            None => findings.push(Finding {
                kind: FindingKind::Missing,
                message: format!("the source says “{}”, which the text does not state", side.text),
                source: Some(side),
                target: None,
            }),
        }
    }
    findings.extend(unmatched.into_iter().map(|side| Finding {
        kind: FindingKind::Invented,
        message: format!("the text says “{}”, which the source does not state", side.text),
        source: None,
        target: Some(side),
    }));
    findings
}

/// Numbers in digits, with their points, commas and spaces between groups of three.
fn runs_of_digits(text: &str) -> Vec<FindingSide> {
    let chars: Vec<char> = text.chars().collect();
    let is_digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let mut runs = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !is_digit(at) {
            at += 1;
            continue;
        }
        let start = at;
        while is_digit(at) || joins_digits(&chars, at) && is_digit(at + 1) {
            at += 1;
        }
        runs.push(FindingSide {
            text: chars[start..at].iter().collect(),
            start,
            end: at,
        });
    }
    runs
}

fn joins_digits(chars: &[char], at: usize) -> bool {
    let Some(c) = chars.get(at) else { return false };
    let group = chars
        .get(at + 1..at + 4)
        .is_some_and(|group| group.iter().all(char::is_ascii_digit))
        && !chars.get(at + 4).is_some_and(char::is_ascii_digit);
    matches!(c, ',' | '.') || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’') && group
}

fn digits_of(run: &str) -> String {
    run.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_compared_where_the_number_words_are_not_known() {
        let source = "Le groupe a levé 12 500 euros, soit 20,5 %.";
        for (target, findings) in [
            ("Die Gruppe nahm 12.500 Euro auf, also 20,5 %.", 0),
            ("Die Gruppe nahm 12.500 Euro auf.", 1),
            ("Die Gruppe nahm 12.501 Euro auf, 20,5 %.", 2),
        ] {
            assert_eq!(
                between(source, Lang::Fr, target, Lang::Other).len(),
                findings,
                "{target}"
            );
        }
    }
}
