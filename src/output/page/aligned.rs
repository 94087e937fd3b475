//! A translation beside its source: which figure of one side is which of the other, and what the gate found.

use crate::figures::{Options, scan};
use crate::gate::{Scope, Side, pairs};
use crate::record::{Article, Figure, Finding, FindingKind, Lang, Method, Segment, Translation};
use serde::Serialize;
use std::collections::HashMap;

/// A translation as the page shows it.
#[derive(Serialize)]
pub(super) struct Aligned<'a> {
    lang: Lang,
    method: Method,
    /// What was translated at once, which tells two translations into one language apart.
    by: Unit,
    segments: Vec<Pair<'a>>,
}

/// What a translator was given at once: language models take paragraphs, translation models sentences.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Unit {
    Paragraph,
    Sentence,
}

/// One segment; the text of a paragraph stands in the article already.
#[derive(Serialize)]
struct Pair<'a> {
    /// None for the title.
    paragraph: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    target: &'a str,
    /// Start and end in `target`, and the figure of the article that it tells, where there is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    figures: Vec<(usize, usize, Option<usize>)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Found<'a>>,
}

/// A finding of the gate, led back to the article's own figures.
#[derive(Serialize)]
pub(super) struct Found<'a> {
    kind: FindingKind,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    /// The figure of the article that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    figure: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
    /// Start and end in the generated text.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<(usize, usize)>,
}

impl<'a> Found<'a> {
    pub(super) fn new(finding: &'a Finding, figure: Option<usize>) -> Found<'a> {
        Found {
            kind: finding.kind,
            message: &finding.message,
            source: finding.source.as_ref().map(|side| side.text.as_str()),
            figure,
            target: finding.target.as_ref().map(|side| side.text.as_str()),
            at: finding.target.as_ref().map(|side| (side.start, side.end)),
        }
    }
}

/// The figures of an article by where they start.
pub(super) struct Ledger<'a> {
    article: &'a Article,
    starts: HashMap<usize, usize>,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(article: &'a Article, figures: &[Figure]) -> Ledger<'a> {
        Ledger {
            article,
            starts: figures.iter().map(|figure| (figure.start, figure.n)).collect(),
        }
    }

    /// The figure that starts at `start` of a segment's source.
    fn figure(&self, segment: &Segment, start: usize) -> Option<usize> {
        let paragraph = self.article.paragraphs.get(segment.paragraph?)?;
        self.starts.get(&(paragraph.start + start)).copied()
    }

    /// The figures of the article that a translation lost or changed, and how.
    pub(super) fn wrong(&self, translation: &Translation) -> Vec<(usize, FindingKind)> {
        let of = |segment: &Segment| {
            let figure = |finding: &Finding| {
                let start = finding.source.as_ref()?.start;
                Some((self.figure(segment, start)?, finding.kind))
            };
            segment.findings.iter().filter_map(figure).collect::<Vec<_>>()
        };
        translation.segments.iter().flat_map(of).collect()
    }

    /// The translation with its figures marked.
    pub(super) fn align(&self, translation: &'a Translation) -> Aligned<'a> {
        Aligned {
            lang: translation.target_lang,
            method: translation.method,
            by: if translation.segments.iter().any(|s| !s.sentences.is_empty()) {
                Unit::Sentence
            } else {
                Unit::Paragraph
            },
            segments: translation
                .segments
                .iter()
                .map(|segment| self.pair(translation, segment))
                .collect(),
        }
    }

    fn pair(&self, translation: &Translation, segment: &'a Segment) -> Pair<'a> {
        let options = Options::default();
        let source = scan(&segment.source, translation.source_lang, &options);
        let target = scan(&segment.target, translation.target_lang, &options);
        let told: HashMap<usize, usize> = pairs(
            side(&segment.source, translation.source_lang, &source),
            side(&segment.target, translation.target_lang, &target),
            Scope::Complete,
        )
        .into_iter()
        .filter_map(|(theirs, ours)| Some((ours, self.figure(segment, source.get(theirs)?.start)?)))
        .collect();
        let mark = |(at, figure): (usize, &Figure)| (figure.start, figure.end, told.get(&at).copied());
        let found = |finding: &'a Finding| {
            let start = finding.source.as_ref().map(|side| side.start);
            Found::new(finding, start.and_then(|start| self.figure(segment, start)))
        };
        Pair {
            paragraph: segment.paragraph,
            source: segment.paragraph.is_none().then_some(segment.source.as_str()),
            target: &segment.target,
            figures: target.iter().enumerate().map(mark).collect(),
            findings: segment.findings.iter().map(found).collect(),
        }
    }
}

fn side<'a>(text: &'a str, lang: Lang, figures: &'a [Figure]) -> Side<'a> {
    Side { text, lang, figures }
}
