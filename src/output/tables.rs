//! Records as tables: which columns each table has, in which order.
//!
//! The column names are those of the record's fields, so that a row of `figures.csv` and a line of
//! `depeche figures --format jsonl` say the same thing under the same name.

use super::{Cell, Table};
use crate::record::{Article, Entity, Figure, Problem, Severity, Summary};

/// Columns of `figures.csv`.
pub const FIGURES: &[&str] = &[
    "article_id",
    "n",
    "kind",
    "text",
    "value",
    "min",
    "max",
    "qualifier",
    "unit",
    "currency",
    "currency_ambiguous",
    "direction",
    "period",
    "measure",
    "subject",
    "speaker",
    "full_text",
    "sentence",
    "paragraph",
    "start",
    "end",
    "full_start",
    "full_end",
];

/// One row of [`FIGURES`].
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
    vec![
        article_id.as_str().into(),
        (*n).into(),
        kind.as_str().into(),
        text.as_str().into(),
        (*value).into(),
        (*min).into(),
        (*max).into(),
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

/// The figures as a table.
pub fn figures<'a>(figures: impl IntoIterator<Item = &'a Figure>) -> Table {
    Table {
        columns: FIGURES,
        rows: figures.into_iter().map(figure_row).collect(),
    }
}

/// Columns of `entities.csv`: one row a mention, so that every row can be checked against the text.
pub const ENTITIES: &[&str] = &[
    "canonical",
    "type",
    "aliases",
    "description",
    "article_id",
    "text",
    "start",
    "end",
    "paragraph",
    "mentions_in_folder",
];

/// The rows of [`ENTITIES`] for one entity.
pub fn entity_rows(entity: &Entity) -> impl Iterator<Item = Vec<Cell>> + '_ {
    entity.mentions.iter().map(|mention| {
        vec![
            entity.canonical.as_str().into(),
            entity.entity_type.as_str().into(),
            entity.aliases.join(" | ").into(),
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

/// The entities as a table, one row a mention.
pub fn entities(entities: &[Entity]) -> Table {
    Table {
        columns: ENTITIES,
        rows: entities.iter().flat_map(entity_rows).collect(),
    }
}

/// Columns of `summaries.csv`.
pub const SUMMARIES: &[&str] = &[
    "article_id",
    "path",
    "lang",
    "method",
    "headline",
    "bullets",
    "bullet_paragraphs",
    "abstract",
    "flags",
];

/// One row of [`SUMMARIES`].
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
        summary.headline.as_str().into(),
        bullets.join("\n").into(),
        paragraphs.join(";").into(),
        summary.abstract_text.as_str().into(),
        flags.join("; ").into(),
    ]
}

/// Columns of `problems.csv`.
pub const PROBLEMS: &[&str] = &["severity", "stage", "article_id", "path", "message", "hint"];

/// One row of [`PROBLEMS`].
pub fn problem_row(problem: &Problem) -> Vec<Cell> {
    vec![
        severity_name(problem.severity).into(),
        problem.stage.as_str().into(),
        problem.article_id.clone().into(),
        problem.path.as_str().into(),
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
