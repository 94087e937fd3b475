//! Records as rows of the tables of [`schema`](super::schema).
//!
//! The column names are those of the record's fields, so that a row of `figures.csv` and a line of
//! `depeche figures --format jsonl` say the same thing under the same name.

use super::table::digits;
use super::{Cell, Table};
use crate::record::{Article, Entity, Figure, FigureKind, Problem, Severity, Summary, TermUse, Translation};
use rust_decimal::Decimal;

/// One row of [`FIGURES`](super::schema::FIGURES).
pub fn figure_row(figure: &Figure) -> Vec<Cell> {
    let Figure {
        article_id,
        n,
        text,
        start,
        end,
        full_text,
        full_start,
        full_end,
        kind,
        value,
        min,
        max,
        qualifier,
        unit,
        currency,
        currency_ambiguous,
        direction,
        period,
        measure,
        subject,
        speaker,
        sentence,
        paragraph,
    } = figure;
    let shown = match kind {
        FigureKind::Percent => Some("%"),
        _ => currency.as_deref(),
    };
    vec![
        article_id.as_str().into(),
        (*n).into(),
        kind.as_str().into(),
        text.as_str().into(),
        Cell::measured(*value, shown),
        Cell::measured(*min, shown),
        Cell::measured(*max, shown),
        qualifier.as_str().into(),
        unit.clone().into(),
        currency.clone().into(),
        (*currency_ambiguous).into(),
        direction.map(|d| d.as_str()).into(),
        period.clone().into(),
        measure.clone().into(),
        subject.clone().into(),
        speaker.clone().into(),
        full_text.as_str().into(),
        sentence.as_str().into(),
        (*paragraph).into(),
        (*start).into(),
        (*end).into(),
        (*full_start).into(),
        (*full_end).into(),
    ]
}

/// Words, or nothing where there are none: an empty text and no text are one in a CSV.
fn stated(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { text.into() }
}

/// The columns of a figure that fit a terminal.
const FIGURES_SHORT: &[&str] = &[
    "n",
    "figure",
    "kind",
    "value",
    "unit",
    "qualifier",
    "period",
    "in",
];

/// The figures as a table to read: a range is one cell, the sentence is the last one.
pub fn figures_short<'a>(figures: impl IntoIterator<Item = &'a Figure>) -> Table {
    let row = |figure: &Figure| {
        let unit = figure.currency.clone().or_else(|| figure.unit.clone());
        vec![
            figure.n.into(),
            figure.full_text.as_str().into(),
            figure.kind.as_str().into(),
            value_or_bounds(figure),
            unit.into(),
            figure.qualifier.as_str().into(),
            figure.period.clone().into(),
            figure.sentence.as_str().into(),
        ]
    };
    Table {
        columns: FIGURES_SHORT,
        rows: figures.into_iter().map(row).collect(),
    }
}

fn value_or_bounds(figure: &Figure) -> Cell {
    if figure.value.is_some() {
        return figure.value.into();
    }
    let spell = |bound: Option<Decimal>| bound.map(digits).unwrap_or_default();
    match (figure.min, figure.max) {
        (None, None) => Cell::Empty,
        (min, max) => format!("{}..{}", spell(min), spell(max)).into(),
    }
}

/// The rows of [`ENTITIES`](super::schema::ENTITIES) for one entity.
pub fn entity_rows(entity: &Entity) -> impl Iterator<Item = Vec<Cell>> + '_ {
    entity.mentions.iter().map(|mention| {
        vec![
            entity.canonical.as_str().into(),
            entity.entity_type.as_str().into(),
            stated(&entity.aliases.join(" | ")),
            entity.description.as_ref().map(|quote| quote.text.clone()).into(),
            mention.article_id.as_str().into(),
            mention.text.as_str().into(),
            mention.start.into(),
            mention.end.into(),
            mention.paragraph.into(),
            entity.mentions.len().into(),
        ]
    })
}

/// The entities as a table to read: one row an entity.
pub fn entities_short(entities: &[Entity]) -> Table {
    let row = |entity: &Entity| {
        vec![
            entity.canonical.as_str().into(),
            entity.entity_type.as_str().into(),
            entity.mentions.len().into(),
            entity.aliases.join(", ").into(),
            entity.description.as_ref().map(|quote| quote.text.clone()).into(),
        ]
    };
    Table {
        columns: &["entity", "type", "mentions", "aliases", "description"],
        rows: entities.iter().map(row).collect(),
    }
}

/// The rows of [`TRANSLATIONS`](super::schema::TRANSLATIONS) for one translation.
pub fn segment_rows(translation: &Translation) -> impl Iterator<Item = Vec<Cell>> + '_ {
    translation.segments.iter().map(|segment| {
        let flags: Vec<_> = segment.findings.iter().map(|f| f.message.as_str()).collect();
        vec![
            translation.article_id.as_str().into(),
            segment.paragraph.into(),
            translation.source_lang.code().into(),
            translation.target_lang.code().into(),
            translation.method.as_str().into(),
            stated(&segment.source),
            stated(&segment.target),
            stated(&flags.join("; ")),
        ]
    })
}

/// The rows of [`GLOSSARY`](super::schema::GLOSSARY) for one translation: every term that the source states, used or missed.
pub fn glossary_rows<'a>(
    article: &'a Article,
    translation: &'a Translation,
) -> impl Iterator<Item = Vec<Cell>> + 'a {
    translation.terms.iter().map(|term| {
        let TermUse {
            source,
            target,
            paragraph,
            status,
            sentence,
            translation,
        } = term;
        vec![
            article.id.as_str().into(),
            article.path.as_str().into(),
            (*paragraph).into(),
            source.as_str().into(),
            target.as_str().into(),
            status.as_str().into(),
            stated(sentence),
            stated(translation),
        ]
    })
}

/// One row of [`SUMMARIES`](super::schema::SUMMARIES).
pub fn summary_row(article: &Article, summary: &Summary) -> Vec<Cell> {
    let bullets: Vec<_> = summary.bullets.iter().map(|b| format!("• {}", b.text)).collect();
    let paragraphs: Vec<_> = summary
        .bullets
        .iter()
        .map(|b| {
            b.paragraphs
                .iter()
                .map(usize::to_string)
                .collect::<Vec<_>>()
                .join(",")
        })
        .collect();
    let flags: Vec<_> = summary.findings.iter().map(|f| f.message.as_str()).collect();
    vec![
        summary.article_id.as_str().into(),
        article.path.as_str().into(),
        summary.lang.code().into(),
        summary.method.as_str().into(),
        stated(&summary.headline),
        stated(&bullets.join("\n")),
        stated(&paragraphs.join(";")),
        stated(&summary.abstract_text),
        stated(&flags.join("; ")),
    ]
}

/// One row of [`ARTICLES`](super::schema::ARTICLES), with what only its Parquet file has.
pub fn article_row(article: &Article) -> Vec<Cell> {
    vec![
        article.id.as_str().into(),
        article.path.as_str().into(),
        article.title.clone().into(),
        article.date.clone().into(),
        article.url.clone().into(),
        article.lang.code().into(),
        article.paragraphs.len().into(),
        article.text.chars().count().into(),
        article.removed.len().into(),
        article.hash.as_str().into(),
        article.text.as_str().into(),
    ]
}

/// One row of [`PROBLEMS`](super::schema::PROBLEMS).
pub fn problem_row(problem: &Problem) -> Vec<Cell> {
    vec![
        severity_name(problem.severity).into(),
        problem.stage.as_str().into(),
        problem.article_id.clone().into(),
        stated(&problem.path),
        problem.message.as_str().into(),
        problem.hint.clone().into(),
    ]
}

/// The name that the outputs use.
pub fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Flag => "flag",
        Severity::Error => "error",
    }
}

#[cfg(test)]
mod tests;
