//! A SentencePiece model for random translation models: characters, frequent endings, a few words,
//! and made-up words up to the size that the model wants; written in the published format.

use serde_json::{Map, Value, json};

/// Written between words.
const SPACE: char = '\u{2581}';

/// Characters of French and English articles.
const CHARACTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\
àâäçéèêëîïôöùûüÿœæÀÂÇÉÈÊËÎÏÔÙÛŒÆ.,;:!?'’\"«»“”()[]{}<>-–—…%€$£/\\&@#*+=_°²³|~^`•";

/// Common words, each also the beginning of others, and endings.
const WORDS: &str = "le la les un une des de du et en à au aux dans pour par sur avec que qui ce cette il elle \
    est sont a ont été plus ne pas se son sa ses leur entre selon mais ou comme après avant millions \
    milliards euros dollars société groupe entreprise marché année trimestre chiffre affaires the of and to \
    in is for with that on as are was by an be from its has at company said million billion percent year \
    will new market growth data";
const ENDINGS: &str = "s e es er ent ant ion ions ment tion ité ée ées é és eur euse al ale aux ique iste ing ed ly \
    ness ment er est re on ou ai an in en au eu oi";

/// Pieces with their scores, in the order of their numbers.
pub(super) struct Vocabulary {
    /// Tokens of the model: special ones included.
    size: usize,
    pieces: Vec<(String, f32)>,
    /// Languages of which it has marks, behind the pieces.
    targets: Vec<String>,
}

impl Vocabulary {
    /// Pieces for a model of `size` tokens: the end, the unknown, as many pieces as fit, the marks of target
    /// languages, the pad.
    pub(super) fn new(size: usize, targets: &[String]) -> Self {
        let mut pieces: Vec<(String, f32)> = Vec::new();
        let mut known = std::collections::HashSet::new();
        let characters = CHARACTERS.chars().map(|c| (c.to_string(), -12.0));
        let space = std::iter::once((SPACE.to_string(), -8.0));
        let words = WORDS.split_whitespace().enumerate();
        let words = words.map(|(rank, word)| (format!("{SPACE}{word}"), -4.0 - rank as f32 * 0.03));
        let endings = ENDINGS.split_whitespace().enumerate();
        let endings = endings.map(|(rank, word)| (word.to_owned(), -6.0 - rank as f32 * 0.05));
        let made_up = made_up_words().enumerate();
        let made_up = made_up.map(|(rank, word)| (format!("{SPACE}{word}"), -9.0 - rank as f32 * 1e-5));
        let most = size.saturating_sub(3 + targets.len());
        for (piece, score) in space.chain(characters).chain(words).chain(endings).chain(made_up) {
            if pieces.len() >= most {
                break;
            }
            if known.insert(piece.clone()) {
                pieces.push((piece, score));
            }
        }
        Self {
            size,
            pieces,
            targets: targets.to_vec(),
        }
    }

    /// `vocab.json`.
    pub(super) fn json(&self) -> Value {
        let mut map = Map::new();
        map.insert("</s>".to_owned(), json!(0));
        map.insert("<unk>".to_owned(), json!(1));
        for (index, (piece, _)) in self.pieces.iter().enumerate() {
            map.insert(piece.clone(), json!(index + 2));
        }
        for (index, code) in self.targets.iter().enumerate() {
            map.insert(format!(">>{code}<<"), json!(self.pieces.len() + 2 + index));
        }
        map.insert("<pad>".to_owned(), json!(self.size - 1));
        Value::Object(map)
    }

    /// `source.spm`: a `ModelProto` of SentencePiece's `sentencepiece_model.proto`.
    pub(super) fn sentencepiece(&self) -> Vec<u8> {
        const NORMAL: u64 = 1;
        const UNKNOWN: u64 = 2;
        const CONTROL: u64 = 3;
        let mut model = Vec::new();
        let mut piece = |text: &str, score: f32, kind: u64| {
            let mut entry = Vec::new();
            bytes(&mut entry, 1, text.as_bytes());
            key(&mut entry, 2, 5);
            entry.extend(score.to_le_bytes());
            number(&mut entry, 3, kind);
            bytes(&mut model, 1, &entry);
        };
        piece("<unk>", 0.0, UNKNOWN);
        piece("<s>", 0.0, CONTROL);
        piece("</s>", 0.0, CONTROL);
        for (text, score) in &self.pieces {
            piece(text, *score, NORMAL);
        }
        let mut trainer = Vec::new();
        number(&mut trainer, 3, 1); // unigram
        bytes(&mut model, 2, &trainer);
        let mut normalizer = Vec::new();
        bytes(&mut normalizer, 1, b"identity");
        for field in [3, 4, 5] {
            // Dummy prefix, no extra spaces, visible spaces.
            number(&mut normalizer, field, 1);
        }
        bytes(&mut model, 3, &normalizer);
        model
    }
}

/// `ba`, `be`, … `baba`, …: words of one syllable and more.
fn made_up_words() -> impl Iterator<Item = String> {
    const SYLLABLES: usize = 17 * 5;
    (0..).map(|number: usize| {
        let mut word = String::new();
        let mut left = number;
        loop {
            let syllable = left % SYLLABLES;
            word.push(b"bcdfghjklmnprstvz"[syllable / 5] as char);
            word.push(b"aeiou"[syllable % 5] as char);
            left /= SYLLABLES;
            if left == 0 {
                return word;
            }
            left -= 1;
        }
    })
}

// Protocol buffers: <https://protobuf.dev/programming-guides/encoding/>.

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn key(out: &mut Vec<u8>, field: u64, wire: u64) {
    varint(out, field << 3 | wire);
}

fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    key(out, field, 0);
    varint(out, value);
}

fn bytes(out: &mut Vec<u8>, field: u64, value: &[u8]) {
    key(out, field, 2);
    varint(out, value.len() as u64);
    out.extend_from_slice(value);
}
