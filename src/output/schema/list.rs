//! The tables themselves.

use super::{Column, Schema};

const LANGS: &[&str] = &["fr", "en", "und"];
const METHODS: &[&str] = &["extractive", "model"];

const ARTICLE_ID: Column = Column::text(
    "article_id",
    "the article: the `id` of a JSONL line, else 16 hex digits of its hash",
);
const PATH: Column = Column::text(
    "path",
    "the file as it was named on the command line, `-` for standard input, `file.jsonl:12` for a line",
);

/// Every table, in the order of the documentation.
pub static ALL: [&Schema; 7] = [
    &ARTICLES,
    &SUMMARIES,
    &FIGURES,
    &ENTITIES,
    &TRANSLATIONS,
    &GLOSSARY,
    &PROBLEMS,
];

/// The articles.
pub static ARTICLES: Schema = Schema {
    name: "articles",
    about: "one row an article that was read",
    columns: &[
        ARTICLE_ID,
        PATH,
        Column::text("title", "title, where the source states one").or_empty(),
        Column::text(
            "date",
            "date of publication, `2024-06-05` or with a time, where the source states one",
        )
        .or_empty(),
        Column::text("url", "address of the article, where the source states one").or_empty(),
        Column::text(
            "lang",
            "language of the text; `und` is any other, or too short to tell",
        )
        .one_of(LANGS),
        Column::integer("paragraphs", "paragraphs of the clean text"),
        Column::integer(
            "characters",
            "characters (Unicode scalar values) of the clean text",
        ),
        Column::integer(
            "removed",
            "pieces left out of the clean text as boilerplate; `articles.jsonl` has them",
        ),
    ],
    parquet_only: &[
        Column::text("hash", "BLAKE3 of title, date and clean text, in hex"),
        Column::text(
            "text",
            "the clean text, to which all offsets refer; paragraphs separated by a blank line",
        ),
    ],
    key: &["article_id"],
    of_articles: false,
};

/// The summaries.
pub static SUMMARIES: Schema = Schema {
    name: "summaries",
    about: "one row a summary and language",
    columns: &[
        ARTICLE_ID,
        PATH,
        Column::text("lang", "language of the summary").one_of(LANGS),
        Column::text(
            "method",
            "`extractive`: sentences of the article, `model`: written by a model and checked",
        )
        .one_of(METHODS),
        Column::text("headline", "one line").or_empty(),
        Column::text("bullets", "the points, one a line, each behind `• `").or_empty(),
        Column::text(
            "bullet_paragraphs",
            "paragraphs that each point rests on, from 0: `0,2;4` for two points",
        )
        .or_empty(),
        Column::text("abstract", "a few sentences").or_empty(),
        Column::text(
            "flags",
            "what the number gate found, separated by `; `; nothing when all figures are the source's",
        )
        .or_empty(),
    ],
    parquet_only: &[],
    key: &["article_id", "lang"],
    of_articles: true,
};

/// The figures.
pub static FIGURES: Schema = Schema {
    name: "figures",
    about: "one row a figure mentioned in an article",
    columns: &[
        ARTICLE_ID,
        Column::integer("n", "its order in the article, from 0"),
        Column::text("kind", "what it counts or measures").one_of(&[
            "money",
            "percent",
            "percentage_points",
            "basis_points",
            "count",
            "quantity",
            "ratio",
            "multiple",
            "ordinal",
            "date",
            "duration",
            "age",
            "temperature",
            "rate",
            "index",
        ]),
        Column::text(
            "text",
            "verbatim number, scale and unit, currency or percent sign; for a count only the number",
        ),
        Column::decimal(
            "value",
            "the number, scale applied, a percentage in percent units; none for a range or a date",
        )
        .or_empty(),
        Column::decimal("min", "lower bound; none where open").or_empty(),
        Column::decimal("max", "upper bound; none where open").or_empty(),
        Column::text("qualifier", "how exactly the text states it").one_of(&[
            "exact",
            "approx",
            "at_least",
            "at_most",
            "less_than",
            "more_than",
            "range",
            "multiple",
        ]),
        Column::text("unit", "counted noun or unit symbol").or_empty(),
        Column::text("currency", "ISO 4217 code").or_empty(),
        Column::bool(
            "currency_ambiguous",
            "several countries share the word for the currency (`dollars`), or only the paragraph names it",
        ),
        Column::text("direction", "which way it moved, where a verb or noun tells it")
            .one_of(&["up", "down"])
            .or_empty(),
        Column::text(
            "period",
            "stated period: `2025-Q3`, `FY2025`, `2024-07-14`, or the words",
        )
        .or_empty(),
        Column::text("measure", "what is measured, labelled by the model; a quote").or_empty(),
        Column::text("subject", "of whom or what, labelled by the model; a quote").or_empty(),
        Column::text("speaker", "according to whom, labelled by the model; a quote").or_empty(),
        Column::text(
            "full_text",
            "`text` with the words that qualify it (`plus de`, `entre`)",
        ),
        Column::text("sentence", "the sentence around it"),
        Column::integer("paragraph", "index of its paragraph, from 0"),
        Column::integer("start", "first character of `text`"),
        Column::integer("end", "one past the last character of `text`"),
        Column::integer("full_start", "first character of `full_text`"),
        Column::integer("full_end", "one past the last character of `full_text`"),
    ],
    parquet_only: &[],
    key: &["article_id", "n"],
    of_articles: true,
};

/// The entities, one row a mention, so that every row can be checked against the text.
pub static ENTITIES: Schema = Schema {
    name: "entities",
    about: "one row a mention of a person, an organization, … consolidated over the folder",
    columns: &[
        Column::text("canonical", "the fullest form of the name that was met"),
        Column::text("type", "what it is").one_of(&[
            "person",
            "organization",
            "product",
            "place",
            "event",
            "work",
            "law",
        ]),
        Column::text("aliases", "other forms that were met, separated by ` | `").or_empty(),
        Column::text("description", "what the article says it is; a quote").or_empty(),
        ARTICLE_ID,
        Column::text("text", "the words as they stand there"),
        Column::integer("start", "first character of `text`"),
        Column::integer("end", "one past its last character"),
        Column::integer("paragraph", "index of its paragraph, from 0"),
        Column::integer("mentions_in_folder", "mentions of the entity in all articles"),
    ],
    parquet_only: &[],
    key: &[],
    of_articles: true,
};

/// The translations, one row a segment.
pub static TRANSLATIONS: Schema = Schema {
    name: "translations",
    about: "one row a title or paragraph and its translation; only where something was translated",
    columns: &[
        ARTICLE_ID,
        Column::integer("paragraph", "index of the paragraph, from 0; none for the title").or_empty(),
        Column::text("source_lang", "language of the source").one_of(LANGS),
        Column::text("target_lang", "language of the translation").one_of(LANGS),
        Column::text("method", "who wrote it").one_of(METHODS),
        Column::text("source", "the paragraph").or_empty(),
        Column::text("target", "its translation").or_empty(),
        Column::text("flags", "what the number gate found, separated by `; `").or_empty(),
    ],
    parquet_only: &[],
    key: &[],
    of_articles: true,
};

/// The glossary terms where the source states them.
pub static GLOSSARY: Schema = Schema {
    name: "glossary",
    about: "one row a glossary term where the source states it, used or missed; only where there is a glossary",
    columns: &[
        ARTICLE_ID,
        PATH,
        Column::integer("paragraph", "index of the paragraph, from 0; none for the title").or_empty(),
        Column::text("source", "the term as the glossary spells it"),
        Column::text("target", "what it has to become"),
        Column::text("status", "whether it did").one_of(&["used", "repaired", "missed"]),
        Column::text("sentence", "the source sentence (or paragraph)").or_empty(),
        Column::text("translation", "its translation").or_empty(),
    ],
    parquet_only: &[],
    key: &[],
    of_articles: true,
};

/// Everything that failed, was flagged, split or left out.
pub static PROBLEMS: Schema = Schema {
    name: "problems",
    about: "one row for everything that failed, was flagged, split or left out",
    columns: &[
        Column::text(
            "severity",
            "`note`: nothing to do; `flag`: a result to look at; `error`: a result is missing",
        )
        .one_of(&["note", "flag", "error"]),
        Column::text(
            "stage",
            "where it happened: `ingest`, `summary`, `translation`, `extraction`, `gate`, `output`, …",
        ),
        Column::text("article_id", "the article, where there is one").or_empty(),
        Column::text("path", "the file").or_empty(),
        Column::text("message", "what happened: expected, found"),
        Column::text("hint", "what to do about it").or_empty(),
    ],
    parquet_only: &[],
    key: &[],
    of_articles: false,
};
