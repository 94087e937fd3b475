//! `report.html`: the review page, which opens from disk without a network.
//!
//! The results stand in it as JSON data blocks and are drawn by its own script, which only ever puts text in as text:
//! nothing in an article can become markup or script. A page with more than 8 MiB of articles and figures is split:
//! it keeps the index (one row an article, the entities, the problems), and the articles go in blocks to files in
//! `report_files/`, loaded when they are looked at.
//!
//! Two Content-Security-Policies stand in the file, and both must agree. The first allows the page's script and style
//! by their hashes and, in a split page, scripts with a nonce that only the page's script gives out. The second allows
//! scripts of other files only from the disk or the page's own place. No other request is allowed.

mod aligned;
mod block;
mod files;
#[cfg(test)]
mod french;
mod index;
#[cfg(test)]
mod tests;

use super::OutputError;
use super::draft::Draft;
use super::folder::ArticleResults;
use crate::record::{Entity, Problem};
use block::Block;
use files::Files;
use index::{Index, Place, Row};
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use std::path::Path;

/// Bytes of articles and figures up to which the page is one file, which can be mailed; some 600 articles without a translation.
const LIMIT: usize = 8 << 20;
/// Bytes of a block in a file of its own: what opening one article of a large run costs.
const BLOCK: usize = 1 << 20;

const STYLE: &str = concat!(
    include_str!("style/base.css"),
    include_str!("style/article.css"),
    include_str!("style/tables.css"),
    include_str!("style/narrow.css"),
    include_str!("style/print.css"),
);
const SCRIPT: &str = concat!(
    "'use strict';\n(() => {\n",
    "const french = ",
    include_str!("french.json"),
    ";\n",
    include_str!("script/words.js"),
    include_str!("script/problems.js"),
    include_str!("script/dom.js"),
    include_str!("script/data.js"),
    include_str!("script/marks.js"),
    include_str!("script/table.js"),
    include_str!("script/plots.js"),
    include_str!("script/filters.js"),
    include_str!("script/article.js"),
    include_str!("script/folder.js"),
    include_str!("script/shell.js"),
    "})();\n",
);

/// Writes the page, article by article.
pub struct Page {
    draft: Draft,
    files: Files,
    rows: Vec<Row>,
    block: Block,
    places: Vec<Place>,
    /// Blocks that wait until it is known whether the page is split: articles and figures.
    held: Vec<(String, String)>,
    size: usize,
    limits: Limits,
}

#[derive(Clone, Copy)]
struct Limits {
    page: usize,
    block: usize,
}

impl Page {
    /// Starts the page that will stand at `path`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn new(path: &Path) -> Result<Page, OutputError> {
        let limits = Limits {
            page: LIMIT,
            block: BLOCK,
        };
        Page::with_limits(path, limits)
    }

    fn with_limits(path: &Path, limits: Limits) -> Result<Page, OutputError> {
        Ok(Page {
            draft: Draft::new(path.to_path_buf())?,
            files: Files::new(path.with_file_name("report_files")),
            rows: Vec::new(),
            block: Block::default(),
            places: Vec::new(),
            held: Vec::new(),
            size: 0,
            limits,
        })
    }

    /// Adds an article.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn article(&mut self, results: &ArticleResults) -> Result<(), OutputError> {
        self.block
            .add(self.rows.len(), results)
            .map_err(|error| self.draft.failed(error.into()))?;
        self.rows.push(Row::new(results));
        if self.block.size() >= self.limits.block {
            self.end_block()?;
        }
        Ok(())
    }

    fn end_block(&mut self) -> Result<(), OutputError> {
        let block = std::mem::take(&mut self.block);
        if block.count == 0 {
            return Ok(());
        }
        let first = self.rows.len() - block.count;
        let (articles, figures) = block.finish().map_err(|error| self.draft.failed(error.into()))?;
        self.places.push(Place { first, files: None });
        self.size += articles.len() + figures.len();
        self.held.push((harmless(&articles), harmless(&figures)));
        if self.size > self.limits.page {
            let start = self.places.len() - self.held.len();
            for (place, (articles, figures)) in (start..).zip(std::mem::take(&mut self.held)) {
                let articles = self.files.write("articles", place, &articles)?;
                self.places[place].files = Some((articles, self.files.write("figures", place, &figures)?));
            }
        }
        Ok(())
    }

    /// Ends the page. `about` is one line on the run.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(
        mut self,
        about: &str,
        entities: &[Entity],
        problems: &[Problem],
    ) -> Result<(), OutputError> {
        self.end_block()?;
        self.files.sync()?;
        let index = Index::new(about, &self.rows, entities, problems, &self.places);
        let index = serde_json::to_string(&index).map_err(|error| self.draft.failed(error.into()))?;
        let index = harmless(&index);
        let split = self.places.iter().any(|place| place.files.is_some());
        let held = self.held;
        self.draft.with(|file| {
            write_head(file, &index, split)?;
            for (place, (articles, figures)) in held.iter().enumerate() {
                write_data(file, &format!("articles-{place}"), articles)?;
                write_data(file, &format!("figures-{place}"), figures)?;
            }
            write_data(file, "index", &index)?;
            write!(file, "<script>{SCRIPT}</script>\n</body>\n</html>\n")
        })?;
        self.draft.finish()?;
        self.files.finish();
        Ok(())
    }
}

fn write_head(out: &mut Draft, index: &str, split: bool) -> io::Result<()> {
    let script = base64(&Sha256::digest(SCRIPT));
    let style = base64(&Sha256::digest(STYLE));
    let nonce = base64(&Sha256::digest(index)[..18]);
    let rest = "base-uri 'none'; form-action 'none'";
    out.write_all(b"<!doctype html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n")?;
    let mut policy = |policy: &str| {
        writeln!(
            out,
            "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">"
        )
    };
    if split {
        policy(&format!(
            "default-src 'none'; script-src 'sha256-{script}' 'nonce-{nonce}'; style-src 'sha256-{style}'; {rest}"
        ))?;
        policy("script-src 'unsafe-inline' 'self' file:")?;
    } else {
        policy(&format!(
            "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; {rest}"
        ))?;
    }
    let nonce = if split { nonce.as_str() } else { "" };
    write!(
        out,
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>depeche</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <div id=\"app\" data-nonce=\"{nonce}\"></div>\n\
         <noscript><p>Cette page dessine ses tableaux avec un script qu’elle contient elle-même ; les mêmes données sont \
         dans les fichiers CSV à côté d’elle.</p>\n<p lang=\"en\">This page draws its tables with a script that it carries \
         itself; the same data is in the CSV files beside it.</p></noscript>\n"
    )
}

fn write_data(out: &mut Draft, id: &str, data: &str) -> io::Result<()> {
    writeln!(
        out,
        "<script type=\"application/json\" id=\"{id}\">{data}</script>"
    )
}

/// JSON that can neither end the block it stands in nor mean anything to an older script engine.
fn harmless(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
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
