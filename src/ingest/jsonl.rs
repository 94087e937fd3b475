//! One JSON object a line: its text is taken as it is.
//!
//! Nothing of the text is cleaned, joined or normalised: offsets refer to exactly what the line says.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::IngestError;
use super::build;
use super::language;
use super::trace::{Origins, Traced};
use crate::record::{Article, Lang, Paragraph, ParagraphKind};

/// The fields that are read; others are passed over.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    title: Option<&'a RawValue>,
    #[serde(borrow)]
    date: Option<&'a RawValue>,
    #[serde(borrow)]
    url: Option<&'a RawValue>,
    #[serde(borrow)]
    lang: Option<&'a RawValue>,
}

/// Reads one line, which begins at byte `offset` of its file.
///
/// `path` already names the line; `lang` is the caller's word on the language, over the line's own.
///
/// The identifier comes beside it, as it is written.
pub(super) fn read<'a>(
    line: &'a [u8],
    offset: usize,
    path: &str,
    lang: Option<Lang>,
) -> Result<(Option<&'a RawValue>, Article), IngestError> {
    let line = std::str::from_utf8(line).map_err(|error| IngestError::NotUtf8 {
        column: error.valid_up_to() + 1,
    })?;
    if !line.trim_start().starts_with('{') {
        return Err(bad_line(kind_or_words(line)));
    }
    let fields: Fields<'_> = serde_json::from_str(line).map_err(|error| not_an_object(&error))?;
    let Some(literal) = fields.text else {
        return Err(without_text(line));
    };
    let literal = literal.get();
    if !literal.starts_with('"') {
        return Err(IngestError::BadField {
            field: "text",
            expected: "a string",
            found: kind_of(literal),
        });
    }
    // Let serde judge the escapes; the pass after it only has to follow them.
    let expected: String = serde_json::from_str(literal).map_err(|error| not_an_object(&error))?;
    let at = literal.as_ptr() as usize - line.as_ptr() as usize;
    let traced = unescape(line, at..at + literal.len());
    debug_assert_eq!(traced.text(), expected);
    let title = string("title", fields.title)?;
    let date = string("date", fields.date)?;
    let url = string("url", fields.url)?;
    let stated = string("lang", fields.lang)?.map(|tag| Lang::from_tag(&tag));
    let hash = build::hash(title.as_deref(), date.as_deref(), &expected);
    let origins = Origins::verbatim(offset, offset + line.len());
    let article = Article {
        id: identifier(fields.id)?.unwrap_or_else(|| hash[..16].to_owned()),
        hash,
        path: path.to_owned(),
        title,
        date,
        url,
        lang: lang.or(stated).unwrap_or_else(|| language::of_line(&expected)),
        paragraphs: paragraphs(&expected),
        span_map: traced.span_map(line, &origins),
        text: expected,
        removed: Vec::new(),
    };
    Ok((fields.id, article))
}

fn bad_line(found: &str) -> IngestError {
    IngestError::BadLine {
        found: found.to_owned(),
    }
}

/// A missing text and a null are the same to serde, not to the person who looks for the fault.
fn without_text(line: &str) -> IngestError {
    match serde_json::from_str::<Value>(line) {
        Ok(value) if value.get("text").is_some() => IngestError::BadField {
            field: "text",
            expected: "a string",
            found: "null",
        },
        _ => bad_line("an object without it"),
    }
}

/// Says what stands there instead of an object.
fn not_an_object(error: &serde_json::Error) -> IngestError {
    if error.is_eof() {
        return bad_line("a line that ends too early");
    }
    let message = error.to_string();
    let (what, _) = message.split_once(" at line ").unwrap_or((&message, ""));
    bad_line(&format!("invalid JSON in column {} ({what})", error.column()))
}

/// What a line is that is no object.
fn kind_or_words(line: &str) -> &'static str {
    let start = line.trim_start();
    match start.starts_with(['"', '[']) || serde_json::from_str::<Value>(line).is_ok() {
        true => kind_of(start),
        false => "words that are no JSON",
    }
}

fn kind_of(literal: &str) -> &'static str {
    match literal.trim_start().bytes().next() {
        Some(b'"') => "a string",
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

fn string(field: &'static str, literal: Option<&RawValue>) -> Result<Option<String>, IngestError> {
    let Some(literal) = literal.map(RawValue::get).filter(|&literal| literal != "null") else {
        return Ok(None);
    };
    let wrong = || IngestError::BadField {
        field,
        expected: "a string",
        found: kind_of(literal),
    };
    let text: String = serde_json::from_str(literal).map_err(|_| wrong())?;
    Ok(Some(text).filter(|text| !text.trim().is_empty()))
}

/// The identifier as it is written, a number with all its digits.
fn identifier(literal: Option<&RawValue>) -> Result<Option<String>, IngestError> {
    let Some(raw) = literal else { return Ok(None) };
    let literal = raw.get();
    match literal.bytes().next() {
        Some(b'n') => Ok(None),
        Some(b'"') => string("id", Some(raw)),
        Some(b'-' | b'0'..=b'9') => Ok(Some(literal.to_owned())),
        _ => Err(IngestError::BadField {
            field: "id",
            expected: "a string or a number",
            found: kind_of(literal),
        }),
    }
}

/// Follows the escapes of a string literal that is known to be valid.
fn unescape(line: &str, literal: std::ops::Range<usize>) -> Traced {
    let mut traced = Traced::default();
    let end = literal.end.saturating_sub(1);
    let mut at = literal.start + 1;
    while at < end {
        let rest = &line[at..end];
        let Some(escape) = rest.find('\\') else {
            traced.push_verbatim(line, at..end);
            break;
        };
        traced.push_verbatim(line, at..at + escape);
        at += escape;
        let (c, length) = escaped(&line[at..end]);
        traced.push_for(c.encode_utf8(&mut [0; 4]), at..at + length);
        at += length;
    }
    traced
}

/// The character of the escape at the start of `text`, and its length.
fn escaped(text: &str) -> (char, usize) {
    let simple = match text.as_bytes().get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'u') => return unicode_escape(text),
        Some(&other) => char::from(other),
        None => return ('\\', 1),
    };
    (simple, 2)
}

/// `\u00e9`, or two of them for a character outside the first plane.
fn unicode_escape(text: &str) -> (char, usize) {
    let unit = |at: usize| {
        text.get(at..at + 4)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
    };
    let high = unit(2).unwrap_or(0xfffd);
    if (0xd800..0xdc00).contains(&high)
        && let Some(low) = unit(8).filter(|low| (0xdc00..0xe000).contains(low))
    {
        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12);
    }
    (char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), 6)
}

/// Lines with something on them, in characters, without the white space around them.
fn paragraphs(text: &str) -> Vec<Paragraph> {
    let mut paragraphs = Vec::new();
    let mut at = 0;
    for line in text.split('\n') {
        let length = line.chars().count();
        let lead = line.chars().take_while(|c| c.is_whitespace()).count();
        let body = line.trim().chars().count();
        if body > 0 {
            let start = at + lead;
            paragraphs.push(Paragraph {
                start,
                end: start + body,
                kind: ParagraphKind::Text,
            });
        }
        at += length + 1;
    }
    paragraphs
}
