//! A summary of one article in one language.

use super::{Finding, Lang};
use serde::{Deserialize, Serialize};

/// Who wrote a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Sentences of the article, chosen by rule: nothing in it is written by a model.
    Extractive,
    /// Written by a language model and checked by the number gate.
    Model,
}

impl Method {
    /// The name that the outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Extractive => "extractive",
            Method::Model => "model",
        }
    }
}

/// One point of a summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bullet {
    /// The point.
    pub text: String,
    /// Indices of the paragraphs that it rests on, from 0.
    pub paragraphs: Vec<usize>,
}

/// A summary of one article in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The article.
    pub article_id: String,
    /// The language it is written in.
    pub lang: Lang,
    /// Who wrote it.
    pub method: Method,
    /// One line.
    pub headline: String,
    /// The points.
    pub bullets: Vec<Bullet>,
    /// A few sentences.
    #[serde(rename = "abstract")]
    pub abstract_text: String,
    /// What the number gate found, after one regeneration.
    #[serde(default)]
    pub findings: Vec<Finding>,
}
