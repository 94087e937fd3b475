//! The summary without a model, on the example articles: what a reader of the tables relies on.

#![allow(clippy::unwrap_used)] // the helpers of a test are part of it

use depeche::ingest::{Options, articles};
use depeche::record::{Article, Summary};
use depeche::task::Length;
use depeche::task::extractive::summarize;
use depeche::{entities, figures};
use std::path::Path;

fn examples() -> Vec<Article> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/articles");
    articles(&[folder.display().to_string()], &Options::default())
        .map(|article| article.unwrap())
        .collect()
}

fn summary(article: &Article) -> Summary {
    summarize(
        article,
        &figures::scan_article(article),
        &entities::find(article),
        Length::Medium,
    )
}

#[test]
fn every_article_gets_a_headline_an_abstract_and_three_to_five_bullets() {
    for article in examples() {
        let summary = summary(&article);
        assert_eq!(Some(&summary.headline), article.title.as_ref());
        assert!(
            (3..=5).contains(&summary.bullets.len()),
            "{}: {:#?}",
            article.path,
            summary.bullets
        );
        assert!(
            (80..900).contains(&summary.abstract_text.chars().count()),
            "{}",
            article.path
        );
    }
}

#[test]
fn bullets_quote_the_paragraph_that_they_name() {
    for article in examples() {
        let chars: Vec<char> = article.text.chars().collect();
        for bullet in summary(&article).bullets {
            let paragraph = article.paragraphs[bullet.paragraphs[0]];
            let text: String = chars[paragraph.start..paragraph.end].iter().collect();
            assert!(text.contains(&bullet.text), "{}: {}", article.path, bullet.text);
        }
    }
}

#[test]
fn bullets_stand_alone() {
    let leaning = [
        "Il ",
        "Elle ",
        "Ils ",
        "Elles ",
        "Cette ",
        "Ces ",
        "Celui",
        "Selon lui",
        "D’après lui",
        "D'après lui",
    ];
    for article in examples() {
        for bullet in summary(&article).bullets {
            assert!(
                !leaning.iter().any(|start| bullet.text.starts_with(start)),
                "{}: {}",
                article.path,
                bullet.text
            );
        }
    }
}

#[test]
fn the_abstract_opens_with_the_first_paragraphs() {
    for article in examples() {
        let lead: String = summary(&article).abstract_text.chars().take(60).collect();
        let opening: Vec<char> = article.text.chars().collect();
        let end = article
            .paragraphs
            .get(3)
            .map_or(opening.len(), |paragraph| paragraph.end);
        assert!(
            opening[..end].iter().collect::<String>().contains(&lead),
            "{}: {lead}",
            article.path
        );
    }
}
