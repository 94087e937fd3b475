//! What the page knows before it opens an article: one row an article, the entities of the folder, the problems.

use crate::output::folder::ArticleResults;
use crate::record::{Entity, EntityType, Lang, Problem, Severity};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The whole index.
#[derive(Serialize)]
pub(super) struct Index<'a> {
    about: &'a str,
    articles: &'a [Row],
    entities: Vec<Name<'a>>,
    problems: Vec<Trouble<'a>>,
    blocks: &'a [Place],
}

/// Where a block of articles is: in the page itself, or in files beside it.
#[derive(Serialize)]
pub(super) struct Place {
    /// The first of its articles.
    pub(super) first: usize,
    /// File of the articles and file of the figures; none where both are in the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) files: Option<(String, String)>,
}

/// One article in lists and tables.
#[derive(Serialize)]
pub(super) struct Row {
    id: String,
    path: String,
    title: Option<String>,
    date: Option<String>,
    lang: Lang,
    headline: Option<String>,
    entities: usize,
    translations: usize,
    /// How many figures of each kind.
    kinds: BTreeMap<&'static str, usize>,
    /// Units and currencies that they have.
    units: BTreeSet<String>,
    /// How many findings of the gate of each kind, in translations and summaries.
    checks: BTreeMap<&'static str, usize>,
}

/// An entity of the folder.
#[derive(Serialize)]
struct Name<'a> {
    canonical: &'a str,
    #[serde(rename = "type")]
    entity_type: EntityType,
    aliases: &'a [String],
    description: Option<&'a str>,
    /// Article, paragraph and start of each mention, one after the other.
    places: Vec<usize>,
}

#[derive(Serialize)]
struct Trouble<'a> {
    article: Option<usize>,
    path: &'a str,
    stage: &'a str,
    severity: Severity,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

impl Row {
    pub(super) fn new(results: &ArticleResults) -> Row {
        let article = &results.article;
        let mut kinds = BTreeMap::new();
        let mut units = BTreeSet::new();
        for figure in &results.figures {
            *kinds.entry(figure.kind.as_str()).or_default() += 1;
            units.extend(figure.currency.clone().or_else(|| figure.unit.clone()));
        }
        let mut checks = BTreeMap::new();
        let translated = results
            .translations
            .iter()
            .flat_map(|translation| &translation.segments);
        let findings = translated.flat_map(|segment| &segment.findings);
        for finding in findings.chain(results.summaries.iter().flat_map(|summary| &summary.findings)) {
            *checks.entry(finding.kind.as_str()).or_default() += 1;
        }
        Row {
            id: article.id.clone(),
            path: article.path.clone(),
            title: article.title.clone(),
            date: article.date.clone(),
            lang: article.lang,
            headline: results.summaries.first().map(|summary| summary.headline.clone()),
            entities: results.entities.len(),
            translations: results.translations.len(),
            kinds,
            units,
            checks,
        }
    }
}

impl<'a> Index<'a> {
    pub(super) fn new(
        about: &'a str,
        articles: &'a [Row],
        entities: &'a [Entity],
        problems: &'a [Problem],
        blocks: &'a [Place],
    ) -> Index<'a> {
        // of two articles with one id, an address leads to the first
        let places: HashMap<&str, usize> = articles
            .iter()
            .enumerate()
            .rev()
            .map(|(place, row)| (row.id.as_str(), place))
            .collect();
        let name = |entity: &'a Entity| Name {
            canonical: &entity.canonical,
            entity_type: entity.entity_type,
            aliases: &entity.aliases,
            description: entity.description.as_ref().map(|quote| quote.text.as_str()),
            places: entity
                .mentions
                .iter()
                .filter_map(|mention| {
                    let place = *places.get(mention.article_id.as_str())?;
                    Some([place, mention.paragraph, mention.start])
                })
                .flatten()
                .collect(),
        };
        let trouble = |problem: &'a Problem| Trouble {
            article: problem
                .article_id
                .as_deref()
                .and_then(|id| places.get(id).copied()),
            path: &problem.path,
            stage: &problem.stage,
            severity: problem.severity,
            message: &problem.message,
            hint: problem.hint.as_deref(),
        };
        Index {
            about,
            articles,
            entities: entities.iter().map(name).collect(),
            problems: problems.iter().map(trouble).collect(),
            blocks,
        }
    }
}
