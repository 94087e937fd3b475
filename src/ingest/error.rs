//! What can go wrong between a path and an article, and what to do about it.

use std::io;

use super::Format;
use super::input::Stopped;

/// One input, or one line of it, that gave no article. The rest goes on.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}")]
pub struct ItemError {
    /// The path as it was named, with `:LINE` (from 1) for a line of a JSONL file, `-` for standard input.
    pub path: String,
    /// Why.
    pub source: IngestError,
}

impl ItemError {
    /// Whether it is no fault of the input: the user asked to stop before it was read.
    pub fn is_stop(&self) -> bool {
        matches!(self.source, IngestError::Stopped)
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        self.source.hint()
    }
}

/// Why an input gave no article.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// Nothing has that name.
    #[error("expected a file or a folder, but found nothing under that name")]
    NotFound,
    /// The system refused to read it.
    #[error("expected to read it, but the system refused: {0}")]
    // no `#[source]`: the message says it already
    Unreadable(io::Error),
    /// The user asked to stop before it was read.
    #[error("not read: stopped before")]
    Stopped,
    /// Zero bytes, or white space only.
    #[error("expected an article, but found {}", if *.blank { "only white space" } else { "an empty file" })]
    Empty {
        /// Whether there were bytes, all of them white space.
        blank: bool,
    },
    /// A page with nothing in it but its frame.
    #[error("expected an article, but found no text in the {format}")]
    NoText {
        /// How the file was read.
        format: Format,
    },
    /// More bytes than one article may have.
    #[error("expected at most {limit} bytes for one article, but found {}", size_words(*.bytes, *.limit))]
    TooLarge {
        /// Its size where it is known, else 0.
        bytes: u64,
        /// The limit in force.
        limit: u64,
    },
    /// A document or an archive of a known kind that is not read.
    #[error("expected text, HTML, Markdown or JSONL, but found {what}")]
    Unsupported {
        /// The kind, with its article (`a PDF document`).
        what: &'static str,
        /// The way on.
        remedy: &'static str,
    },
    /// Bytes that are no text in any charset.
    #[error("expected text, but found binary data ({evidence})")]
    Binary {
        /// What shows it.
        evidence: String,
    },
    /// A folder, or a pattern, without anything that is read.
    #[error("expected articles, but found none{}", others_words(*.others))]
    NoArticles {
        /// Files of other kinds that were passed over.
        others: usize,
    },
    /// A glob that cannot be parsed.
    #[error("expected a file pattern, but found {pattern:?}")]
    BadPattern {
        /// The pattern as it was given.
        pattern: String,
        /// The parser's words.
        #[source]
        source: globset::Error,
    },
    /// A pattern to exclude that cannot be parsed.
    #[error("expected an exclude pattern, but found {pattern:?}")]
    BadExclude {
        /// The pattern as it was given.
        pattern: String,
        /// The parser's words.
        #[source]
        source: ignore::Error,
    },
    /// A line of a JSONL file that is no article.
    #[error("expected a JSON object with \"text\", but found {found}")]
    BadLine {
        /// What stands there.
        found: String,
    },
    /// A field of a JSONL line that has the wrong type.
    #[error("expected {expected} in \"{field}\", but found {found}")]
    BadField {
        /// The field.
        field: &'static str,
        /// The type that belongs there.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A line of a JSONL file that is not UTF-8.
    #[error("expected UTF-8, but found an invalid byte in column {column}")]
    NotUtf8 {
        /// Byte column, from 1.
        column: usize,
    },
    /// The extractor of readable text gave up on the page.
    #[error("expected a page, but its reading failed: {reason}")]
    Extraction {
        /// What it said.
        reason: String,
    },
}

fn others_words(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => " (one file of another kind was passed over)".to_owned(),
        more => format!(" ({more} files of other kinds were passed over)"),
    }
}

fn size_words(bytes: u64, limit: u64) -> String {
    if bytes == 0 {
        format!("more than {limit}")
    } else {
        bytes.to_string()
    }
}

impl IngestError {
    /// An error of reading, which may be that the user had enough.
    pub(crate) fn of_reading(error: io::Error) -> IngestError {
        match error.get_ref() {
            Some(inner) if inner.is::<Stopped>() => IngestError::Stopped,
            _ => IngestError::Unreadable(error),
        }
    }

    /// What the user can do about it, where there is something to say.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            IngestError::NotFound => "check the spelling; quote a pattern such as 'news/**/*.html'",
            IngestError::Unreadable(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                "give yourself the right to read it, or leave it out with --exclude"
            }
            IngestError::Unreadable(_) | IngestError::Stopped => return None,
            IngestError::Empty { .. } => "save the article again, or remove the file",
            IngestError::NoText { format: Format::Html } => {
                "the page may load its text by script: save it from the browser once it is shown, or use --raw"
            }
            IngestError::NoText { .. } => "check that the article itself is in the file, or use --raw",
            IngestError::TooLarge { .. } => {
                "split it, one article to a file or to a line, or raise --max-size"
            }
            IngestError::Unsupported { remedy, .. } => remedy,
            IngestError::Binary { .. } => "if it is text in a rare charset, convert it to UTF-8 first",
            IngestError::NoArticles { .. } => {
                "files ending in .txt, .md, .html or .jsonl are read, \
                 less what .depecheignore and --exclude leave out; name a file to read it whatever its ending"
            }
            IngestError::BadPattern { .. } | IngestError::BadExclude { .. } => {
                "write * for a part of a name, ** for folders, [ab] for one of these letters"
            }
            IngestError::BadLine { .. } | IngestError::BadField { .. } => {
                "each line holds one article: {\"id\": \"1\", \"text\": \"...\"}, \
                 with \"title\", \"date\", \"url\" and \"lang\" if known"
            }
            IngestError::NotUtf8 { .. } => "JSON is UTF-8 by definition: convert the file first",
            IngestError::Extraction { .. } => "use --raw to take all visible text of the page",
        };
        Some(hint.to_owned())
    }
}
