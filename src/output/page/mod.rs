//! `report.html`: the review page, one file that opens from disk without a network.
//!
//! The results are embedded as JSON data blocks, article by article, and drawn by `page.js`, which only
//! ever puts text in as text: nothing in an article can become markup or script. The Content-Security-
//! Policy inside the file allows exactly that one script and that one style sheet, by their hashes, and no
//! request at all.

use super::OutputError;
use super::draft::Draft;
use super::folder::ArticleResults;
use crate::record::{Entity, Problem};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use std::path::Path;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes the page, article by article.
pub struct Page {
    draft: Draft,
    first: bool,
}

/// One article as the page knows it.
#[derive(Serialize)]
struct Entry<'a> {
    article: Shown<'a>,
    figures: &'a [crate::record::Figure],
    entities: &'a [Entity],
    summaries: &'a [crate::record::Summary],
    translations: &'a [crate::record::Translation],
}

/// What the page shows of the article itself: not the way back to the file's bytes.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    path: &'a str,
    title: Option<&'a str>,
    date: Option<&'a str>,
    url: Option<&'a str>,
    lang: crate::record::Lang,
    text: &'a str,
    paragraphs: &'a [crate::record::Paragraph],
}

#[derive(Serialize)]
struct Folder<'a> {
    about: &'a str,
    entities: &'a [Entity],
    problems: &'a [Problem],
}

impl Page {
    /// Starts the page that will stand at `path`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn new(path: &Path) -> Result<Page, OutputError> {
        let mut draft = Draft::new(path.to_path_buf())?;
        draft.with(write_head)?;
        Ok(Page { draft, first: true })
    }

    /// Adds an article.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn article(&mut self, results: &ArticleResults) -> Result<(), OutputError> {
        let ArticleResults {
            article,
            figures,
            entities,
            summaries,
            translations,
        } = results;
        let entry = Entry {
            article: Shown {
                id: &article.id,
                path: &article.path,
                title: article.title.as_deref(),
                date: article.date.as_deref(),
                url: article.url.as_deref(),
                lang: article.lang,
                text: &article.text,
                paragraphs: &article.paragraphs,
            },
            figures,
            entities,
            summaries,
            translations,
        };
        let separator = if std::mem::take(&mut self.first) {
            "\n"
        } else {
            ",\n"
        };
        self.draft.with(|file| {
            file.write_all(separator.as_bytes())?;
            write_data(file, &entry)
        })
    }

    /// Ends the page. `about` is one line on the run.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(
        mut self,
        about: &str,
        entities: &[Entity],
        problems: &[Problem],
    ) -> Result<(), OutputError> {
        self.draft.with(|file| {
            file.write_all(b"\n]</script>\n<script type=\"application/json\" id=\"folder\">")?;
            write_data(
                file,
                &Folder {
                    about,
                    entities,
                    problems,
                },
            )?;
            write!(file, "</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n")
        })?;
        self.draft.finish()
    }
}

fn write_head(out: &mut Draft) -> io::Result<()> {
    write!(
        out,
        "<!doctype html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-{}'; \
         style-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>depeche</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<div id=\"app\"></div>\n\
         <noscript>This page draws its tables with a script that it carries itself.</noscript>\n\
         <script type=\"application/json\" id=\"articles\">[",
        base64(&Sha256::digest(SCRIPT)),
        base64(&Sha256::digest(STYLE)),
    )
}

/// JSON that cannot end the block it stands in: `<` is spelled as an escape.
fn write_data(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let json = serde_json::to_string(value)?;
    out.write_all(json.replace('<', "\\u003c").as_bytes())
}

/// Base64 with padding (RFC 4648), for the hashes of the policy.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .fold(0u32, |group, &byte| group << 8 | u32::from(byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            if place <= chunk.len() {
                out.push(char::from(ALPHABET[(group >> (18 - 6 * place)) as usize & 63]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Article, Paragraph};

    #[test]
    fn base64_follows_the_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn a_hostile_article_cannot_leave_its_data_block() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.html");
        let text = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)>".to_owned();
        let paragraphs = vec![Paragraph {
            start: 0,
            end: text.chars().count(),
            kind: Default::default(),
        }];
        let article = Article {
            title: Some(text.clone()),
            text,
            paragraphs,
            ..Article::default()
        };
        let results = ArticleResults {
            article,
            figures: vec![],
            entities: vec![],
            summaries: vec![],
            translations: vec![],
        };
        let mut page = Page::new(&path).unwrap();
        page.article(&results).unwrap();
        page.finish("</script>", &[], &[]).unwrap();
        let html = std::fs::read_to_string(&path).unwrap();
        assert!(!html.contains("<script>alert"));
        assert!(!html.contains("<img"));
        assert_eq!(
            html.matches("</script>").count(),
            3,
            "two data blocks and the page's own script"
        );
    }
}
