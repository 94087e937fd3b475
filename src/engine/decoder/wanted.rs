//! What a batch is computed for: the logits of some rows, of others only the most probable token.

use crate::engine::error::EngineError;
use crate::engine::kernels::best::Best;
use crate::engine::kernels::floats::Floats;
use crate::engine::ops::with_slices;
use candle_core::{Device, Tensor};

/// What is wanted of a row.
#[derive(Debug, Clone, Copy)]
pub enum Want<'a> {
    /// The logits of all tokens.
    Logits,
    /// The most probable token, of those that a mask allows if there is one (bit `t % 32` of word `t / 32`; what lies beyond is
    /// not allowed).
    Best(Option<&'a [u32]>),
}

/// What was found for one wanted row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// Its most probable token, unless none is allowed.
    Best(Option<Best>),
    /// Its logits, in so many a row of those that were kept.
    Logits(usize),
}

/// What was found for the wanted rows of a batch, chunk by chunk.
#[derive(Debug)]
pub struct Found {
    places: Vec<Place>,
    logits: Logits,
    vocabulary: usize,
}

#[derive(Debug)]
enum Logits {
    Floats(Floats),
    /// `[rows, vocabulary]`, on the CPU.
    Tensor(Tensor),
}

impl Found {
    /// Of rows whose logits, if any, are in `floats`.
    pub(super) fn new(places: Vec<Place>, floats: Floats, vocabulary: usize) -> Self {
        let logits = Logits::Floats(floats);
        Self {
            places,
            logits,
            vocabulary,
        }
    }

    /// The logits of all wanted rows, from any device.
    pub(super) fn from_tensor(logits: &Tensor) -> Result<Self, EngineError> {
        let (rows, vocabulary) = logits.dims2()?;
        Ok(Self {
            places: (0..rows).map(Place::Logits).collect(),
            logits: Logits::Tensor(logits.to_device(&Device::Cpu)?),
            vocabulary,
        })
    }

    /// Hands everything to `work`.
    ///
    /// # Errors
    /// When the tensor is not one of f32.
    pub fn with<T>(&self, work: impl FnOnce(Rows) -> T) -> Result<T, EngineError> {
        match &self.logits {
            Logits::Floats(floats) => Ok(work(self.rows(floats))),
            Logits::Tensor(tensor) => Ok(with_slices([tensor], |[logits]| work(self.rows(logits)))?),
        }
    }

    /// The logits that were kept, `[rows, vocabulary]`.
    pub(super) fn into_tensor(self) -> Result<Tensor, EngineError> {
        match self.logits {
            Logits::Floats(floats) => {
                let shape = (floats.len() / self.vocabulary, self.vocabulary);
                Ok(Tensor::from_slice(&floats, shape, &Device::Cpu)?)
            }
            Logits::Tensor(tensor) => Ok(tensor),
        }
    }

    fn rows<'a>(&'a self, logits: &'a [f32]) -> Rows<'a> {
        Rows {
            places: &self.places,
            logits,
            vocabulary: self.vocabulary,
        }
    }

    /// The room that the logits took, for the next batch.
    pub fn into_room(self) -> Floats {
        match self.logits {
            Logits::Floats(floats) => floats,
            Logits::Tensor(_) => Floats::default(),
        }
    }
}

/// One wanted row.
#[derive(Debug, Clone, Copy)]
pub enum Row<'a> {
    /// Its most probable token, unless none is allowed.
    Best(Option<Best>),
    /// Its logits, one for each token of the vocabulary.
    Logits(&'a [f32]),
}

/// Some wanted rows.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    places: &'a [Place],
    logits: &'a [f32],
    vocabulary: usize,
}

impl<'a> Rows<'a> {
    /// How many.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The `index`-th, if there are so many.
    pub fn get(&self, index: usize) -> Option<Row<'a>> {
        Some(match *self.places.get(index)? {
            Place::Best(best) => Row::Best(best),
            Place::Logits(row) => {
                let from = row * self.vocabulary;
                Row::Logits(&self.logits[from..from + self.vocabulary])
            }
        })
    }

    /// The first `count`, and the others.
    ///
    /// # Panics
    /// When there are fewer.
    pub fn split_at(&self, count: usize) -> (Self, Self) {
        let (first, rest) = self.places.split_at(count);
        let part = |places| Self { places, ..*self };
        (part(first), part(rest))
    }
}
