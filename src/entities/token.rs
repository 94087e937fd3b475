//! Words of an article with what their letters say: capital, acronym, number, start of a sentence.
//!
//! Not a linguistic tokenizer: it splits French elisions (`d’Nvidia` is `d’` and `Nvidia`) and English
//! possessives off, keeps hyphenated names whole, and knows where a capital letter proves nothing.

use super::lexicon::lexicon;
use crate::record::{Article, ParagraphKind};

/// What the letters of a token look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Small letters.
    Lower,
    /// One capital, then small letters: `Paris`, `Fos-sur-Mer`.
    Capital,
    /// Capitals only, two or more letters: `CNIL`.
    Acronym,
    /// Capitals inside: `iPhone`, `OVHcloud`, `xAI`.
    Mixed,
    /// Letters and digits, with a capital: `H100`, `GPT-4`, `A320neo`.
    Code,
    /// Digits.
    Number,
    /// `l’`, `d'`, `qu’`: glued to the word that follows.
    Elision,
    /// `'s` after an English name.
    Possessive,
    /// One sign.
    Sign,
}

impl Shape {
    /// Whether such a word can be part of a name.
    pub(super) fn is_name_like(self) -> bool {
        matches!(self, Shape::Capital | Shape::Acronym | Shape::Mixed | Shape::Code)
    }
}

/// One word or sign.
#[derive(Debug)]
pub(super) struct Token<'a> {
    /// Its letters.
    pub text: &'a str,
    /// In small letters, with straight apostrophes.
    pub lower: String,
    /// First character, in chars of the article.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// First byte.
    pub byte: usize,
    /// What its letters look like.
    pub shape: Shape,
    /// Index of its paragraph.
    pub paragraph: usize,
    /// A capital here proves nothing: the token opens a sentence, a quotation or a list item, or its
    /// whole paragraph is in capitals.
    pub opens: bool,
    /// The first word of its sentence, whatever its case: cues do not reach over it.
    pub sentence: u32,
    /// White space stands before it.
    pub spaced: bool,
    /// Its whole paragraph is in capitals.
    pub shouted: bool,
}

impl Token<'_> {
    /// Whether the token is this sign.
    pub(super) fn is(&self, sign: &str) -> bool {
        self.text == sign
    }

    /// Whether it is a number of four digits, as years are.
    pub(super) fn is_year(&self) -> bool {
        self.shape == Shape::Number && self.text.len() == 4
    }

    /// Whether it is an article with a capital, as titles have it: `La Tribune`, `The Times`.
    pub(super) fn is_article(&self) -> bool {
        matches!(self.text, "Le" | "La" | "Les" | "The")
    }

    /// The token as dictionaries spell it: straight apostrophe, plain hyphen.
    pub(super) fn spelled(&self) -> String {
        plain(self.text)
    }
}

/// Small letters without accents: what a name and the same name in capitals share.
pub(super) fn folded(text: &str) -> String {
    let letters = text.chars().flat_map(char::to_lowercase);
    letters.filter(|&c| !is_mark(c)).map(unaccented).collect()
}

/// The letter without its accent.
pub(super) fn unaccented(c: char) -> char {
    match c {
        'à' | 'â' | 'ä' | 'á' | 'ã' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' | 'í' => 'i',
        'ô' | 'ö' | 'ó' | 'õ' => 'o',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        'œ' => 'o',
        other => other,
    }
}

/// Straight apostrophes and plain hyphens.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '’' | 'ʼ' | '‘' => '\'',
            '‑' | '‐' => '-',
            '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
            other => other,
        })
        .collect()
}

/// The tokens of the whole article, paragraph after paragraph.
pub(super) fn tokens(article: &Article) -> Vec<Token<'_>> {
    let text = article.text.as_str();
    let mut bytes: Vec<usize> = text.char_indices().map(|(byte, _)| byte).collect();
    bytes.push(text.len());
    let last = bytes.len() - 1;
    let mut scanner = Scanner {
        text,
        sentence: 0,
        tokens: Vec::new(),
    };
    let mut covered = 0;
    for (index, paragraph) in article.paragraphs.iter().enumerate() {
        let start = paragraph.start.clamp(covered, last);
        let end = paragraph.end.clamp(start, last);
        covered = end;
        scanner.paragraph(
            index,
            start,
            &text[bytes[start]..bytes[end]],
            bytes[start],
            paragraph.kind,
        );
    }
    if article.paragraphs.is_empty() {
        scanner.paragraph(0, 0, text, 0, ParagraphKind::Text);
    }
    let mut tokens: Vec<Token<'_>> = Vec::with_capacity(scanner.tokens.len());
    for token in scanner.tokens {
        // `North Rhine-Westphalia`
        let university = tokens
            .last()
            .is_some_and(|last| matches!(last.lower.as_str(), "université" | "métropole" | "agglomération"));
        let goes_on = university
            || token.spaced
                && tokens
                    .last()
                    .is_some_and(|last| last.paragraph == token.paragraph && last.shape.is_name_like());
        match goes_on {
            true => tokens.push(token),
            false => tokens.extend(halves(token)),
        }
    }
    tokens
}

/// `Metz-Trèves`, `UE-Mercosur` name two; any other token stays as it is.
fn halves(token: Token<'_>) -> Vec<Token<'_>> {
    let pair = token.text.split_once('-').filter(|(one, other)| {
        let lexicon = lexicon();
        token.shape.is_name_like() && lexicon.names_pair(token.text, one, other)
    });
    let Some((one, other)) = pair else {
        return vec![token];
    };
    let hyphen = &token.text[one.len()..one.len() + 1];
    let mut parts = Vec::with_capacity(3);
    let (mut at, mut byte) = (token.start, token.byte);
    for text in [one, hyphen, other] {
        let first = parts.is_empty();
        let end = at + text.chars().count();
        parts.push(Token {
            text,
            lower: plain(text).to_lowercase(),
            start: at,
            end,
            byte,
            shape: shape(text),
            paragraph: token.paragraph,
            opens: token.opens && first,
            sentence: token.sentence,
            spaced: token.spaced && first,
            shouted: token.shouted,
        });
        (at, byte) = (end, byte + text.len());
    }
    parts
}

/// The tokens of a text that stands alone, such as a title or a name of a dictionary.
pub(super) fn tokens_of(text: &str) -> Vec<Token<'_>> {
    let mut scanner = Scanner {
        text,
        sentence: 0,
        tokens: Vec::new(),
    };
    scanner.paragraph(0, 0, text, 0, ParagraphKind::Text);
    scanner.tokens
}

struct Scanner<'a> {
    text: &'a str,
    sentence: u32,
    tokens: Vec<Token<'a>>,
}

impl Scanner<'_> {
    fn paragraph(&mut self, index: usize, start: usize, slice: &str, byte: usize, kind: ParagraphKind) {
        let first = self.tokens.len();
        self.sentence += 1;
        let mut offset = 0;
        let mut char_at = start;
        let mut spaced = true;
        while let Some(c) = slice[offset..].chars().next() {
            if c.is_whitespace() {
                spaced = true;
                offset += c.len_utf8();
                char_at += 1;
                continue;
            }
            let length = piece(&slice[offset..], !spaced && self.after_name(first));
            let piece = &self.text[byte + offset..byte + offset + length];
            let chars = piece.chars().count();
            self.push(piece, char_at, chars, byte + offset, index, spaced, first);
            spaced = false;
            offset += length;
            char_at += chars;
        }
        self.mark_shouting(first, kind);
    }

    /// Whether the last token of this paragraph is a word: an apostrophe may follow.
    fn after_name(&self, first: usize) -> bool {
        self.tokens[first..]
            .last()
            .is_some_and(|token| token.shape != Shape::Sign)
    }

    #[allow(clippy::too_many_arguments)] // the fields of one token, used once
    fn push(
        &mut self,
        piece: &str,
        start: usize,
        chars: usize,
        byte: usize,
        paragraph: usize,
        spaced: bool,
        first: usize,
    ) {
        let opens = self.opens(first, spaced);
        if opens && self.ends_sentence(first) {
            self.sentence += 1;
        }
        self.tokens.push(Token {
            text: &self.text[byte..byte + piece.len()],
            lower: plain(piece).to_lowercase(),
            start,
            end: start + chars,
            byte,
            shape: shape(piece),
            paragraph,
            opens,
            sentence: self.sentence,
            spaced,
            shouted: false,
        });
    }

    /// Whether a capital at this place may come from the place.
    fn opens(&self, first: usize, spaced: bool) -> bool {
        let Some((last, before)) = self.tokens[first..].split_last() else {
            return true;
        };
        if last.shape == Shape::Elision {
            return false; // in `L’Autorité` the article carries the capital of the sentence
        }
        match last.text {
            "." => !is_abbreviation(before.last()) && spaced,
            "!" | "?" | "…" | "•" | "–" | "—" | "«" | "“" | "\"" | ":" | "|" | ">" => true,
            "»" | "”" | ")" => self.closed_sentence(before),
            "-" | "*" | "·" => before.is_empty() || spaced,
            _ => before.is_empty() && matches!(last.shape, Shape::Sign | Shape::Number),
        }
    }

    fn closed_sentence(&self, before: &[Token]) -> bool {
        before
            .last()
            .is_some_and(|token| matches!(token.text, "." | "!" | "?" | "…"))
    }

    fn ends_sentence(&self, first: usize) -> bool {
        self.tokens[first..].last().is_some_and(|token| {
            matches!(
                token.text,
                "." | "!" | "?" | "…" | "»" | "”" | "\"" | ")" | "•" | "|"
            )
        })
    }

    /// In a paragraph without small letters every capital is layout.
    fn mark_shouting(&mut self, first: usize, kind: ParagraphKind) {
        let words = || self.tokens[first..].iter();
        let capitals = words().filter(|token| token.shape == Shape::Acronym).count();
        let small = words()
            .filter(|token| matches!(token.shape, Shape::Lower | Shape::Capital))
            .count();
        let names = words()
            .filter(|token| token.shape == Shape::Capital && token.text.len() > 3)
            .count();
        let lower = words()
            .filter(|token| token.shape == Shape::Lower && token.text.len() > 3)
            .count();
        let shouting = capitals >= 3 && small * 4 < capitals;
        let title_case = kind == ParagraphKind::Heading && names >= 3 && lower * 2 <= names;
        for token in &mut self.tokens[first..] {
            token.opens |= shouting || title_case;
            token.shouted = shouting;
        }
    }
}

/// `M.`, `J.`, `Mme.`, `Dr.`: the full stop belongs to the word.
fn is_abbreviation(token: Option<&Token>) -> bool {
    token.is_some_and(|token| {
        token.text.chars().count() == 1 && token.text.starts_with(char::is_uppercase)
            || matches!(
                token.lower.as_str(),
                "mm" | "mr" | "mrs" | "ms" | "dr" | "pr" | "st" | "inc" | "corp" | "co" | "n" | "jr" | "sr"
            )
    })
}

const ELIDED: [&str; 13] = [
    "l", "d", "j", "m", "n", "s", "t", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu",
];

/// Length in bytes of the token that the text starts with.
fn piece(text: &str, after_word: bool) -> usize {
    let mut chars = text.char_indices().peekable();
    let Some((_, first)) = chars.next() else { return 0 };
    if after_word && is_apostrophe(first) {
        let possessive = text[first.len_utf8()..].strip_prefix('s');
        if possessive.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)) {
            return first.len_utf8() + 1;
        }
    }
    if !first.is_alphanumeric() {
        return first.len_utf8();
    }
    if text.starts_with("ex-") && text[3..].starts_with(char::is_uppercase) {
        return 3; // `ex-Facebook` names Facebook
    }
    while let Some((at, c)) = chars.next() {
        if c.is_alphanumeric() || is_mark(c) {
            continue;
        }
        let next = chars.peek().map(|&(_, next)| next);
        // `Paris-based`: the name ends before the hyphen.
        if c == '-' && is_made_of(&text[at + 1..]) {
            return at;
        }
        // `Canal+`, `M6+`
        if c == '+' && text[..at].ends_with(char::is_alphanumeric) && !next.is_some_and(char::is_alphanumeric)
        {
            return at + 1;
        }
        // The last full stop of `D.E. Shaw`.
        if c == '.' && text[..at].contains('.') && is_initials(&text[..at]) {
            return at + 1;
        }
        let domain = c == '.' && at > 1 && is_domain(&text[at + 1..]);
        let joins = domain || next.is_some_and(|next| joins(c, next, &text[..at]));
        if is_apostrophe(c) {
            let name = matches!(&text[..at], "N" | "M") && next.is_some_and(char::is_uppercase);
            if !name && is_elided(&text[..at]) && next.is_some_and(char::is_alphanumeric) {
                return at + c.len_utf8();
            }
            let possessive = next == Some('s')
                && !text[at + c.len_utf8() + 1..].starts_with(|c: char| c.is_alphanumeric());
            if !joins || possessive {
                return at;
            }
        } else if !joins {
            return at;
        }
    }
    text.len()
}

/// Whether the sign stays inside a word: `Saint-Malo`, `AT&T`, `3,5`, `Llama-3.3`, `O’Malley`, `JD.com`.
fn joins(sign: char, next: char, before: &str) -> bool {
    let digit_before = before.ends_with(|c: char| c.is_ascii_digit());
    match sign {
        '-' | '‑' | '‐' => next.is_alphanumeric(),
        '&' => next.is_alphanumeric(),
        '’' | '\'' | 'ʼ' => next.is_alphabetic(),
        '.' => {
            digit_before && next.is_ascii_digit()
                || next.is_lowercase() && before.ends_with(char::is_uppercase)
                || next.is_uppercase() && is_initials(before)
        }
        ',' => digit_before && next.is_ascii_digit(),
        ':' => before.ends_with(char::is_uppercase) && next.is_ascii_digit(),
        _ => false,
    }
}

/// Whether what follows the full stop makes a domain of the word before: `Booking.com`, `Wit.ai`.
fn is_domain(rest: &str) -> bool {
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    DOMAINS.contains(&&rest[..end])
}

/// Ends of addresses that companies bear as their names.
pub(super) const DOMAINS: [&str; 12] = [
    "com", "org", "net", "ai", "io", "fr", "eu", "ch", "app", "dev", "tv", "gg",
];

/// `D`, `D.E`: capitals with full stops between.
fn is_initials(text: &str) -> bool {
    text.split('.').all(|part| {
        let mut letters = part.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
    })
}

/// Whether what follows the hyphen makes an adjective of an English name: `Paris-based`.
fn is_made_of(rest: &str) -> bool {
    let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    matches!(
        &rest[..end],
        "based"
            | "owned"
            | "backed"
            | "led"
            | "listed"
            | "made"
            | "born"
            | "headquartered"
            | "built"
            | "funded"
            | "language"
            | "speaking"
            | "style"
            | "era"
            | "wide"
    )
}

fn is_elided(before: &str) -> bool {
    before.len() <= 7 && ELIDED.contains(&before.to_lowercase().as_str())
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '’' | '\'' | 'ʼ')
}

/// Combining accents stay with their letter.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn shape(piece: &str) -> Shape {
    let Some(first) = piece.chars().next() else {
        return Shape::Sign;
    };
    if is_apostrophe(first) && piece.len() > first.len_utf8() {
        return Shape::Possessive;
    }
    if !first.is_alphanumeric() {
        return Shape::Sign;
    }
    if piece.ends_with(is_apostrophe) || piece == "ex-" {
        return Shape::Elision;
    }
    let letters = piece.chars().filter(|c| c.is_alphabetic()).count();
    let digits = piece.chars().any(|c| c.is_numeric());
    let capitals = piece.chars().filter(|c| c.is_uppercase()).count();
    if letters == 0 {
        return Shape::Number;
    }
    match (capitals, digits) {
        (0, _) => Shape::Lower,
        (_, true) => Shape::Code,
        (_, false) if capitals == letters && letters > 1 => Shape::Acronym,
        (_, false) if is_capitalized(piece) => Shape::Capital,
        _ => Shape::Mixed,
    }
}

/// Capitals stand only at the start of the word or of its hyphenated parts: `Jean-Luc`, `O’Malley`.
fn is_capitalized(piece: &str) -> bool {
    let mut at_start = true;
    let mut starts_high = false;
    for (at, c) in piece.chars().enumerate() {
        if at == 0 {
            starts_high = c.is_uppercase();
        } else if c.is_uppercase() && !at_start {
            return false;
        }
        at_start = !c.is_alphabetic() && !is_mark(c);
    }
    starts_high
}
