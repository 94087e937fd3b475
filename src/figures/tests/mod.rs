//! Tests of the grammar, by topic.

mod article;
mod support;
