//! Asks dom_smoothie, a port of Mozilla's Readability, which text of a page is the article.
//!
//! It answers with a new document, in which nothing remembers its place. So every text node is marked
//! before with two private characters that spell its number, and what survives is read off the marks:
//! exact, where comparing texts would guess.

use std::collections::HashSet;

use dom_smoothie::{Config, ParsePolicy, Readability, TextMode};

use super::walk::Page;

/// Deeper pages than this are not given to the tree builder: some of its steps walk all open elements.
const DEEPEST: usize = 400;
/// Larger ones neither: the scoring is not linear.
const MOST_ELEMENTS: usize = 60_000;
const MOST_BYTES: usize = 16 << 20;
/// Nor those with more references: its tokenizer takes back what it read at each `&` that is none.
const MOST_REFERENCES: usize = 100_000;
/// The tree is walked by recursion in places.
const STACK_BYTES: usize = 64 << 20;

/// The numbers of the text nodes that belong to the article; None when the page is beyond the extractor.
///
/// Nodes are numbered in the order of `page.blocks` and their `nodes`.
pub(super) fn surviving_nodes(text: &str, page: &Page) -> Option<HashSet<usize>> {
    let references = || text.bytes().filter(|&byte| byte == b'&').count();
    if page.depth > DEEPEST
        || page.elements > MOST_ELEMENTS
        || text.len() > MOST_BYTES
        || references() > MOST_REFERENCES
    {
        tracing::debug!(
            depth = page.depth,
            elements = page.elements,
            "page beyond the extractor, read by its markup"
        );
        return None;
    }
    let marked = mark(text, page);
    let extract = move || {
        let config = Config {
            text_mode: TextMode::Raw,
            disable_json_ld: true,
            ..Config::default()
        };
        let mut readability = Readability::new(marked, None, Some(config)).ok()?;
        let article = readability
            .parse_with_policy(ParsePolicy::Strict)
            .ok()
            .or_else(|| readability.parse().ok())?;
        Some(read_marks(&article.content))
    };
    // A thread of its own: a deep page gets the stack it needs, and a panic stays here.
    let thread = std::thread::Builder::new()
        .name("depeche-html".to_owned())
        .stack_size(STACK_BYTES);
    match thread.spawn(extract).map(std::thread::JoinHandle::join) {
        Ok(Ok(survivors)) => survivors,
        Ok(Err(_)) => {
            tracing::warn!("the extractor of readable text panicked; the page is read by its markup");
            None
        }
        Err(error) => {
            tracing::warn!(%error, "no thread for the extractor of readable text");
            None
        }
    }
}

const HIGH: u32 = 0xf_0000;
const LOW: u32 = 0x10_0000;
const BASE: u32 = 0xf000;

fn mark(text: &str, page: &Page) -> String {
    let places: Vec<usize> = page
        .blocks
        .iter()
        .flat_map(|block| block.nodes.iter().map(|&(at, _)| at))
        .collect();
    let mut marked = String::with_capacity(text.len() + places.len() * 8);
    let mut from = 0;
    for (number, &at) in places.iter().enumerate() {
        marked.push_str(&text[from..at]);
        from = at;
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        marked.extend(char::from_u32(HIGH + number / BASE).filter(|_| number / BASE < BASE));
        marked.extend(char::from_u32(LOW + number % BASE));
    }
    marked.push_str(&text[from..]);
    marked
}

fn read_marks(content: &str) -> HashSet<usize> {
    let mut marks = HashSet::new();
    let mut high = None;
    for c in content.chars() {
        let code = c as u32;
        if (HIGH..HIGH + BASE).contains(&code) {
            high = Some(code - HIGH);
        } else if (LOW..LOW + BASE).contains(&code) {
            if let Some(high) = high.take() {
                marks.insert((high * BASE + code - LOW) as usize);
            }
        } else {
            high = None;
        }
    }
    marks
}
