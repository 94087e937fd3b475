//! Reads one source: a whole file as one article, or JSONL line by line.

use std::io::{self, Read};

use super::build::{self, Draft};
use super::discover::Source;
use super::error::{IngestError, ItemError};
use super::format::{self, Format};
use super::input::Input;
use super::lines::LineReader;
use super::{Options, decode, html, jsonl, markdown, plain};
use crate::record::Article;

/// How much of a file is looked at to tell its kind.
const HEAD: usize = 8192;

/// The articles of one source, in order.
pub struct Reader {
    name: String,
    options: Options,
    state: State,
}

enum State {
    /// One article, or the reason why there is none.
    Whole(Option<Box<Result<Article, IngestError>>>),
    /// An error that was found before reading.
    Failed(Option<ItemError>),
    /// JSONL, from here on.
    Lines(Lines),
}

/// Reads a source; what is wrong with it comes as an item.
pub fn read(source: &Source, options: &Options) -> Reader {
    let name = source.name();
    let promised = match source {
        Source::Stdin => None,
        Source::File(path) => Format::of_path(path),
    };
    let opened = source
        .open(options.stop)
        .and_then(|input| open_input(input, promised, options));
    let state = match opened {
        Ok(Opened::Lines(lines)) => State::Lines(lines),
        Ok(Opened::Whole(bytes, format)) => {
            State::Whole(Some(Box::new(whole(bytes, format, &name, options))))
        }
        Err(error) => State::Whole(Some(Box::new(Err(error)))),
    };
    Reader {
        name,
        options: options.clone(),
        state,
    }
}

impl Reader {
    /// A reader that gives one error.
    pub(super) fn failed(error: ItemError) -> Reader {
        Reader {
            name: String::new(),
            options: Options::default(),
            state: State::Failed(Some(error)),
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Article, ItemError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.state {
            State::Whole(article) => {
                let article = article.take()?;
                Some(article.map_err(|source| ItemError {
                    path: self.name.clone(),
                    source,
                }))
            }
            State::Failed(error) => error.take().map(Err),
            State::Lines(lines) => lines.next_article(&self.name, &self.options),
        }
    }
}

enum Opened {
    Whole(Vec<u8>, Format),
    Lines(Lines),
}

/// Looks at the first bytes, then reads all of it, or leaves it open where it has one article a line.
fn open_input(input: Input, promised: Option<Format>, options: &Options) -> Result<Opened, IngestError> {
    let Input { mut reader, size } = input;
    let mut head = Vec::with_capacity(HEAD);
    reader
        .by_ref()
        .take(HEAD as u64)
        .read_to_end(&mut head)
        .map_err(IngestError::of_reading)?;
    if options.format.is_none() {
        format::refuse_known_binary(&head)?;
    }
    let format = options
        .format
        .or(promised)
        .unwrap_or_else(|| Format::sniff(&head));
    // A page that was saved under the name of a text.
    let lowercase = head[..head.len().min(1024)]
        .trim_ascii_start()
        .to_ascii_lowercase();
    let is_page = options.format.is_none() && format == Format::Text && format::is_html_start(&lowercase);
    let format = if is_page { Format::Html } else { format };
    let whole = io::Cursor::new(head).chain(reader);
    if format == Format::Jsonl {
        return Ok(Opened::Lines(Lines::new(Box::new(whole))));
    }
    let limit = options.max_bytes;
    if let Some(bytes) = size.filter(|&bytes| bytes > limit) {
        return Err(IngestError::TooLarge { bytes, limit });
    }
    let mut bytes = Vec::new();
    whole
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(IngestError::of_reading)?;
    if bytes.len() as u64 > limit {
        return Err(IngestError::TooLarge { bytes: 0, limit });
    }
    Ok(Opened::Whole(bytes, format))
}

/// One file, one article.
fn whole(bytes: Vec<u8>, format: Format, path: &str, options: &Options) -> Result<Article, IngestError> {
    if bytes.is_empty() {
        return Err(IngestError::Empty { blank: false });
    }
    let decoded = decode::decode(bytes, format == Format::Html)?;
    if decoded.text.chars().all(|c| c.is_whitespace() || c == '\u{feff}') {
        return Err(IngestError::Empty { blank: true });
    }
    let draft: Draft = match format {
        Format::Html => html::read(&decoded, options.raw)?,
        Format::Markdown => markdown::read(&decoded, options.raw)?,
        Format::Text | Format::Jsonl => plain::read(&decoded, options.raw),
    };
    let article = build::article(draft, &decoded, path, options.lang);
    if article.text.is_empty() {
        Err(IngestError::NoText { format })
    } else {
        Ok(article)
    }
}

/// The lines of a JSONL input.
struct Lines {
    lines: LineReader,
    /// Articles and errors so far.
    items: usize,
    ended: bool,
}

impl Lines {
    fn new(input: Box<dyn Read + Send>) -> Lines {
        Lines {
            lines: LineReader::new(input),
            items: 0,
            ended: false,
        }
    }

    fn next_article(&mut self, name: &str, options: &Options) -> Option<Result<Article, ItemError>> {
        while !self.ended {
            let start = self.lines.offset;
            let line = match self.lines.next(options.max_bytes) {
                Ok(Some(line)) => line,
                Ok(None) => {
                    self.ended = true;
                    break;
                }
                Err(source) => {
                    self.items += 1;
                    self.ended |= matches!(source, IngestError::Unreadable(_) | IngestError::Stopped);
                    return Some(Err(ItemError {
                        path: format!("{name}:{}", self.lines.number),
                        source,
                    }));
                }
            };
            let mark = if self.lines.number == 1 && line.starts_with(b"\xef\xbb\xbf") {
                3
            } else {
                0
            };
            let line = &line[mark..];
            if line.trim_ascii().is_empty() {
                continue;
            }
            self.items += 1;
            let path = format!("{name}:{}", self.lines.number);
            let article = jsonl::read(line, start + mark, &path, options.lang).map(|(_, article)| article);
            return Some(article.map_err(|source| ItemError { path, source }));
        }
        if self.items == 0 {
            self.items = 1;
            let source = IngestError::Empty {
                blank: self.lines.offset > 0,
            };
            return Some(Err(ItemError {
                path: name.to_owned(),
                source,
            }));
        }
        None
    }
}
