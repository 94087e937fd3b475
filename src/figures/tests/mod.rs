//! Tests of the grammar, by topic.

mod ages;
mod article;
mod dates;
mod ellipsis;
mod english;
mod features;
mod money;
mod moves;
mod numbers;
mod onward;
mod parts;
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
