//! Ingest from the outside: files in, articles out, in fresh folders.

#![allow(clippy::unwrap_used)]

mod examples;
mod formats;
mod malformed;
mod pages;
mod properties;
mod provenance;

use std::path::Path;

use depeche::ingest::{ItemError, Options, articles};
use depeche::record::{Article, ParagraphKind};

/// Reads one path as the command line would.
fn read_all(path: &Path, options: &Options) -> Vec<Result<Article, ItemError>> {
    articles(&[path.to_string_lossy().into_owned()], options).collect()
}

/// Writes `bytes` under `name` in a fresh folder and reads it.
fn read_bytes(name: &str, bytes: &[u8], options: &Options) -> Vec<Result<Article, ItemError>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let prefix = folder.path().to_string_lossy().into_owned();
    let rename = |path: String| path.replace(&prefix, "IN");
    read_all(&path, options)
        .into_iter()
        .map(|item| match item {
            Ok(article) => Ok(Article {
                path: rename(article.path),
                ..article
            }),
            Err(error) => Err(ItemError {
                path: rename(error.path),
                source: error.source,
            }),
        })
        .collect()
}

/// The only article of a file.
fn one(name: &str, bytes: impl AsRef<[u8]>) -> Article {
    let mut items = read_bytes(name, bytes.as_ref(), &Options::default());
    assert_eq!(items.len(), 1, "{items:?}");
    items.remove(0).unwrap()
}

/// Characters `start..end` of the text.
fn chars(article: &Article, start: usize, end: usize) -> String {
    article.text.chars().skip(start).take(end - start).collect()
}

/// Title, date and paragraphs with their kinds, one a line, then what was left out.
fn shown(article: &Article) -> String {
    let mut lines = vec![format!(
        "title: {}\ndate: {}\nurl: {}\nlang: {}",
        article.title.as_deref().unwrap_or("-"),
        article.date.as_deref().unwrap_or("-"),
        article.url.as_deref().unwrap_or("-"),
        article.lang.code(),
    )];
    for paragraph in &article.paragraphs {
        let kind = match paragraph.kind {
            ParagraphKind::Text => "text",
            ParagraphKind::Heading => "heading",
            ParagraphKind::ListItem => "item",
            ParagraphKind::Quote => "quote",
            ParagraphKind::TableRow => "row",
        };
        lines.push(format!(
            "{kind}: {}",
            chars(article, paragraph.start, paragraph.end)
        ));
    }
    lines.extend(
        article
            .removed
            .iter()
            .map(|removed| format!("- {}: {}", removed.reason, removed.text)),
    );
    lines.join("\n")
}

/// What every article keeps, whatever it was read from.
fn check_invariants(article: &Article) {
    let length = article.text.chars().count();
    let mut at = 0;
    for paragraph in &article.paragraphs {
        assert!(
            at <= paragraph.start && paragraph.start < paragraph.end && paragraph.end <= length,
            "{paragraph:?}"
        );
        at = paragraph.end;
        let text = chars(article, paragraph.start, paragraph.end);
        assert_eq!(text.trim(), text, "white space around a paragraph");
    }
    let mut clean = 0;
    for run in &article.span_map.runs {
        assert!(
            clean <= run.clean_start && run.clean_start < run.clean_end && run.clean_end <= length,
            "{run:?}"
        );
        assert!(run.source_start <= run.source_end, "{run:?}");
        clean = run.clean_end;
    }
    assert_eq!(article.hash.len(), 64);
}

/// What text, Markdown and HTML keep besides.
fn check_clean(article: &Article) {
    check_invariants(article);
    let paragraphs: Vec<String> = article
        .paragraphs
        .iter()
        .map(|paragraph| chars(article, paragraph.start, paragraph.end))
        .collect();
    assert_eq!(paragraphs.join("\n\n"), article.text);
    for paragraph in &paragraphs {
        assert!(!paragraph.contains(['\n', '\r', '\0']), "{paragraph:?}");
    }
    if let Some(title) = &article.title {
        assert_eq!(
            Some(title),
            paragraphs.first(),
            "the title is the first paragraph"
        );
        assert_eq!(article.paragraphs[0].kind, ParagraphKind::Heading);
    }
    assert_eq!(article.id, article.hash[..16]);
}
