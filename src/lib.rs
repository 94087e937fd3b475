//! `depeche` turns a folder of articles, French first, into summaries, translations and tables of
//! entities and figures that can be checked against the text number by number.
//!
//! The rooms of the house, in the order in which an article meets them:
//!
//! - [`ingest`]: a path becomes [`record::Article`]s with clean text and a way back to the file.
//! - [`sentence`]: where sentences end.
//! - [`figures`]: text becomes [`record::Figure`]s by a deterministic grammar.
//! - [`entities`]: names, organizations, products and places by rule.
//! - [`glossary`]: terms that a translation has to use.
//! - [`document`]: pages and Markdown whose text is exchanged while the markup stays.
//! - [`task`]: summary, translation and extraction: prompt in, checked result out.
//! - [`gate`]: compares generated text with its source, figure by figure.
//! - [`engine`] and [`hub`]: the model that writes, and where it comes from.
//! - [`store`] and [`output`]: what is kept, and what people open.
//! - [`mod@bench`]: how fast a model works on this machine.
//! - [`eval`]: how well the figure grammar reads annotated sentences.
//! - [`pipeline`]: articles × tasks → results; the one place where the stages meet.
//! - [`cli`]: the command line.
//!
//! [`record`] holds the plain data that all of them exchange; [`backend`] is the trait behind which
//! a model works.

pub mod backend;
pub mod bench;
pub mod cli;
pub mod document;
pub mod engine;
pub mod entities;
pub mod eval;
pub mod figures;
pub mod gate;
pub mod glossary;
pub mod hub;
pub mod ingest;
pub mod output;
pub mod pipeline;
pub mod record;
pub mod sentence;
pub mod store;
pub mod task;
