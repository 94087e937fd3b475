//! Tests of the grammar, by topic.

mod ages;
mod article;
mod dates;
mod ellipsis;
mod english;
mod money;
mod numbers;
mod onward;
mod passages;
mod press;
mod properties;
mod qualifiers;
mod releases;
mod shares;
mod support;
mod together;
mod traps;
mod wires;
