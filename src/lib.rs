//! `depeche` turns a folder of articles, French first, into summaries, translations and tables of
//! entities and figures that can be checked against the text number by number.
//!
//! [`record`] holds the plain data that the rooms of the house exchange; [`backend`] is the trait
//! behind which a model works.

pub mod backend;
pub mod record;
