//! Bytes to text: byte order mark, declared charset, UTF-8, then a guess.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::IngestError;
use super::trace::{Origins, Width};

/// A file as text.
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) origins: Origins,
    /// How many byte sequences were no text in the charset and became U+FFFD.
    pub(super) replaced: usize,
    /// The charset, by its WHATWG name (UTF-32, which has none there, by its own).
    pub(super) charset: &'static str,
}

/// A stretch of fixed width is cut after so many characters, so that looking up one is quick.
const STRETCH: usize = 256;
/// Where a page or an XML declaration names its charset, at the latest.
const DECLARATION_WITHIN: usize = 4096;

/// Decodes a whole file. `declares` tells whether the format can name its charset inside (HTML).
pub(super) fn decode(bytes: Vec<u8>, declares: bool) -> Result<Decoded, IngestError> {
    // before UTF-16, whose mark is the beginning of this one's
    if let Some((order, mark)) = utf32(&bytes) {
        return Ok(decode_utf32(&bytes, order, mark));
    }
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes) {
        if encoding == UTF_8 {
            refuse_binary(&bytes)?;
        }
        return Ok(decode_as(&bytes, encoding, mark));
    }
    if let Some(encoding) = wide_without_mark(&bytes) {
        return Ok(decode_as(&bytes, encoding, 0));
    }
    refuse_binary(&bytes)?;
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => {
            let origins = Origins::verbatim(0, text.len());
            return Ok(Decoded {
                text,
                origins,
                replaced: 0,
                charset: UTF_8.name(),
            });
        }
        Err(error) => error.into_bytes(),
    };
    let declared = if declares { declared_charset(&bytes) } else { None };
    let encoding = match declared {
        Some(encoding) if encoding != UTF_8 => encoding,
        _ if is_damaged_utf8(&bytes) => UTF_8,
        _ => guess(&bytes),
    };
    Ok(decode_as(&bytes, refine(encoding, &bytes), 0))
}

/// Refuses what no charset makes text of.
fn refuse_binary(bytes: &[u8]) -> Result<(), IngestError> {
    if let Some(at) = bytes.iter().position(|&byte| byte == 0) {
        return Err(IngestError::Binary {
            evidence: format!("a NUL at byte {at}"),
        });
    }
    let sample = &bytes[..bytes.len().min(64 * 1024)];
    let controls = sample
        .iter()
        .filter(|&&byte| byte < 32 && !matches!(byte, b'\t' | b'\n' | b'\r' | 12 | 27))
        .count();
    if controls >= 4 && controls * 20 > sample.len() {
        return Err(IngestError::Binary {
            evidence: format!("{controls} control characters in {} bytes", sample.len()),
        });
    }
    Ok(())
}

/// UTF-16 without its mark: nearly every second byte is zero, all on the same side.
fn wide_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096) & !1];
    let pairs = sample.len() / 2;
    if pairs < 4 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let zeros = |side: usize| {
        sample
            .iter()
            .skip(side)
            .step_by(2)
            .filter(|&&byte| byte == 0)
            .count()
    };
    let (high_first, low_first) = (zeros(0), zeros(1));
    if low_first * 10 >= pairs * 6 && high_first == 0 {
        Some(UTF_16LE)
    } else if high_first * 10 >= pairs * 6 && low_first == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The order of a number's bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn number(self, bytes: [u8; 4]) -> u32 {
        match self {
            Order::Little => u32::from_le_bytes(bytes),
            Order::Big => u32::from_be_bytes(bytes),
        }
    }
}

/// UTF-32, which the WHATWG's encodings leave out and some exports write: its byte order, and how many bytes its mark has.
fn utf32(bytes: &[u8]) -> Option<(Order, usize)> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => return Some((Order::Little, 4)),
        [0, 0, 0xfe, 0xff, ..] => return Some((Order::Big, 4)),
        _ => {}
    }
    // Without a mark: numbers that are characters of text, every one.
    let sample = bytes[..bytes.len().min(4096)].as_chunks::<4>().0;
    if sample.len() < 4 || !bytes.len().is_multiple_of(4) {
        return None;
    }
    let is_text = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    let all = |order: Order| {
        let number = |&unit: &[u8; 4]| char::from_u32(order.number(unit));
        sample.iter().all(|unit| number(unit).is_some_and(is_text))
    };
    [Order::Little, Order::Big]
        .into_iter()
        .find(|&order| all(order))
        .map(|order| (order, 0))
}

/// Mostly good UTF-8 with a few bad bytes: damaged, not another charset.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let mut good = 0;
    let mut bad = 0;
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > 4 * bad
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(Some(b"fr"), Utf8Detection::Deny)
}

/// ISO 8859-15 differs from Windows-1252 in the signs that French needs: € and œ.
fn refine(encoding: &'static Encoding, bytes: &[u8]) -> &'static Encoding {
    let has_windows_signs = || bytes.iter().any(|byte| (0x80..0xa0).contains(byte));
    let has_euro = || bytes.contains(&0xa4);
    let has_oe = || {
        bytes.windows(3).any(|window| {
            matches!(window[1], 0xbc | 0xbd)
                && window[0].is_ascii_alphabetic()
                && window[2].is_ascii_alphabetic()
                || window[0] == b' ' && window[1] == 0xbd && window[2].is_ascii_alphabetic()
        })
    };
    if encoding == WINDOWS_1252 && !has_windows_signs() && (has_euro() || has_oe()) {
        encoding_rs::ISO_8859_15
    } else {
        encoding
    }
}

/// The charset that `<meta charset>`, `<meta http-equiv>` or `<?xml encoding?>` names.
fn declared_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes[..bytes.len().min(DECLARATION_WITHIN)].to_ascii_lowercase();
    let mut from = 0;
    loop {
        let meta = find(&head[from..], b"charset").map(|at| (at, 7));
        let xml = find(&head[from..], b"encoding").map(|at| (at, 8));
        let (at, length) = match (meta, xml) {
            (Some(meta), Some(xml)) => meta.min(xml),
            (found, None) | (None, found) => found?,
        };
        from += at + length;
        let rest = head[from..].trim_ascii_start();
        let Some(value) = rest.strip_prefix(b"=") else {
            continue;
        };
        let value = value.trim_ascii_start();
        let value = value
            .strip_prefix(b"\"")
            .or(value.strip_prefix(b"'"))
            .unwrap_or(value);
        let end = value
            .iter()
            .position(|b| !(b.is_ascii_alphanumeric() || b"-_:.".contains(b)))
            .unwrap_or(value.len());
        if let Some(encoding) = Encoding::for_label(&value[..end]) {
            return Some(encoding);
        }
    }
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

/// Decodes with a known charset, from byte `skipped` on, and remembers where every character came from.
fn decode_as(bytes: &[u8], encoding: &'static Encoding, skipped: usize) -> Decoded {
    if encoding == UTF_8 {
        return decode_utf8_lossily(bytes, skipped);
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut builder = Builder::new(bytes.len(), skipped);
    let mut replaced = 0;
    let mut pending = skipped;
    // Byte by byte, so that the bytes behind each character are known whatever the charset.
    let mut piece = String::with_capacity(16);
    for at in skipped..bytes.len() {
        let last = at + 1 == bytes.len();
        piece.clear();
        let (_, _, errors) = decoder.decode_to_string(&bytes[at..=at], &mut piece, last);
        replaced += usize::from(errors);
        if !piece.is_empty() {
            builder.push(&piece, pending, at + 1);
            pending = at + 1;
        }
    }
    builder.decoded(bytes.len(), skipped, replaced, encoding.name())
}

fn decode_utf32(bytes: &[u8], order: Order, skipped: usize) -> Decoded {
    let mut builder = Builder::new(bytes.len() / 4, skipped);
    let mut replaced = 0;
    let (units, rest) = bytes[skipped..].as_chunks::<4>();
    let mut push = |c: Option<char>, at: usize, width: usize| {
        replaced += usize::from(c.is_none());
        let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
        builder.push(c.encode_utf8(&mut [0; 4]), at, at + width);
    };
    for (index, &unit) in units.iter().enumerate() {
        push(char::from_u32(order.number(unit)), skipped + 4 * index, 4);
    }
    if !rest.is_empty() {
        push(None, bytes.len() - rest.len(), rest.len());
    }
    let charset = match order {
        Order::Little => "UTF-32LE",
        Order::Big => "UTF-32BE",
    };
    builder.decoded(bytes.len(), skipped, replaced, charset)
}

fn decode_utf8_lossily(bytes: &[u8], skipped: usize) -> Decoded {
    let mut text = String::with_capacity(bytes.len());
    let mut stretches = vec![(0, skipped, Width::Utf8)];
    let mut replaced = 0;
    let mut at = skipped;
    for chunk in bytes[skipped..].utf8_chunks() {
        text.push_str(chunk.valid());
        at += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            replaced += 1;
            stretches.push((text.len(), at, Width::Fixed(chunk.invalid().len())));
            text.push(char::REPLACEMENT_CHARACTER);
            at += chunk.invalid().len();
            stretches.push((text.len(), at, Width::Utf8));
        }
    }
    let origins = Origins::from_stretches(stretches, bytes.len());
    Decoded {
        text,
        origins,
        replaced,
        charset: UTF_8.name(),
    }
}

/// Collects characters into stretches of one width.
struct Builder {
    text: String,
    stretches: Vec<(usize, usize, Width)>,
    /// Characters in the last stretch.
    chars: usize,
    /// Where the next character of the last stretch would begin.
    expected: usize,
}

impl Builder {
    /// Room for so many bytes of text, of a source whose first character begins at byte `skipped`.
    fn new(room: usize, skipped: usize) -> Builder {
        Builder {
            text: String::with_capacity(room),
            stretches: Vec::new(),
            chars: 0,
            expected: skipped,
        }
    }

    /// `piece` came from source bytes `start..end`.
    fn push(&mut self, piece: &str, start: usize, end: usize) {
        let count = piece.chars().count();
        // Where one byte made several characters, the first takes the bytes and the others none.
        let width = Width::Fixed(end - start);
        let first = piece.chars().next();
        let continues = count == 1
            && self.expected == start
            && self.chars < STRETCH
            && self.stretches.last().is_some_and(|&(at, _, known)| {
                // Characters of one UTF-8 length per stretch: the map can then tell the widths apart.
                let same_length =
                    self.text[at..].chars().next().map(char::len_utf8) == first.map(char::len_utf8);
                known == width && (end - start == 1 || same_length)
            });
        if !continues {
            self.stretches.push((self.text.len(), start, width));
            self.chars = 0;
        }
        self.chars += count;
        self.text.push_str(piece);
        self.expected = end;
        if count > 1 {
            self.chars = STRETCH;
        }
    }

    /// All that was pushed, of a source of `length` bytes.
    fn decoded(self, length: usize, skipped: usize, replaced: usize, charset: &'static str) -> Decoded {
        let mut stretches = self.stretches;
        if stretches.is_empty() {
            stretches.push((0, skipped, Width::Utf8));
        }
        Decoded {
            text: self.text,
            origins: Origins::from_stretches(stretches, length),
            replaced,
            charset,
        }
    }
}
