//! Names, organizations, products and places by rule. No model, no I/O.
//!
//! What it is: [`find`] reads the capitals of one article and the words around them, with lists
//! of known names for spelling and type ([`lexicon`]); it joins the ways in which the article names the
//! same (`Elon Musk` and `Musk`, `X (anciennement Twitter)`) and quotes what the article says an entity
//! is. [`consolidate`] joins the entities of a folder. Same input, same output; time grows linearly.
//!
//! What it is not: a knowledge base. It tells what a text names, not which of two companies of the same
//! name is meant, and nothing that the text does not say becomes an alias or a description.
//!
//! How an article goes through: words ([`token`]), places where names stand ([`span`]: [`finder`] looks, [`start`] and
//! [`run`], [`phrase`], [`form`], [`law`] and [`acronym`] tell where a name begins and how far it goes), what speaks for
//! its type ([`evidence`], [`surroundings`], [`apposition`], [`behind`], [`series`]), whether it is a name at all ([`subject`]), which of them are one ([`alias`], [`group`], [`merger`]), what they
//! are called ([`describe`]).

mod acronym;
mod alias;
mod apposition;
mod behind;
mod consolidate;
mod cue;
mod describe;
mod evidence;
mod finder;
mod form;
mod group;
mod law;
mod lexicon;
mod merger;
mod phrase;
mod run;
mod series;
mod span;
mod start;
mod subject;
mod surroundings;
mod title;
mod token;
mod version;

#[cfg(test)]
mod tests;

pub use consolidate::consolidate;

use crate::record::{Article, Entity, EntityType, Mention, Quote};
use group::Group;
use span::{Found, Span};
use std::ops::Range;
use token::Token;

/// The entities of one article, in the order in which they are first named.
///
/// Every mention slices to its words: `article.text[start..end]`, in chars, is `text`; so does every
/// description. The title is not searched: it has no offsets in the text.
pub fn find(article: &Article) -> Vec<Entity> {
    let tokens = token::tokens(article);
    let spans = span::spans(&tokens, article.lang);
    let reader = Reader {
        article,
        tokens: &tokens,
        spans: &spans,
    };
    group::groups(&tokens, &spans)
        .iter()
        .map(|group| reader.entity(group))
        .collect()
}

struct Reader<'a> {
    article: &'a Article,
    tokens: &'a [Token<'a>],
    spans: &'a [Span],
}

impl Reader<'_> {
    fn entity(&self, group: &Group) -> Entity {
        let canonical = self.canonical(group);
        let description = describe::description(self.tokens, self.spans, &group.spans, group.entity_type)
            .map(|range| self.quote(range));
        Entity {
            aliases: self.aliases(group, &canonical),
            canonical,
            entity_type: group.entity_type,
            description,
            mentions: group
                .spans
                .iter()
                .map(|&at| self.mention(&self.spans[at]))
                .collect(),
        }
    }

    /// The form that tables show: the current name where the text tells it, else the first form of the
    /// lists that was met, else the longest.
    fn canonical(&self, group: &Group) -> String {
        let rank = |at: usize| match self.spans[at].found {
            _ if self.tokens[self.spans[at].tokens.start].shouted => (3, 0, 0),
            Found::Known(known) if !group.main.contains(&at) && known.entity_type == group.entity_type => {
                (1, known.rank, 0)
            }
            _ if group.main.contains(&at) => (0, 0, 0),
            _ if group.entity_type == EntityType::Law => (2, 0, at),
            _ => (2, 0, usize::MAX - self.name(at).chars().count()),
        };
        let best = group.spans.iter().copied().min_by_key(|&at| (rank(at), at));
        best.map(|at| self.name(at)).unwrap_or_default()
    }

    /// The words of a span on one line, without signs of layout.
    fn name(&self, at: usize) -> String {
        let span = &self.spans[at];
        let words = self.words(span.tokens.clone()).split_whitespace();
        span.article
            .into_iter()
            .chain(words)
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn aliases(&self, group: &Group, canonical: &str) -> Vec<String> {
        let folded = |name: &str| token::plain(name).to_lowercase();
        let mut seen = vec![folded(canonical)];
        let mut aliases = Vec::new();
        for &at in &group.spans {
            let span = &self.spans[at];
            let head = &self.tokens[span.tokens.start];
            // `l’Autorité` is a way to refer to it, not a name.
            if span.tokens.len() == 1 && lexicon::lexicon().is_spelled(lexicon::Cue::Institution, head.text) {
                continue;
            }
            let name = self.name(at);
            let key = folded(&name);
            if !seen.contains(&key) {
                seen.push(key);
                aliases.push(name);
            }
        }
        aliases
    }

    fn words(&self, tokens: Range<usize>) -> &str {
        let (Some(first), Some(last)) = (self.tokens.get(tokens.start), self.tokens.get(tokens.end - 1))
        else {
            return "";
        };
        &self.article.text[first.byte..last.byte + last.text.len()]
    }

    fn quote(&self, tokens: Range<usize>) -> Quote {
        let (start, end) = (self.tokens[tokens.start].start, self.tokens[tokens.end - 1].end);
        Quote {
            text: self.words(tokens).to_owned(),
            start,
            end,
        }
    }

    fn mention(&self, span: &Span) -> Mention {
        let quote = self.quote(span.tokens.clone());
        Mention {
            article_id: self.article.id.clone(),
            paragraph: self.tokens[span.tokens.start].paragraph,
            text: quote.text,
            start: quote.start,
            end: quote.end,
        }
    }
}
