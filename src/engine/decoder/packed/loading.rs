//! From a model's files to repacked matrices.

use super::kernels::Kernels;
use super::{Layer, Layers, Linear};
use crate::engine::config::DecoderConfig;
use crate::engine::error::EngineError;
use crate::engine::kernels::each_part;
use crate::engine::kernels::packed::{Arena, BAND, Blocks, Data, Packed, Source, TILE_ROWS, to_bf16};
use crate::engine::kernels::pool::Pool;
use crate::engine::weights::{Extent, Matrix, Part, Place, Weights};
use candle_core::Device;
use candle_core::quantized::GgmlDType;
use std::sync::{Arc, Mutex};

/// A matrix in blocks that can be repacked.
enum Raw<'a> {
    /// As it was read.
    Memory(Blocks, Vec<u8>),
    /// Still on the disk.
    File(Blocks, Extent<'a>),
}

impl Raw<'_> {
    fn new(matrix: Matrix) -> Result<Self, EngineError> {
        let bf16 = |data| Self::Memory(Blocks::Bf16, data);
        Ok(match matrix {
            Matrix::F32(numbers) => bf16(to_bf16(numbers.into_iter())),
            Matrix::F16(numbers) => bf16(to_bf16(numbers.into_iter().map(|x| x.to_f32()))),
            Matrix::Bf16(numbers) => bf16(numbers.into_iter().flat_map(|x| x.to_le_bytes()).collect()),
            Matrix::Quantized(tensor) => match blocks(tensor.dtype()) {
                Some(blocks) => Self::Memory(blocks, tensor.data()?.into_owned()),
                // Rare types have no tiles of their own.
                None => {
                    let numbers = tensor.dequantize(&Device::Cpu)?.flatten_all()?.to_vec1::<f32>()?;
                    bf16(to_bf16(numbers.into_iter()))
                }
            },
        })
    }

    fn blocks(&self) -> Blocks {
        match self {
            Self::Memory(blocks, _) | Self::File(blocks, _) => *blocks,
        }
    }

    fn source(&self, columns: usize) -> Source<'_> {
        Source {
            blocks: self.blocks(),
            data: match self {
                Self::Memory(_, data) => Data::Memory(data),
                Self::File(_, extent) => Data::File(extent.file, extent.start),
            },
            columns,
        }
    }

    /// The same numbers, rounded to bfloat16.
    fn widened(self, (rows, columns): (usize, usize)) -> Result<Self, EngineError> {
        let packed = self.packed((rows, columns), &Arena::default())?;
        let mut numbers = vec![0.0; rows * columns];
        for (row, out) in numbers.chunks_mut(columns).enumerate() {
            packed.row(row, out);
        }
        Ok(Self::Memory(Blocks::Bf16, to_bf16(numbers.into_iter())))
    }

    fn packed(&self, (rows, columns): (usize, usize), arena: &Arena) -> Result<Packed, EngineError> {
        let packed = Packed::pack(&self.source(columns), rows, arena, Some);
        packed.map_err(|source| self.failed(source))
    }

    fn failed(&self, source: std::io::Error) -> EngineError {
        let path = match self {
            Self::Memory(..) => std::path::PathBuf::new(),
            Self::File(_, extent) => extent.path.to_owned(),
        };
        EngineError::Io { path, source }
    }
}

/// The blocks of a type, where there are tiles for them.
pub(super) fn blocks(dtype: GgmlDType) -> Option<Blocks> {
    Some(match dtype {
        GgmlDType::Q4_0 => Blocks::Q4_0,
        GgmlDType::Q4_1 => Blocks::Q4_1,
        GgmlDType::Q5_0 => Blocks::Q5_0,
        GgmlDType::Q5_1 => Blocks::Q5_1,
        GgmlDType::Q8_0 => Blocks::Q8_0,
        GgmlDType::Q4K => Blocks::Q4K,
        GgmlDType::Q5K => Blocks::Q5K,
        GgmlDType::Q6K => Blocks::Q6K,
        _ => return None,
    })
}

struct Loader<'a> {
    weights: &'a Weights,
    config: &'a DecoderConfig,
    /// Where matrices go.
    arena: Arena,
}

impl<K: Kernels> Layers<K> {
    /// Loads matrix after matrix, each thread its own layers': each is repacked and its original dropped before the next is
    /// read.
    pub(in super::super) fn load(weights: &Weights, config: &DecoderConfig) -> Result<Self, EngineError> {
        let loader = Loader {
            weights,
            config,
            arena: Arena::default(),
        };
        let shape = (config.vocab_size, config.hidden_size);
        let embedding = Arc::new(loader.matrix(Place::Embedding, shape)?);
        let layers = loader.layers()?;
        let head = match config.tied_embeddings {
            true => Arc::clone(&embedding),
            false => Arc::new(loader.matrix(Place::Head, shape)?),
        };
        Ok(Self {
            embedding,
            layers,
            norm: loader.vector(Place::FinalNorm, "weight", config.hidden_size)?,
            head,
            work: Mutex::default(),
        })
    }
}

impl Loader<'_> {
    /// Threads that wait for each other at the end of every matrix wait long while the words take a thread besides. Many
    /// threads share each matrix all the same: there are too few layers for them.
    fn layers(&self) -> Result<Vec<Layer>, EngineError> {
        let mut layers = Vec::new();
        layers.resize_with(self.config.layers, || None);
        let worth = Pool::global().threads() * 4 <= layers.len();
        each_part(&mut layers, 1, worth, |index, layer| {
            layer[0] = Some(self.layer(index))
        });
        layers.into_iter().flatten().collect()
    }

    fn layer(&self, index: usize) -> Result<Layer, EngineError> {
        let config = self.config;
        let at = |part| Place::Layer(index, part);
        let head_norm = |part| match config.qk_norm {
            true => self.vector(at(part), "weight", config.head_dim).map(Some),
            false => Ok(None),
        };
        let (query_norm, key_norm) = (head_norm(Part::QueryNorm)?, head_norm(Part::KeyNorm)?);
        Ok(Layer {
            attention_norm: self.vector(at(Part::AttentionNorm), "weight", config.hidden_size)?,
            query: self.linear(index, Part::Query, config.qkv_bias)?,
            key: self.linear(index, Part::Key, config.qkv_bias)?,
            value: self.linear(index, Part::Value, config.qkv_bias)?,
            output: self.linear(index, Part::Output, config.output_bias)?,
            query_norm,
            key_norm,
            feed_forward_norm: self.vector(at(Part::FeedForwardNorm), "weight", config.hidden_size)?,
            gate_up: self.gate_up(index)?,
            down: self.linear(index, Part::Down, false)?,
        })
    }

    /// Gate and up in one matrix, by sixteen rows in turn.
    fn gate_up(&self, index: usize) -> Result<Packed, EngineError> {
        let columns = self.config.hidden_size;
        let shape = (self.config.intermediate_size, columns);
        let gate = self.raw(Place::Layer(index, Part::Gate), shape)?;
        let up = self.raw(Place::Layer(index, Part::Up), shape)?;
        let (gate, up) = match gate.blocks() == up.blocks() {
            true => (gate, up),
            false => (gate.widened(shape)?, up.widened(shape)?),
        };
        let sources = [&gate.source(columns), &up.source(columns)];
        let rows = 2 * shape.0.next_multiple_of(BAND);
        let packed = Packed::pack_all(&sources, rows, &self.arena, |row| {
            let (band, within) = (row / BAND, row % BAND);
            let inner = band * TILE_ROWS + within % TILE_ROWS;
            (inner < shape.0).then_some((within / TILE_ROWS, inner))
        });
        packed.map_err(|source| gate.failed(source))
    }

    fn linear(&self, index: usize, part: Part, bias: bool) -> Result<Linear, EngineError> {
        let place = Place::Layer(index, part);
        let shape = part
            .shape(self.config)
            .expect("OK because only products are asked for");
        let bias = match bias {
            true => Some(self.vector(place, "bias", shape.0)?),
            false => None,
        };
        Ok(Linear {
            weight: self.matrix(place, shape)?,
            bias,
        })
    }

    fn matrix(&self, place: Place, shape: (usize, usize)) -> Result<Packed, EngineError> {
        self.raw(place, shape)?.packed(shape, &self.arena)
    }

    fn raw(&self, place: Place, shape: (usize, usize)) -> Result<Raw<'_>, EngineError> {
        let extent = self.weights.extent(place, self.config, shape)?;
        // Rare types are widened in memory.
        let known = extent.and_then(|extent| Some(Raw::File(blocks(extent.dtype)?, extent)));
        match known {
            Some(raw) => Ok(raw),
            None => Raw::new(self.weights.matrix(place, self.config, shape)?),
        }
    }

    fn vector(&self, place: Place, kind: &str, length: usize) -> Result<Vec<f32>, EngineError> {
        self.weights.vector(place, kind, self.config, length)
    }
}
