//! Text that remembers where it came from.
//!
//! Two steps lie between a file and the clean text: bytes are decoded, and the decoded text is cut and
//! cleaned. [`Origins`] leads back over the first step, the runs of a [`Traced`] text over the second;
//! [`Traced::span_map`] joins them into the [`SpanMap`] of the article.

use std::ops::Range;

use crate::record::{SpanMap, SpanRun};

/// How many bytes of the file one character took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// As many as in UTF-8.
    Utf8,
    /// The same number each.
    Fixed(usize),
}

/// Leads from bytes of the decoded text to bytes of the file.
#[derive(Debug, Clone)]
pub(super) struct Origins {
    /// `(decoded byte, source byte, width)`: each holds until the next. Never empty.
    stretches: Vec<(usize, usize, Width)>,
    source_len: usize,
}

impl Origins {
    /// The decoded text is the file from byte `skipped` on.
    pub(super) fn verbatim(skipped: usize, source_len: usize) -> Origins {
        Origins {
            stretches: vec![(0, skipped, Width::Utf8)],
            source_len,
        }
    }

    pub(super) fn from_stretches(stretches: Vec<(usize, usize, Width)>, source_len: usize) -> Origins {
        Origins {
            stretches,
            source_len,
        }
    }

    /// The source byte of decoded byte `at`, which lies on a character.
    fn source_of(&self, decoded: &str, at: usize) -> usize {
        let index = self
            .stretches
            .partition_point(|&(start, ..)| start <= at)
            .saturating_sub(1);
        let Some(&(start, source, width)) = self.stretches.get(index) else {
            return at;
        };
        let advanced = match width {
            Width::Utf8 => at.saturating_sub(start),
            Width::Fixed(bytes) => decoded
                .get(start..at)
                .map_or(0, |text| text.chars().count() * bytes),
        };
        (source + advanced).min(self.source_len)
    }

    /// The starts of stretches strictly inside `range`.
    fn cuts(&self, range: &Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let from = self
            .stretches
            .partition_point(|&(start, ..)| start <= range.start);
        let end = range.end;
        self.stretches[from..]
            .iter()
            .map(|&(start, ..)| start)
            .take_while(move |&start| start < end)
    }
}

/// One run of a [`Traced`] text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    /// Bytes of the traced text.
    text: Range<usize>,
    /// Bytes of the decoded text.
    origin: Range<usize>,
    /// Whether both spell the same.
    verbatim: bool,
}

/// A text and where each part of it stands in the decoded text.
#[derive(Debug, Clone, Default)]
pub(super) struct Traced {
    text: String,
    runs: Vec<Run>,
}

impl Traced {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Appends bytes `range` of the decoded text as they stand.
    pub(super) fn push_verbatim(&mut self, decoded: &str, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        let start = self.text.len();
        self.text.push_str(&decoded[range.clone()]);
        match self.runs.last_mut() {
            Some(last) if last.verbatim && last.origin.end == range.start && last.text.end == start => {
                last.origin.end = range.end;
                last.text.end = self.text.len();
            }
            _ => self.runs.push(Run {
                text: start..self.text.len(),
                origin: range,
                verbatim: true,
            }),
        }
    }

    /// Appends `text`, which stands for bytes `origin` of the decoded text.
    pub(super) fn push_for(&mut self, text: &str, origin: Range<usize>) {
        let start = self.text.len();
        self.text.push_str(text);
        if !text.is_empty() {
            self.runs.push(Run {
                text: start..self.text.len(),
                origin,
                verbatim: false,
            });
        }
    }

    /// Appends text that stands nowhere in the file.
    pub(super) fn push_bridge(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends another traced text of the same file.
    pub(super) fn append(&mut self, other: &Traced) {
        let shift = self.text.len();
        self.text.push_str(&other.text);
        self.runs.extend(other.runs.iter().map(|run| Run {
            text: run.text.start + shift..run.text.end + shift,
            ..run.clone()
        }));
    }

    /// The part between two bytes of its text, both on characters.
    pub(super) fn slice(&self, range: Range<usize>) -> Traced {
        let mut part = Traced {
            text: self.text[range.clone()].to_owned(),
            runs: Vec::new(),
        };
        for run in &self.runs {
            let start = run.text.start.max(range.start);
            let end = run.text.end.min(range.end);
            if start >= end {
                continue;
            }
            let origin = if run.verbatim {
                run.origin.start + (start - run.text.start)..run.origin.end - (run.text.end - end)
            } else {
                run.origin.clone()
            };
            let text = start - range.start..end - range.start;
            part.runs.push(Run {
                text,
                origin,
                verbatim: run.verbatim,
            });
        }
        part
    }

    /// The text without the white space around it.
    pub(super) fn trimmed(&self) -> Traced {
        let start = self.text.len() - self.text.trim_start().len();
        self.slice(start..start + self.text.trim().len())
    }

    /// Where its last run ends in the decoded text.
    pub(super) fn last_origin(&self) -> Option<usize> {
        self.runs.last().map(|run| run.origin.end)
    }

    /// Joins both steps back to the file: characters of this text to bytes of the file.
    pub(super) fn span_map(&self, decoded: &str, origins: &Origins) -> SpanMap {
        let mut map = SpanMapBuilder {
            text: &self.text,
            byte: 0,
            char: 0,
            runs: Vec::new(),
        };
        for run in &self.runs {
            if !run.verbatim {
                let source =
                    origins.source_of(decoded, run.origin.start)..origins.source_of(decoded, run.origin.end);
                map.push(run.text.clone(), source);
                continue;
            }
            let mut start = run.origin.start;
            for end in origins.cuts(&run.origin).chain([run.origin.end]) {
                let at = run.text.start + (start - run.origin.start);
                let source = origins.source_of(decoded, start)..origins.source_of(decoded, end);
                map.push(at..at + (end - start), source);
                start = end;
            }
        }
        SpanMap { runs: map.runs }
    }
}

/// Counts characters forward while runs are added in order.
struct SpanMapBuilder<'a> {
    text: &'a str,
    byte: usize,
    char: usize,
    runs: Vec<SpanRun>,
}

impl SpanMapBuilder<'_> {
    fn push(&mut self, text: Range<usize>, source: Range<usize>) {
        let clean_start = self.chars_to(text.start);
        let clean_end = self.chars_to(text.end);
        self.runs.push(SpanRun {
            clean_start,
            clean_end,
            source_start: source.start,
            source_end: source.end,
        });
    }

    fn chars_to(&mut self, byte: usize) -> usize {
        self.char += self.text[self.byte..byte].chars().count();
        self.byte = byte;
        self.char
    }
}
