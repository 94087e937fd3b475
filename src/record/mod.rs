//! The records that the rooms exchange and that the outputs spell: plain data, no logic beyond
//! what keeps them consistent.
//!
//! Offsets are 0-based, end-exclusive counts of Unicode scalar values (`char`s) into the clean text
//! of the article, never bytes: they mean the same in Rust, Python and a spreadsheet.

mod article;
mod entity;
mod figure;
mod finding;
mod problem;
mod summary;
mod translation;

pub(crate) use article::line_of_file;
pub use article::{Article, Lang, Paragraph, ParagraphKind, Removed, SpanMap, SpanRun};
pub use entity::{Entity, EntityType, Mention, Quote};
pub(crate) use figure::exact;
pub use figure::{Direction, Figure, FigureKind, Qualifier};
pub use finding::{Finding, FindingKind, FindingSide};
pub use problem::{Problem, Severity};
pub use summary::{Bullet, Method, Summary};
pub use translation::{AlignedSentence, Checks, Repair, Segment, TermStatus, TermUse, Translation};
