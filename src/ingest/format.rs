//! The kind of a file: by the caller's word, by its name, by its first bytes.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::IngestError;

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Plain text.
    Text,
    /// HTML.
    Html,
    /// Markdown (CommonMark with tables and front matter).
    Markdown,
    /// One JSON object a line.
    Jsonl,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Text => "text",
            Format::Html => "HTML",
            Format::Markdown => "Markdown",
            Format::Jsonl => "JSONL",
        })
    }
}

impl FromStr for Format {
    type Err = String;

    /// Reads the name of a format as the command line spells it.
    fn from_str(name: &str) -> Result<Format, String> {
        match name {
            "text" | "txt" => Ok(Format::Text),
            "html" => Ok(Format::Html),
            "md" | "markdown" => Ok(Format::Markdown),
            "jsonl" | "ndjson" => Ok(Format::Jsonl),
            other => Err(format!("expected text, html, md or jsonl, but found {other:?}")),
        }
    }
}

impl Format {
    /// The format that a file's ending promises.
    pub fn of_path(path: &Path) -> Option<Format> {
        match extension(path).as_str() {
            "txt" | "text" => Some(Format::Text),
            "html" | "htm" | "xhtml" => Some(Format::Html),
            "md" | "markdown" => Some(Format::Markdown),
            "jsonl" | "ndjson" => Some(Format::Jsonl),
            _ => None,
        }
    }

    /// The format that the first bytes show; plain text when they show nothing.
    pub(super) fn sniff(head: &[u8]) -> Format {
        let head = head
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(head)
            .trim_ascii_start();
        let start = head[..head.len().min(1024)].to_ascii_lowercase();
        if is_html_start(&start) {
            Format::Html
        } else if head.starts_with(b"{") || is_json_array(head) {
            // An array is no JSONL, but as JSONL it gets the message that says so.
            Format::Jsonl
        } else if start.starts_with(b"# ") || start.starts_with(b"---\n") || start.starts_with(b"---\r\n") {
            Format::Markdown
        } else {
            Format::Text
        }
    }
}

fn is_json_array(head: &[u8]) -> bool {
    head.strip_prefix(b"[")
        .is_some_and(|inside| inside.trim_ascii_start().starts_with(b"{"))
}

/// Whether a file that calls itself text begins like a page.
pub(super) fn is_html_start(lowercase: &[u8]) -> bool {
    let is_xml = lowercase.starts_with(b"<?xml");
    lowercase.starts_with(b"<!doctype html")
        || lowercase.starts_with(b"<html")
        || lowercase.starts_with(b"<head")
        || lowercase.starts_with(b"<body")
        || is_xml && lowercase.windows(5).any(|window| window == b"<html")
}

pub(super) fn extension(path: &Path) -> String {
    path.extension()
        .map(|ending| ending.to_string_lossy().to_ascii_lowercase())
        .unwrap_or_default()
}

/// Whether a file of a folder deserves a word although it is not read: documents, not pictures.
pub(super) fn is_document(path: &Path) -> bool {
    matches!(
        extension(path).as_str(),
        "pdf"
            | "doc"
            | "docx"
            | "odt"
            | "rtf"
            | "epub"
            | "eml"
            | "mhtml"
            | "mht"
            | "webarchive"
            | "pages"
            | "warc"
    )
}

/// Refuses bytes that are a known kind of file other than text.
pub(super) fn refuse_known_binary(head: &[u8]) -> Result<(), IngestError> {
    const LATER: &str = "this kind is not read yet: save it as text or HTML";
    const UNPACK: &str = "unpack it first, e.g. gunzip -c FILE | depeche run -";
    let unsupported = |what, remedy| Err(IngestError::Unsupported { what, remedy });
    let zip = |needle: &[u8]| head.windows(needle.len()).any(|window| window == needle);
    match head {
        [b'%', b'P', b'D', b'F', b'-', ..] => unsupported("a PDF document", LATER),
        [b'P', b'K', 3 | 5 | 7, ..] if zip(b"word/") => unsupported("a Word document", LATER),
        [b'P', b'K', 3 | 5 | 7, ..] if zip(b"application/epub+zip") => unsupported("an EPUB book", LATER),
        [b'P', b'K', 3 | 5 | 7, ..] if zip(b"opendocument") => unsupported("an OpenDocument file", LATER),
        [b'P', b'K', 3 | 5 | 7, ..] => unsupported("a zip archive or an office document", LATER),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => unsupported("an old Office document", LATER),
        [b'{', b'\\', b'r', b't', b'f', ..] => unsupported("an RTF document", LATER),
        [b'%', b'!', b'P', b'S', ..] => unsupported("a PostScript document", LATER),
        [0x1f, 0x8b, ..] => unsupported("gzip data", UNPACK),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => unsupported("bzip2 data", UNPACK),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => unsupported("xz data", UNPACK),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => unsupported("zstd data", UNPACK),
        [b'7', b'z', 0xbc, 0xaf, ..] => unsupported("a 7z archive", UNPACK),
        [b'R', b'a', b'r', b'!', ..] => unsupported("a RAR archive", UNPACK),
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] | [b'G', b'I', b'F', b'8', ..] => {
            unsupported("an image", "extract its text first")
        }
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            unsupported("an image", "extract its text first")
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] | [b'O', b'g', b'g', b'S', ..] | [b'I', b'D', b'3', ..] => {
            unsupported("sound or video", "transcribe it first")
        }
        [0x7f, b'E', b'L', b'F', ..] | [b'M', b'Z', 0x90, ..] | [0, b'a', b's', b'm', ..] => {
            unsupported("a program", "name the articles instead")
        }
        [b'G', b'G', b'U', b'F', ..] => unsupported("a GGUF model", "pass it with --model"),
        _ if head.starts_with(b"SQLite format 3\0") => {
            unsupported("an SQLite database", "export its texts as JSONL")
        }
        _ => Ok(()),
    }
}
