//! A summary made of sentences of the article, chosen by rule: what `--model none` can promise.
//!
//! What it is: every sentence gets points for what news writing makes likely (the lead, words of the
//! title, words that the whole article turns on, figures, the entities it is about) and loses points
//! where it would not stand alone (`Elle`, `Selon lui`), where it is somebody's words, or where it says
//! nothing (`n’a pas commenté`); then sentences are taken one by one, each the best of those that do not
//! repeat what is taken. Same input, same output.
//!
//! What it is not: writing. Nothing is shortened, joined or rephrased inside a sentence, so every bullet
//! and every sentence of the abstract is in the article letter for letter, and so are its figures.

mod passage;
mod score;
mod select;
mod words;

use crate::record::{Article, Bullet, Entity, Figure, Method, ParagraphKind, Summary};
use crate::task::Length;
use passage::Passage;

/// Characters that a headline taken from the text has at most.
const HEADLINE_CHARS: usize = 140;

/// Summarizes an article with its own sentences, in its own language.
///
/// The headline is the title where there is one. The abstract opens with the news and goes on in the
/// order of the article; the bullets, in that order too, add what the abstract does not say as long as
/// the article has enough sentences for both. `figures` and `entities` are those of this article. An
/// article without running text gives an empty summary.
pub fn summarize(article: &Article, figures: &[Figure], entities: &[Entity], length: Length) -> Summary {
    let passages = passage::passages(article, figures, entities);
    let headline = Headline::of(article, &passages);
    let scores = score::scores(&passages, &headline.text, headline.passage);
    let chosen = select::choose(&passages, &scores, length);
    Summary {
        article_id: article.id.clone(),
        lang: article.lang,
        method: Method::Extractive,
        headline: headline.text,
        bullets: chosen.bullets.iter().map(|&at| bullet(&passages[at])).collect(),
        abstract_text: chosen
            .sentences
            .iter()
            .map(|&at| passages[at].text)
            .collect::<Vec<_>>()
            .join(" "),
        findings: Vec::new(),
    }
}

fn bullet(passage: &Passage) -> Bullet {
    Bullet {
        text: passage.text.to_owned(),
        paragraphs: vec![passage.paragraph],
    }
}

/// The headline, and the passage that it was taken from.
struct Headline {
    text: String,
    passage: Option<usize>,
}

impl Headline {
    fn of(article: &Article, passages: &[Passage]) -> Headline {
        let title = article
            .title
            .as_deref()
            .map(str::trim)
            .filter(|title| !title.is_empty());
        if let Some(title) = title {
            let text = title.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
            return Headline { text, passage: None };
        }
        if let Some(heading) = first_heading(article) {
            return Headline {
                text: heading,
                passage: None,
            };
        }
        let first = |test: &dyn Fn(&Passage) -> bool| passages.iter().take(4).position(test);
        let untitled =
            first(&|passage| !passage.is_sentence && passage.chars() <= HEADLINE_CHARS && passage.first);
        let short = first(&|passage| passage.chars() <= HEADLINE_CHARS && passage.dependence == 0.0);
        match untitled.or(short) {
            Some(at) => Headline {
                text: passages[at].text.to_owned(),
                passage: Some(at),
            },
            None => Headline {
                text: passages
                    .first()
                    .map(|passage| opening(passage.text).to_owned())
                    .unwrap_or_default(),
                passage: None,
            },
        }
    }
}

/// A heading above all running text.
fn first_heading(article: &Article) -> Option<String> {
    let paragraph = article
        .paragraphs
        .first()
        .filter(|first| first.kind == ParagraphKind::Heading)?;
    let length = paragraph.end.checked_sub(paragraph.start)?;
    Some(article.text.chars().skip(paragraph.start).take(length).collect())
}

/// The first clause of a long sentence.
fn opening(text: &str) -> &str {
    let limit = text
        .char_indices()
        .nth(HEADLINE_CHARS)
        .map_or(text.len(), |(at, _)| at);
    let head = &text[..limit];
    let cut = [", qui ", ", selon ", " ; ", ", dont ", ", mais ", ", "]
        .iter()
        .filter_map(|mark| head.rfind(mark))
        .max();
    match cut {
        Some(at) if at > limit / 3 && limit < text.len() => head[..at].trim_end(),
        _ if limit == text.len() => head,
        _ => head.rfind(' ').map_or(head, |at| head[..at].trim_end()),
    }
}

#[cfg(test)]
mod tests;
