//! HTML cut into tags and text, with the place of each in the page.
//!
//! The extractor of readable text builds its own tree and forgets where things stood. This pass keeps
//! the positions: it is a tolerant scanner, not a tree builder, takes any input and runs in linear time.

use std::ops::Range;

use super::entity;

/// One piece of the page; ranges are bytes of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// Text between tags, references unresolved.
    Text(Range<usize>),
    /// `<name ...>`.
    Start(Tag<'a>),
    /// `</name>`.
    End(String),
    /// The content of an element that holds no markup (`script`, `style`, `title`, ...), after its start tag.
    Raw(Range<usize>),
}

/// A start tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// Lower case.
    pub(crate) name: String,
    /// What stands between the name and `>`.
    attributes: &'a str,
}

impl Tag<'_> {
    /// The value of an attribute, references resolved; empty when it has none.
    pub(crate) fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            let end = rest
                .find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/'))
                .unwrap_or(rest.len());
            if rest.is_empty() {
                return None;
            }
            let name = &rest[..end];
            rest = rest[end..].trim_start();
            let mut value = "";
            if let Some(after) = rest.strip_prefix('=') {
                (value, rest) = attribute_value(after.trim_start());
            } else if name.is_empty() {
                rest = rest.get(1..).unwrap_or_default();
            }
            if name.eq_ignore_ascii_case(wanted) {
                return Some(entity::resolve(value));
            }
        }
    }
}

/// Splits `text`, which begins with a value, into the value and what follows.
fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inside) = text.strip_prefix(quote) {
            return inside.split_once(quote).unwrap_or((inside, ""));
        }
    }
    text.split_at(text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len()))
}

/// Cuts a page into tokens.
pub(crate) struct Tokens<'a> {
    page: &'a str,
    at: usize,
    /// The element whose raw content comes next.
    raw: Option<String>,
    /// No `-->` stands ahead: searched for once, so that hostile pages stay linear.
    no_comment_end: bool,
    /// Elements whose end tag stands nowhere ahead, for the same reason.
    never_closed: Vec<String>,
}

/// Elements whose content is no markup.
const RAW: [&str; 9] = [
    "script", "style", "title", "textarea", "noscript", "iframe", "noembed", "noframes", "xmp",
];

impl<'a> Tokens<'a> {
    pub(crate) fn new(page: &'a str) -> Tokens<'a> {
        Tokens {
            page,
            at: 0,
            raw: None,
            no_comment_end: false,
            never_closed: Vec::new(),
        }
    }

    fn raw_content(&mut self, name: &str) -> Range<usize> {
        let start = self.at;
        let is_known = self.never_closed.iter().any(|known| known == name);
        let close = if is_known {
            None
        } else {
            find_close(self.page, start, name)
        };
        self.at = close.unwrap_or_else(|| {
            if !is_known {
                self.never_closed.push(name.to_owned());
            }
            // Code to the end is code; text without its end tag must not swallow the page.
            let is_code = matches!(name, "script" | "style");
            let next_tag = || self.page[start..].find('<').map(|length| start + length);
            if is_code {
                self.page.len()
            } else {
                next_tag().unwrap_or(self.page.len())
            }
        });
        start..self.at
    }

    /// Skips `<!-- -->`, `<!DOCTYPE>`, `<?xml ?>`, `</ >`.
    fn skip_declaration(&mut self) {
        let rest = &self.page[self.at..];
        if rest.starts_with("<!--") && !self.no_comment_end {
            if let Some(end) = rest[4..].find("-->") {
                self.at += 4 + end + 3;
                return;
            }
            // A comment that never ends must not swallow the article.
            self.no_comment_end = true;
        }
        if rest.starts_with("<![CDATA[") {
            self.at += "<![CDATA[".len();
            return;
        }
        self.at = rest.find('>').map_or(self.page.len(), |end| self.at + end + 1);
    }

    fn tag(&mut self) -> Option<Token<'a>> {
        let rest = &self.page[self.at..];
        let closes = rest.starts_with("</");
        let name_at = 1 + usize::from(closes);
        let name_end = rest[name_at..]
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/' | '<'))
            .map_or(rest.len(), |end| name_at + end);
        let name = rest[name_at..name_end].to_ascii_lowercase();
        let Some(end) = tag_end(rest, name_end) else {
            // Cut off in the middle of a tag.
            self.at = self.page.len();
            return None;
        };
        let attributes = &rest[name_end..end];
        self.at += end + 1;
        if closes {
            return Some(Token::End(name));
        }
        if RAW.contains(&name.as_str()) && !attributes.ends_with('/') {
            self.raw = Some(name.clone());
        }
        Some(Token::Start(Tag { name, attributes }))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(name) = self.raw.take() {
            return Some(Token::Raw(self.raw_content(&name)));
        }
        while self.at < self.page.len() {
            let rest = &self.page[self.at..];
            let bytes = rest.as_bytes();
            if bytes[0] == b'<' && bytes.len() > 1 {
                let second = bytes[1];
                let letter_follows = second == b'/' && bytes.get(2).is_some_and(u8::is_ascii_alphabetic);
                if second.is_ascii_alphabetic() || letter_follows {
                    match self.tag() {
                        Some(token) => return Some(token),
                        None => continue,
                    }
                }
                if matches!(second, b'!' | b'?' | b'/') {
                    self.skip_declaration();
                    continue;
                }
            }
            let start = self.at;
            // On bytes, because the first character may be longer than one; `<` is never part of another.
            let end = bytes[1..]
                .iter()
                .position(|&byte| byte == b'<')
                .map_or(rest.len(), |end| end + 1);
            self.at += end;
            return Some(Token::Text(start..self.at));
        }
        None
    }
}

/// The `>` that ends the tag, outside quotes; a quote that never closes is taken as a plain character.
fn tag_end(tag: &str, from: usize) -> Option<usize> {
    /// Longer tags (inlined images) exist, but quotes further apart than this are an error of the page.
    const FARTHEST_QUOTE: usize = 1 << 20;
    let bytes = tag.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'>' => return Some(at),
            quote @ (b'"' | b'\'') if bytes[..at].trim_ascii_end().ends_with(b"=") => {
                let within = &bytes[at + 1..bytes.len().min(at + 1 + FARTHEST_QUOTE)];
                at += match within.iter().position(|&byte| byte == quote) {
                    Some(length) => length + 2,
                    None => 1,
                };
            }
            _ => at += 1,
        }
    }
    None
}

/// Where `</name` stands at or after `from`, whatever its case.
fn find_close(page: &str, from: usize, name: &str) -> Option<usize> {
    let bytes = page.as_bytes();
    let mut at = from;
    while let Some(found) = page[at..].find("</") {
        let start = at + found;
        let after = start + 2;
        let end = after + name.len();
        let is_same = bytes
            .get(after..end)
            .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
        let is_whole = bytes.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        if is_same && is_whole {
            return Some(start);
        }
        at = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Token, Tokens};

    fn shown(page: &str) -> Vec<String> {
        Tokens::new(page)
            .map(|token| match token {
                Token::Text(range) => format!("text {}", &page[range]),
                Token::Raw(range) => format!("raw {}", &page[range]),
                Token::Start(tag) => format!("<{}>", tag.name),
                Token::End(name) => format!("</{name}>"),
            })
            .collect()
    }

    #[test]
    fn pages_are_cut_into_tags_and_text() {
        assert_eq!(
            shown("<!doctype html><P class=a>é < 3 <b title='x>y'>z</B><!-- <p>no -->1</p>"),
            [
                "<p>",
                "text é ",
                "text < 3 ",
                "<b>",
                "text z",
                "</b>",
                "text 1",
                "</p>"
            ]
        );
        assert_eq!(
            shown("<script>if (a</b>) '<p>'</SCRIPT >ok"),
            ["<script>", "raw if (a</b>) '<p>'", "</script>", "text ok"]
        );
    }

    #[test]
    fn broken_markup_loses_no_text() {
        assert_eq!(shown("<!-- never closed <p>text</p>"), ["text text", "</p>"]);
        assert_eq!(shown("<p title=\"open>text"), ["<p>", "text text"]);
        assert_eq!(shown("a<"), ["text a", "text <"]);
        assert_eq!(shown("<p"), Vec::<String>::new());
        assert_eq!(shown("<script>no end"), ["<script>", "raw no end"]);
    }

    #[test]
    fn attributes_are_found_whatever_their_quotes() {
        let page = r#"<meta content='L&rsquo;IA "forte"' NAME=title disabled data-x="a=b">"#;
        let Some(Token::Start(tag)) = Tokens::new(page).next() else {
            panic!("expected a tag")
        };
        assert_eq!(tag.attribute("content").as_deref(), Some("L’IA \"forte\""));
        assert_eq!(tag.attribute("name").as_deref(), Some("title"));
        assert_eq!(tag.attribute("disabled").as_deref(), Some(""));
        assert_eq!(tag.attribute("data-x").as_deref(), Some("a=b"));
        assert_eq!(tag.attribute("x"), None);
    }
}
