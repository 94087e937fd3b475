//! The lexer: text becomes numbers, words and marks with byte and char offsets.
//!
//! It knows no grammar. Runs of ASCII digits, runs of letters and single other characters are tokens;
//! white space is kept only as the [`Gap`] before a token. A web or mail address is one
//! [`Kind::Opaque`] token, so that no rule looks inside it. Every character is looked at once.

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// ASCII digits.
    Number,
    /// Letters; an elided word keeps its apostrophe (`d'`).
    Word,
    /// One other character.
    Mark(char),
    /// An address, not to be read.
    Opaque,
}

/// The white space before a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing: the token touches the one before it.
    None,
    /// One blank character of any width.
    Space,
    /// Several blanks or a tab.
    Wide,
    /// A line break.
    Line,
}

/// One token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub kind: Kind,
    pub gap: Gap,
    /// Bytes in the text of the block.
    pub start: usize,
    pub end: usize,
    /// Chars in the text of the block.
    pub char_start: usize,
    pub char_end: usize,
    /// Where the folded form lies in the arena.
    fold: (usize, usize),
}

/// The tokens of one block of text.
#[derive(Debug, Default)]
pub(super) struct Tokens<'t> {
    text: &'t str,
    list: Vec<Token>,
    /// Folded forms, one after the other: lower case, no accents, elisions undone.
    folds: String,
}

impl<'t> Tokens<'t> {
    /// Reads `text` from its first character to its last.
    pub fn read(text: &'t str) -> Tokens<'t> {
        let mut lexer = Lexer {
            text,
            bytes: text.as_bytes(),
            at: 0,
            chars: 0,
            out: Tokens {
                text,
                list: Vec::with_capacity(text.len() / 5 + 4),
                folds: String::with_capacity(text.len() + 8),
            },
        };
        lexer.run();
        lexer.out
    }

    pub fn text(&self) -> &'t str {
        self.text
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn get(&self, i: usize) -> Option<&Token> {
        self.list.get(i)
    }

    /// The token's own characters; empty past the end.
    pub fn raw(&self, i: usize) -> &'t str {
        self.list
            .get(i)
            .map_or("", |token| &self.text[token.start..token.end])
    }

    /// Lower case, without accents, `d'` as `de`; empty past the end and for what is no word.
    pub fn fold(&self, i: usize) -> &str {
        self.list
            .get(i)
            .map_or("", |token| &self.folds[token.fold.0..token.fold.1])
    }

    /// The mark at `i`, if there is one.
    pub fn mark(&self, i: usize) -> Option<char> {
        match self.list.get(i)?.kind {
            Kind::Mark(c) => Some(c),
            _ => None,
        }
    }

    pub fn is_mark(&self, i: usize, c: char) -> bool {
        self.mark(i) == Some(c)
    }

    /// One of the marks stands at `i` and ends something there: no digit and no letter is glued on behind it.
    pub fn stops(&self, i: usize, marks: &[char]) -> bool {
        self.mark(i).is_some_and(|mark| marks.contains(&mark)) && !self.glued(i + 1)
    }

    pub fn is_number(&self, i: usize) -> bool {
        matches!(self.list.get(i), Some(token) if token.kind == Kind::Number)
    }

    pub fn is_word(&self, i: usize) -> bool {
        matches!(self.list.get(i), Some(token) if token.kind == Kind::Word)
    }

    /// Nothing between `i` and the token before it.
    pub fn glued(&self, i: usize) -> bool {
        i > 0 && matches!(self.list.get(i), Some(token) if token.gap == Gap::None)
    }

    /// At most one blank between `i` and the token before it.
    pub fn near(&self, i: usize) -> bool {
        matches!(self.list.get(i), Some(token) if matches!(token.gap, Gap::None | Gap::Space))
    }

    /// One blank between `i` and the token before it.
    pub fn spaced(&self, i: usize) -> bool {
        matches!(self.list.get(i), Some(token) if token.gap == Gap::Space)
    }

    /// The first letter is upper case.
    pub fn is_capital(&self, i: usize) -> bool {
        self.is_word(i) && self.raw(i).chars().next().is_some_and(char::is_uppercase)
    }

    /// Two or more letters, all upper case: an acronym.
    pub fn is_acronym(&self, i: usize) -> bool {
        let raw = self.raw(i);
        self.is_word(i) && raw.len() > 1 && raw.chars().all(char::is_uppercase)
    }

    /// The token whose characters begin at or after byte `at`.
    pub fn at_byte(&self, at: usize) -> usize {
        self.list.partition_point(|token| token.start < at)
    }
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    chars: usize,
    out: Tokens<'t>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        let mut gap = Gap::Line;
        // The first token after the last white space, for addresses.
        let mut chunk = 0;
        while self.at < self.bytes.len() {
            let before = gap;
            gap = self.skip_blanks(gap);
            if self.at >= self.bytes.len() {
                break;
            }
            if gap != Gap::None || before != Gap::None {
                chunk = self.out.list.len();
            }
            if self.is_address(chunk) {
                self.read_address(chunk, gap);
            } else {
                self.read_token(gap);
            }
            gap = Gap::None;
        }
    }

    fn skip_blanks(&mut self, mut gap: Gap) -> Gap {
        while let Some(&byte) = self.bytes.get(self.at) {
            let (width, line) = match byte {
                b' ' => (1, false),
                b'\n' | b'\r' => (1, true),
                b'\t' => {
                    self.at += 1;
                    self.chars += 1;
                    if gap != Gap::Line {
                        gap = Gap::Wide;
                    }
                    continue;
                }
                0xC2 | 0xE2 | 0xE3 | 0xEF => match self.peek() {
                    // Joiners and marks of direction are invisible: they separate nothing.
                    Some(c @ ('\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}')) => {
                        self.at += c.len_utf8();
                        self.chars += 1;
                        continue;
                    }
                    Some(c) if c.is_whitespace() => (c.len_utf8(), matches!(c, '\u{2028}' | '\u{2029}')),
                    _ => break,
                },
                _ => break,
            };
            self.at += width;
            self.chars += 1;
            gap = match gap {
                _ if line => Gap::Line,
                Gap::None => Gap::Space,
                Gap::Space => Gap::Wide,
                other => other,
            };
        }
        gap
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// At `://`, at `@` inside a word, or after `www.`.
    fn is_address(&self, chunk: usize) -> bool {
        let rest = &self.bytes[self.at..];
        match rest[0] {
            b':' => rest.starts_with(b"://") && self.out.list.len() > chunk,
            b'@' => self.out.list.len() > chunk && rest.get(1).is_some_and(|b| b.is_ascii_alphanumeric()),
            b'.' => self.out.list.len() == chunk + 1 && self.out.fold(chunk) == "www",
            _ => false,
        }
    }

    /// Makes one token of the tokens since `chunk` and everything up to the next white space.
    fn read_address(&mut self, chunk: usize, gap: Gap) {
        let first = self.out.list.get(chunk).copied();
        self.out.list.truncate(chunk);
        let (gap, start, char_start) = first.map_or((gap, self.at, self.chars), |token| {
            (token.gap, token.start, token.char_start)
        });
        let (mut end, mut char_end) = (self.at, self.chars);
        for c in self.text[self.at..].chars() {
            if c.is_whitespace() || matches!(c, '»' | '<' | '>' | '"' | '”') {
                break;
            }
            self.at += c.len_utf8();
            self.chars += 1;
            if !matches!(c, '.' | ',' | ';' | ':' | ')' | '!' | '?') {
                (end, char_end) = (self.at, self.chars);
            }
        }
        (self.at, self.chars) = (end.max(start + 1), char_end);
        self.push(Kind::Opaque, gap, start, char_start, (0, 0));
    }

    fn read_token(&mut self, gap: Gap) {
        let (start, char_start) = (self.at, self.chars);
        let byte = self.bytes[self.at];
        if byte.is_ascii_digit() {
            while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
                self.at += 1;
                self.chars += 1;
            }
            return self.push(Kind::Number, gap, start, char_start, (0, 0));
        }
        if !byte.is_ascii_alphabetic() {
            // OK because a caller only comes here inside the text.
            let Some(c) = self.peek() else { return };
            if byte.is_ascii() || !c.is_alphabetic() {
                self.at += c.len_utf8();
                self.chars += 1;
                return self.push(Kind::Mark(c), gap, start, char_start, (0, 0));
            }
        }
        let fold = self.read_word();
        self.push(Kind::Word, gap, start, char_start, fold);
    }

    /// Letters, and the apostrophe of an elided word.
    fn read_word(&mut self) -> (usize, usize) {
        let (start, fold_start) = (self.at, self.out.folds.len());
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte.is_ascii_alphabetic() {
                self.out.folds.push(char::from(byte.to_ascii_lowercase()));
                self.at += 1;
                self.chars += 1;
                continue;
            }
            if byte.is_ascii() {
                break;
            }
            let Some(c) = self.peek() else { break };
            let combining = matches!(c, '\u{300}'..='\u{36F}');
            if !combining && !c.is_alphabetic() {
                break;
            }
            if !combining {
                fold_letter(c, &mut self.out.folds);
            }
            self.at += c.len_utf8();
            self.chars += 1;
        }
        let fold = &self.out.folds[fold_start..];
        // One letter keeps the accent that tells two words apart.
        if let Some(accented) = match (&self.text[start..self.at], fold) {
            ("à" | "À", _) => Some("à"),
            ("où" | "Où", _) => Some("où"),
            ("là" | "Là", _) => Some("là"),
            ("dû", _) => Some("dû"),
            _ => None,
        } {
            self.out.folds.truncate(fold_start);
            self.out.folds.push_str(accented);
            return (fold_start, self.out.folds.len());
        }
        if let Some(width) = self.apostrophe()
            && let Some(full) = undo_elision(fold)
        {
            self.at += width;
            self.chars += 1;
            self.out.folds.truncate(fold_start);
            self.out.folds.push_str(full);
        }
        (fold_start, self.out.folds.len())
    }

    /// The width of an apostrophe here with a letter, a digit or a quote after it.
    fn apostrophe(&self) -> Option<usize> {
        match self.bytes.get(self.at)? {
            b'\'' => Some(1),
            0xE2 if self.text[self.at..].starts_with('’') => Some('’'.len_utf8()),
            _ => None,
        }
    }

    fn push(&mut self, kind: Kind, gap: Gap, start: usize, char_start: usize, fold: (usize, usize)) {
        self.out.list.push(Token {
            kind,
            gap,
            start,
            end: self.at,
            char_start,
            char_end: self.chars,
            fold,
        });
    }
}

/// The full form of an elided word (`d` → `de`).
fn undo_elision(word: &str) -> Option<&'static str> {
    Some(match word {
        "d" => "de",
        "l" => "le",
        "c" => "ce",
        "s" => "se",
        "n" => "ne",
        "j" => "je",
        "m" => "me",
        "t" => "te",
        "qu" => "que",
        "jusqu" => "jusque",
        "lorsqu" => "lorsque",
        "puisqu" => "puisque",
        "quelqu" => "quelque",
        _ => return None,
    })
}

fn fold_letter(c: char, out: &mut String) {
    let plain = match c {
        'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' | 'À' | 'Â' | 'Ä' | 'Á' | 'Ã' | 'Å' | 'ª' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' | 'ᵉ' => 'e',
        'î' | 'ï' | 'í' | 'ì' | 'Î' | 'Ï' | 'Í' | 'Ì' => 'i',
        'ô' | 'ö' | 'ó' | 'ò' | 'õ' | 'Ô' | 'Ö' | 'Ó' | 'Ò' | 'Õ' | 'º' => 'o',
        'ù' | 'û' | 'ü' | 'ú' | 'Ù' | 'Û' | 'Ü' | 'Ú' => 'u',
        'ç' | 'Ç' => 'c',
        'ñ' | 'Ñ' => 'n',
        'ÿ' | 'Ÿ' => 'y',
        'ʳ' => 'r',
        'ˢ' => 's',
        'œ' | 'Œ' => {
            out.push_str("oe");
            return;
        }
        'æ' | 'Æ' => {
            out.push_str("ae");
            return;
        }
        other => {
            out.extend(other.to_lowercase());
            return;
        }
    };
    out.push(plain);
}
