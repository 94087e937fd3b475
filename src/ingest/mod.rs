//! A path becomes [`Article`]s: discover, decode, extract, clean, segment.
//!
//! What it is: the only room that reads articles from files. [`articles`] is the whole way; [`discover`]
//! and [`read`] are its halves, for callers that spread the reading over threads.
//!
//! What it is not: it knows no model and no task, prints nothing and stops at no bad file: each gives
//! an [`ItemError`] in its place, with a [hint](ItemError::hint).
//!
//! What callers may rely on:
//!
//! - The clean text is made of paragraphs separated by one blank line; paragraphs hold no line break
//!   (JSONL excepted, whose text is taken as it is, character for character).
//! - Where a title is known and was not given apart (JSONL), the first paragraph is that title, as a
//!   [heading](crate::record::ParagraphKind::Heading) equal to [`Article::title`].
//! - What was left out of the file is listed in [`Article::removed`], with the reason.
//! - [`Article::source_range`] leads from characters of the text to bytes of the file.
//! - The same files give the same articles in the same order on every machine.
//!
//! `docs/ingest.md` describes formats, charsets and limits for users.

mod build;
mod chrome;
mod date;
mod decode;
mod discover;
mod error;
mod format;
mod html;
mod input;
mod jsonl;
mod language;
mod lines;
mod markdown;
mod plain;
mod reader;
mod trace;

pub use discover::{IGNORE_FILE, Source, discover};
pub use error::{IngestError, ItemError};
pub use format::Format;
pub(crate) use html::token::Token as HtmlToken;
pub use input::Stop;
pub(crate) use lines::LineReader;
pub use reader::{Reader, read};

use crate::record::{Article, Lang};
use serde_json::value::RawValue;

/// How inputs are found and read.
#[derive(Debug, Clone)]
pub struct Options {
    /// Read everything as this format, whatever its name and first bytes say.
    pub format: Option<Format>,
    /// The language of all articles, over what they state and what is detected.
    pub lang: Option<Lang>,
    /// The most bytes that one article may have: a whole file, or one line of JSONL.
    pub max_bytes: u64,
    /// Patterns, as in `.gitignore`, of what folders leave out.
    pub excludes: Vec<String>,
    /// A folder, with links resolved, whose files are never read: where the results go.
    pub skip: Option<std::path::PathBuf>,
    /// Keep all text: no removal of menus, banners and the like.
    pub raw: bool,
    /// Asked while an input keeps the reader waiting; what is not read then is [`IngestError::Stopped`].
    pub stop: Option<Stop>,
}

/// The default of [`Options::max_bytes`]: 64 MiB.
pub const DEFAULT_MAX_BYTES: u64 = 64 << 20;

impl Default for Options {
    fn default() -> Options {
        Options {
            format: None,
            lang: None,
            max_bytes: DEFAULT_MAX_BYTES,
            excludes: Vec::new(),
            skip: None,
            raw: false,
            stop: None,
        }
    }
}

/// All articles behind `inputs` (files, folders, patterns, `-`), read one after the other.
///
/// Folders are listed at once, files are read when their turn comes, JSONL line by line: memory holds
/// one article, however many a file has.
///
/// ```
/// use depeche::ingest::{Options, articles};
/// for item in articles(&["no-such-folder".to_owned()], &Options::default()) {
///     match item {
///         Ok(article) => println!("{}: {}", article.path, article.text),
///         Err(error) => eprintln!("{error}\nhint: {}", error.hint().unwrap_or_default()),
///     }
/// }
/// ```
pub fn articles(
    inputs: &[String],
    options: &Options,
) -> impl Iterator<Item = Result<Article, ItemError>> + use<> {
    let options = options.clone();
    discover(inputs, &options)
        .into_iter()
        .flat_map(move |source| match source {
            Ok(source) => read(&source, &options),
            Err(error) => Reader::failed(error),
        })
}

/// The tags and texts of a page, each with its place.
pub(crate) fn html_tokens(page: &str) -> impl Iterator<Item = HtmlToken<'_>> {
    html::token::Tokens::new(page)
}

/// A text of a page with its character references resolved.
pub(crate) fn resolve_references(text: &str) -> String {
    html::entity::resolve(text)
}

/// The text of a file, and its charset by its WHATWG name.
///
/// # Errors
/// When it is no text.
pub fn decode_text(bytes: Vec<u8>, format: Format) -> Result<(String, &'static str), IngestError> {
    let decoded = decode::decode(bytes, format == Format::Html)?;
    Ok((decoded.text, decoded.charset))
}

/// The article of one line of JSONL, and its identifier as it is written; `path` names the line, `lang` is the caller's word on the
/// language.
///
/// # Errors
/// When it is no JSON object with a text.
pub(crate) fn json_line<'a>(
    line: &'a [u8],
    path: &str,
    lang: Option<Lang>,
) -> Result<(Option<&'a RawValue>, Article), IngestError> {
    jsonl::read(line, 0, path, lang)
}

/// The language of a text without a file around it: French where it is too short to tell.
pub fn detect_language(text: &str) -> Lang {
    language::of_line(text)
}
