//! The number gate as the tasks call it.

use crate::figures::{Options, scan};
use crate::gate::{Scope, Side, check_sides, check_text};
use crate::record::{Article, Figure, Finding, Lang};

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
