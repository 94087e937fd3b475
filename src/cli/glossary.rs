//! `--glossary`: from a file to terms.

use super::failure::Failure;
use crate::glossary::{Format, Glossary};
use crate::ingest;
use anyhow::Context;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// A glossary has no more bytes than this.
const LARGEST: u64 = 64 << 20;

const HINT: &str = "a glossary is a CSV or TSV file with source and target (and optionally part of speech and note) in \
                    each row, an empty target for what must not be translated, or TBX-basic; see docs/translation.md";

/// Reads a glossary for translations from `from` to `to`.
///
/// # Errors
/// When it cannot be read, or is none.
pub fn read(path: &Path, from: &str, to: &str) -> anyhow::Result<Arc<Glossary>> {
    let shown = path.display();
    let failure = |what: String| Failure::new(what, HINT);
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .with_context(|| failure(format!("cannot read the glossary `{shown}`")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(failure(format!("the glossary `{shown}` has more than 64 MiB")).into());
    }
    let (text, _) = ingest::decode_text(bytes, ingest::Format::Text)
        .with_context(|| failure(format!("the glossary `{shown}` is no text")))?;
    let format = Format::of(&path.to_string_lossy(), &text);
    let glossary = Glossary::parse(&text, format, from, to)
        .with_context(|| failure(format!("`{shown}` cannot be used as a glossary")))?;
    Ok(Arc::new(glossary))
}
