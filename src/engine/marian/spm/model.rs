//! The content of an `.spm` file: a `ModelProto` of `sentencepiece_model.proto`, in the encoding of
//! protocol buffers (<https://protobuf.dev/programming-guides/encoding/>).

use std::collections::HashMap;

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Normal,
    Unknown,
    Control,
    UserDefined,
    Unused,
    Byte,
}

/// How text is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ModelType {
    Unigram,
    Bpe,
}

#[derive(Debug)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) score: f32,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) struct Model {
    pub(super) pieces: Vec<Piece>,
    pub(super) kind: ModelType,
    pub(super) byte_fallback: bool,
    /// Spaces stand behind words instead of before them.
    pub(super) space_behind: bool,
    pub(super) charsmap: Vec<u8>,
    pub(super) dummy_prefix: bool,
    pub(super) remove_extra_spaces: bool,
    pub(super) visible_spaces: bool,
    ids: HashMap<String, usize>,
    /// Bytes of the longest piece.
    pub(super) longest: usize,
}

impl Model {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let mut model = Self {
            pieces: Vec::new(),
            kind: ModelType::Unigram,
            byte_fallback: false,
            space_behind: false,
            charsmap: Vec::new(),
            dummy_prefix: true,
            remove_extra_spaces: true,
            visible_spaces: true,
            ids: HashMap::new(),
            longest: 0,
        };
        for field in Fields(bytes) {
            match field? {
                (1, Field::Bytes(bytes)) => model.pieces.push(piece(bytes)?),
                (2, Field::Bytes(bytes)) => model.trainer(bytes)?,
                (3, Field::Bytes(bytes)) => model.normalizer(bytes)?,
                _ => {}
            }
        }
        for (id, piece) in model.pieces.iter().enumerate() {
            if piece.text.is_empty() {
                return Err(format!("piece {id} is empty"));
            }
            model.longest = model.longest.max(piece.text.len());
            model.ids.entry(piece.text.clone()).or_insert(id);
        }
        match model.pieces.iter().any(|piece| piece.kind == Kind::Normal) {
            true => Ok(model),
            false => Err("it holds no pieces".to_owned()),
        }
    }

    /// A piece of any kind.
    pub(super) fn id(&self, text: &str) -> Option<usize> {
        self.ids.get(text).copied()
    }

    /// A piece that text can be cut into; those of kind `Unused` are among them.
    pub(super) fn cuttable(&self, text: &str) -> Option<usize> {
        let kinds = [Kind::Normal, Kind::UserDefined, Kind::Unused];
        self.id(text).filter(|id| kinds.contains(&self.pieces[*id].kind))
    }

    fn trainer(&mut self, bytes: &[u8]) -> Result<(), String> {
        for field in Fields(bytes) {
            match field? {
                (3, Field::Number(kind)) => {
                    self.kind = match kind {
                        1 => ModelType::Unigram,
                        2 => ModelType::Bpe,
                        other => {
                            return Err(format!(
                                "models of type {other} are not supported: expected unigram or BPE"
                            ));
                        }
                    }
                }
                (24, Field::Number(flag)) => self.space_behind = flag != 0,
                (35, Field::Number(flag)) => self.byte_fallback = flag != 0,
                _ => {}
            }
        }
        Ok(())
    }

    fn normalizer(&mut self, bytes: &[u8]) -> Result<(), String> {
        for field in Fields(bytes) {
            match field? {
                (2, Field::Bytes(bytes)) => self.charsmap = bytes.to_vec(),
                (3, Field::Number(flag)) => self.dummy_prefix = flag != 0,
                (4, Field::Number(flag)) => self.remove_extra_spaces = flag != 0,
                (5, Field::Number(flag)) => self.visible_spaces = flag != 0,
                _ => {}
            }
        }
        Ok(())
    }
}

fn piece(bytes: &[u8]) -> Result<Piece, String> {
    let mut piece = Piece {
        text: String::new(),
        score: 0.0,
        kind: Kind::Normal,
    };
    for field in Fields(bytes) {
        match field? {
            (1, Field::Bytes(text)) => {
                let text = std::str::from_utf8(text).map_err(|_| "a piece is no UTF-8")?;
                piece.text = text.to_owned();
            }
            (2, Field::Four(bits)) => piece.score = f32::from_bits(bits),
            (3, Field::Number(kind)) => {
                piece.kind = match kind {
                    1 => Kind::Normal,
                    2 => Kind::Unknown,
                    3 => Kind::Control,
                    4 => Kind::UserDefined,
                    5 => Kind::Unused,
                    6 => Kind::Byte,
                    other => return Err(format!("a piece is of the unknown type {other}")),
                }
            }
            _ => {}
        }
    }
    match piece.score.is_finite() {
        true => Ok(piece),
        false => Err("the score of a piece is not a number".to_owned()),
    }
}

enum Field<'b> {
    Number(u64),
    Bytes(&'b [u8]),
    Four(u32),
    Eight,
}

/// The fields of a message, each with its number.
struct Fields<'b>(&'b [u8]);

impl<'b> Iterator for Fields<'b> {
    type Item = Result<(u64, Field<'b>), String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field.ok_or_else(|| "it is cut, or no protocol buffer".to_owned()))
    }
}

impl<'b> Fields<'b> {
    fn field(&mut self) -> Option<(u64, Field<'b>)> {
        let key = self.varint()?;
        let field = match key & 7 {
            0 => Field::Number(self.varint()?),
            1 => {
                self.take(8)?;
                Field::Eight
            }
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Field::Bytes(self.take(length)?)
            }
            5 => Field::Four(u32::from_le_bytes(self.take(4)?.try_into().ok()?)),
            _ => return None,
        };
        (key >> 3 > 0).then_some((key >> 3, field))
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}
