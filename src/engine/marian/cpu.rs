//! The network on the CPU: packed rows and our own kernels.
//!
//! Nothing is padded: the rows of all sentences stand one after the other, and only attention looks at
//! which belong together. Keys and values of what was written are filed once, each under a number, and
//! a hypothesis is the list of its numbers: reordering the beams copies lists, not keys.

use super::config::{Activation, MarianConfig, Stack};
use super::loading::{MarianFiles, Precision, Tensors, sinusoids};
use super::network::{Network, Step, Wanted};
use super::product::{Product, Table};
use super::stored::Stored;
use crate::engine::error::EngineError;
use crate::engine::kernels::seq2seq::attention::{Heads, Memory, Rows, attend};
use crate::engine::kernels::seq2seq::elementwise;
use crate::engine::kernels::seq2seq::int8::{self, Int8Rows};
use crate::engine::kernels::seq2seq::top::Candidates;
use std::sync::{Arc, Mutex};

/// A network on the CPU.
#[derive(Debug)]
pub struct CpuNetwork {
    config: MarianConfig,
    precision: String,
    positions: Vec<f32>,
    source_embedding: Arc<Table>,
    target_embedding: Arc<Table>,
    encoder: Vec<EncoderLayer>,
    decoder: Vec<DecoderLayer>,
    head: Product,
    buffers: Mutex<Buffers>,
}

#[derive(Debug)]
struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

#[derive(Debug)]
struct FeedForward {
    up: Product,
    down: Product,
    norm: Norm,
}

#[derive(Debug)]
struct EncoderLayer {
    /// Queries, keys and values side by side.
    attention: Product,
    output: Product,
    norm: Norm,
    feed_forward: FeedForward,
}

#[derive(Debug)]
struct DecoderLayer {
    /// Queries, keys and values side by side.
    attention: Product,
    output: Product,
    norm: Norm,
    cross_query: Product,
    /// Keys and values of what the encoder read, side by side.
    cross_memory: Product,
    cross_output: Product,
    cross_norm: Norm,
    feed_forward: FeedForward,
}

/// What is kept of a sentence between steps.
#[derive(Debug)]
pub struct CpuState {
    /// For each layer keys and values side by side, a row for each token of the source.
    memory: Vec<Vec<f32>>,
    /// For each layer keys and values side by side, a row for each token that was ever written.
    written: Vec<Vec<f32>>,
    /// For each hypothesis the rows of its tokens in `written`.
    hypotheses: Vec<Vec<u32>>,
    /// Rows of `written`.
    filed: u32,
}

/// Intermediate rows, kept so that their memory is.
#[derive(Debug, Default)]
struct Buffers {
    x: Vec<f32>,
    projected: Vec<f32>,
    attended: Vec<f32>,
    output: Vec<f32>,
    wide: Vec<f32>,
    logits: Vec<f32>,
    quantized: Int8Rows,
}

impl CpuNetwork {
    /// Loads a model.
    ///
    /// # Errors
    /// When a file cannot be read or is broken, is of no Marian model, or a tensor is missing or has
    /// another shape than the settings say.
    pub fn open(files: &MarianFiles, precision: Precision) -> Result<Self, EngineError> {
        let config = MarianConfig::read(&files.config, files.generation.as_deref())?;
        Self::open_as(config, files, precision)
    }

    /// Loads a model's tensors under settings of the caller.
    ///
    /// # Errors
    /// As [`CpuNetwork::open`].
    pub fn open_as(
        config: MarianConfig,
        files: &MarianFiles,
        precision: Precision,
    ) -> Result<Self, EngineError> {
        let int8 = match precision {
            Precision::Auto => int8::is_fast(),
            Precision::Float => false,
            Precision::Int8 => true,
        };
        Self::load(config, &Tensors::open(files)?, int8)
    }

    /// Takes the tensors in.
    ///
    /// # Errors
    /// When one is missing or has another shape than the settings say.
    fn load(config: MarianConfig, tensors: &Tensors, int8: bool) -> Result<Self, EngineError> {
        let loader = Loader {
            tensors,
            width: config.width,
            int8,
        };
        let bias = loader.tensors.logits_bias(&config)?;
        let head = match config.tied_output {
            true => None,
            false => {
                let (rows, columns) = (config.target_vocabulary, config.width);
                let matrix = loader.tensors.matrix("lm_head.weight", rows, columns)?;
                Some(loader.at_work(&matrix, bias.clone())?)
            }
        };
        let target = loader.tensors.embedding("decoder", &config)?;
        let float_name = target.type_name();
        let (head, target) = match head {
            Some(head) => (head, Table::Plain(target.table()?)),
            None if int8 => {
                let head = loader.at_work(&target, bias)?;
                (head, Table::Plain(target.compact_table()?))
            }
            // A tied float matrix is the table itself.
            None => {
                let matrix = Arc::new(target.at_work()?);
                (Product::float(Arc::clone(&matrix), bias), Table::Shared(matrix))
            }
        };
        let target = Arc::new(target);
        let source = match config.shared_embeddings {
            true => Arc::clone(&target),
            false => {
                let source = loader.tensors.embedding("encoder", &config)?;
                Arc::new(Table::Plain(source.table()?))
            }
        };
        let encoder = (0..config.encoder.layers)
            .map(|index| loader.encoder_layer(index, config.encoder))
            .collect::<Result<_, _>>()?;
        let decoder = (0..config.decoder.layers)
            .map(|index| loader.decoder_layer(index, config.decoder))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            precision: if int8 { "int8" } else { float_name }.to_owned(),
            positions: sinusoids(config.positions, config.width),
            source_embedding: source,
            target_embedding: target,
            encoder,
            decoder,
            head,
            buffers: Mutex::default(),
            config,
        })
    }

    /// Embeds tokens, each at its position, into packed rows.
    fn embed(
        &self,
        table: &Table,
        vocabulary: usize,
        tokens: &[(u32, usize)],
        x: &mut Vec<f32>,
    ) -> Result<(), EngineError> {
        let width = self.config.width;
        for (token, position) in tokens {
            if *token as usize >= vocabulary {
                return Err(EngineError::UnknownToken {
                    token: *token,
                    vocabulary,
                });
            }
            if *position >= self.config.positions {
                return Err(EngineError::PromptTooLong {
                    tokens: position + 1,
                    context: self.config.positions,
                });
            }
        }
        x.resize(tokens.len() * width, 0.0);
        for ((token, position), out) in tokens.iter().zip(x.chunks_mut(width)) {
            let place = &self.positions[position * width..(position + 1) * width];
            let scale = self.config.embedding_scale;
            table.row(*token as usize, width, |row| {
                elementwise::embed(row, scale, place, out)
            });
        }
        Ok(())
    }

    fn feed_forward(&self, layer: &FeedForward, buffers: &mut Buffers) {
        layer
            .up
            .forward(&buffers.x, &mut buffers.quantized, &mut buffers.wide);
        match self.config.activation {
            Activation::Silu => elementwise::silu(&mut buffers.wide),
            Activation::Relu => elementwise::relu(&mut buffers.wide),
            Activation::Gelu => elementwise::gelu(&mut buffers.wide),
        }
        layer
            .down
            .forward(&buffers.wide, &mut buffers.quantized, &mut buffers.output);
        layer.norm.add(buffers);
    }

    /// Reads packed sentences; the rows of `buffers.x` are then the encoder's output.
    fn read(&self, sentences: &[&[u32]], buffers: &mut Buffers) -> Result<(), EngineError> {
        let tokens: Vec<(u32, usize)> = sentences
            .iter()
            .flat_map(|sentence| sentence.iter().enumerate().map(|(at, token)| (*token, at)))
            .collect();
        let vocabulary = self.config.source_vocabulary;
        self.embed(&self.source_embedding, vocabulary, &tokens, &mut buffers.x)?;
        let width = self.config.width;
        let heads = heads(&self.config, self.config.encoder);
        for layer in &self.encoder {
            layer
                .attention
                .forward(&buffers.x, &mut buffers.quantized, &mut buffers.projected);
            let mut memories = Vec::with_capacity(tokens.len());
            let mut first = 0;
            for sentence in sentences {
                let rows = &buffers.projected[first * 3 * width..];
                let memory = Memory {
                    keys: &rows[width..],
                    values: &rows[2 * width..],
                    stride: 3 * width,
                    rows: Rows::First(sentence.len()),
                };
                memories.extend(std::iter::repeat_n(memory, sentence.len()));
                first += sentence.len();
            }
            buffers.attended.resize(tokens.len() * width, 0.0);
            attend(
                &buffers.projected,
                3 * width,
                heads,
                &memories,
                &mut buffers.attended,
            );
            drop(memories);
            layer
                .output
                .forward(&buffers.attended, &mut buffers.quantized, &mut buffers.output);
            layer.norm.add(buffers);
            self.feed_forward(&layer.feed_forward, buffers);
        }
        Ok(())
    }

    /// Computes one step; the rows of `buffers.x` are then the decoder's output.
    fn write(&self, work: &mut [(&mut CpuState, Step)], buffers: &mut Buffers) -> Result<(), EngineError> {
        let width = self.config.width;
        let mut tokens = Vec::new();
        for (state, step) in work.iter_mut() {
            tokens.extend(step.tokens.iter().map(|token| (*token, state.position())));
            state.extend(step);
        }
        let vocabulary = self.config.target_vocabulary;
        self.embed(&self.target_embedding, vocabulary, &tokens, &mut buffers.x)?;
        let heads = heads(&self.config, self.config.decoder);
        buffers.attended.resize(tokens.len() * width, 0.0);
        for (index, layer) in self.decoder.iter().enumerate() {
            layer
                .attention
                .forward(&buffers.x, &mut buffers.quantized, &mut buffers.projected);
            let mut rows = buffers.projected.chunks(3 * width);
            for (state, step) in work.iter_mut() {
                for row in rows.by_ref().take(step.tokens.len()) {
                    state.written[index].extend_from_slice(&row[width..]);
                }
            }
            let memories: Vec<Memory> = work
                .iter()
                .flat_map(|(state, _)| state.past(index, width))
                .collect();
            attend(
                &buffers.projected,
                3 * width,
                heads,
                &memories,
                &mut buffers.attended,
            );
            layer
                .output
                .forward(&buffers.attended, &mut buffers.quantized, &mut buffers.output);
            layer.norm.add(buffers);

            layer
                .cross_query
                .forward(&buffers.x, &mut buffers.quantized, &mut buffers.projected);
            let memories: Vec<Memory> = work
                .iter()
                .flat_map(|(state, _)| state.source(index, width))
                .collect();
            attend(&buffers.projected, width, heads, &memories, &mut buffers.attended);
            layer
                .cross_output
                .forward(&buffers.attended, &mut buffers.quantized, &mut buffers.output);
            layer.cross_norm.add(buffers);

            self.feed_forward(&layer.feed_forward, buffers);
        }
        Ok(())
    }
}

impl Network for CpuNetwork {
    type State = CpuState;

    fn config(&self) -> &MarianConfig {
        &self.config
    }

    fn precision(&self) -> &str {
        &self.precision
    }

    fn encode(&self, sentences: &[&[u32]]) -> Result<Vec<CpuState>, EngineError> {
        let mut buffers = self.buffers.lock().unwrap_or_else(|e| e.into_inner());
        self.read(sentences, &mut buffers)?;
        let layers = self.decoder.len();
        let mut states: Vec<CpuState> = sentences
            .iter()
            .map(|_| CpuState {
                memory: Vec::with_capacity(layers),
                written: vec![Vec::new(); layers],
                hypotheses: vec![Vec::new()],
                filed: 0,
            })
            .collect();
        let Buffers {
            x,
            projected,
            quantized,
            ..
        } = &mut *buffers;
        for layer in &self.decoder {
            layer.cross_memory.forward(x, quantized, projected);
            let mut rest = projected.as_slice();
            for (state, sentence) in states.iter_mut().zip(sentences) {
                let (own, others) = rest.split_at(sentence.len() * 2 * self.config.width);
                state.memory.push(own.to_vec());
                rest = others;
            }
        }
        Ok(states)
    }

    fn encoder_output(&self, sentence: &[u32]) -> Result<Vec<f32>, EngineError> {
        let mut buffers = self.buffers.lock().unwrap_or_else(|e| e.into_inner());
        self.read(&[sentence], &mut buffers)?;
        Ok(buffers.x.clone())
    }

    fn step(
        &self,
        work: &mut [(&mut CpuState, Step)],
        wanted: Wanted,
    ) -> Result<Vec<Vec<Candidates>>, EngineError> {
        let mut buffers = self.buffers.lock().unwrap_or_else(|e| e.into_inner());
        self.write(work, &mut buffers)?;
        let Buffers { x, quantized, .. } = &mut *buffers;
        let forbidden: Vec<Vec<u32>> = work.iter().flat_map(|(_, step)| step.all_forbidden()).collect();
        let found = self.head.best(x, &forbidden, wanted, quantized);
        let mut found = found.into_iter();
        let counts = work.iter().map(|(_, step)| step.tokens.len());
        Ok(counts.map(|count| found.by_ref().take(count).collect()).collect())
    }

    fn logits(&self, state: &mut CpuState, token: u32) -> Result<Vec<f32>, EngineError> {
        let mut buffers = self.buffers.lock().unwrap_or_else(|e| e.into_inner());
        let step = Step {
            parents: &[0],
            tokens: &[token],
            forbidden: &[],
            forbidden_by_row: &[],
        };
        self.write(&mut [(state, step)], &mut buffers)?;
        let Buffers {
            x, logits, quantized, ..
        } = &mut *buffers;
        self.head.forward(x, quantized, logits);
        Ok(logits.clone())
    }
}

impl Norm {
    /// Adds the output of a part to the residual stream and norms it.
    fn add(&self, buffers: &mut Buffers) {
        elementwise::add_and_norm(&mut buffers.x, &buffers.output, &self.weight, &self.bias);
    }
}

impl CpuState {
    /// Position of the next token.
    fn position(&self) -> usize {
        self.hypotheses.first().map_or(0, Vec::len)
    }

    /// Lets each hypothesis go on from its parent, with a place for its newest token.
    fn extend(&mut self, step: &Step) {
        let mut next = self.filed;
        let hypotheses = step.parents.iter().map(|parent| {
            let mut places = self.hypotheses.get(*parent).cloned().unwrap_or_default();
            places.push(next);
            next += 1;
            places
        });
        self.hypotheses = hypotheses.collect();
        self.filed = next;
    }

    /// What each hypothesis has written, with its newest token.
    fn past(&self, layer: usize, width: usize) -> impl Iterator<Item = Memory<'_>> {
        let filed = &self.written[layer];
        self.hypotheses.iter().map(move |places| Memory {
            keys: filed,
            values: &filed[width..],
            stride: 2 * width,
            rows: Rows::These(places),
        })
    }

    /// What the encoder read, for each hypothesis.
    fn source(&self, layer: usize, width: usize) -> impl Iterator<Item = Memory<'_>> {
        let read = &self.memory[layer];
        self.hypotheses.iter().map(move |_| Memory {
            keys: read,
            values: &read[width..],
            stride: 2 * width,
            rows: Rows::First(read.len() / (2 * width)),
        })
    }
}

fn heads(config: &MarianConfig, stack: Stack) -> Heads {
    Heads {
        count: stack.heads,
        width: config.head_width(stack),
    }
}

struct Loader<'a> {
    tensors: &'a Tensors,
    width: usize,
    int8: bool,
}

impl Loader<'_> {
    fn at_work(&self, matrix: &Stored, bias: Vec<f32>) -> Result<Product, EngineError> {
        Ok(match self.int8 {
            true => Product::int8(matrix.quantized()?, bias, matrix.columns()),
            false => Product::float(Arc::new(matrix.at_work()?), bias),
        })
    }

    fn encoder_layer(&self, index: usize, stack: Stack) -> Result<EncoderLayer, EngineError> {
        let name = format!("model.encoder.layers.{index}");
        let attention = format!("{name}.self_attn");
        Ok(EncoderLayer {
            attention: self.side_by_side(&attention, &["q_proj", "k_proj", "v_proj"])?,
            output: self.side_by_side(&attention, &["out_proj"])?,
            norm: self.norm(&format!("{name}.self_attn_layer_norm"))?,
            feed_forward: self.feed_forward(&name, stack)?,
        })
    }

    fn decoder_layer(&self, index: usize, stack: Stack) -> Result<DecoderLayer, EngineError> {
        let name = format!("model.decoder.layers.{index}");
        let attention = format!("{name}.self_attn");
        let cross = format!("{name}.encoder_attn");
        Ok(DecoderLayer {
            attention: self.side_by_side(&attention, &["q_proj", "k_proj", "v_proj"])?,
            output: self.side_by_side(&attention, &["out_proj"])?,
            norm: self.norm(&format!("{name}.self_attn_layer_norm"))?,
            cross_query: self.side_by_side(&cross, &["q_proj"])?,
            cross_memory: self.side_by_side(&cross, &["k_proj", "v_proj"])?,
            cross_output: self.side_by_side(&cross, &["out_proj"])?,
            cross_norm: self.norm(&format!("{name}.encoder_attn_layer_norm"))?,
            feed_forward: self.feed_forward(&name, stack)?,
        })
    }

    fn feed_forward(&self, name: &str, stack: Stack) -> Result<FeedForward, EngineError> {
        let (width, inner) = (self.width, stack.feed_forward);
        Ok(FeedForward {
            up: self.product(&format!("{name}.fc1"), inner, width)?,
            down: self.product(&format!("{name}.fc2"), width, inner)?,
            norm: self.norm(&format!("{name}.final_layer_norm"))?,
        })
    }

    fn product(&self, name: &str, rows: usize, columns: usize) -> Result<Product, EngineError> {
        let matrix = self.tensors.matrix(&format!("{name}.weight"), rows, columns)?;
        let bias = self.tensors.vector(&format!("{name}.bias"), rows)?;
        self.at_work(&matrix, bias)
    }

    /// Square products that read the same rows, as one.
    fn side_by_side(&self, name: &str, parts: &[&str]) -> Result<Product, EngineError> {
        let width = self.width;
        let mut bias = Vec::new();
        let mut whole: Option<Stored> = None;
        for part in parts {
            let matrix = self
                .tensors
                .matrix(&format!("{name}.{part}.weight"), width, width)?;
            bias.extend(self.tensors.vector(&format!("{name}.{part}.bias"), width)?);
            whole = Some(match whole {
                None => matrix,
                Some(whole) => whole.above(matrix),
            });
        }
        self.at_work(&whole.expect("OK because every caller names a part"), bias)
    }

    fn norm(&self, name: &str) -> Result<Norm, EngineError> {
        Ok(Norm {
            weight: self.tensors.vector(&format!("{name}.weight"), self.width)?,
            bias: self.tensors.vector(&format!("{name}.bias"), self.width)?,
        })
    }
}
