//! What can be said of a model without loading its weights: what it is, and how long a prompt is in its tokens.

use super::chat::ChatTemplate;
use super::config::DecoderConfig;
use super::device;
use super::error::EngineError;
use super::kv::PAGE;
use super::kv::store::{KvForm, KvStore};
use super::local::{EngineOptions, load_template, load_tokenizer, model_files, own_definition};
use super::scheduler::default_kv_bytes;
use super::tokenizer::TextTokenizer;
use super::weights::Weights;
use crate::backend::{Backend, BackendError, Completion, Message, ModelInfo, Request, Stats, Ticket};
use crate::hub::LocalModel;

/// Characters of French or English text that a token of a multilingual vocabulary holds on average, and tokens that a
/// chat template puts around a message: for models that are not on this machine.
const CHARS_PER_TOKEN: f64 = 3.3;
const TOKENS_PER_MESSAGE: usize = 6;

/// A model that counts tokens and answers nothing.
pub struct Preview {
    info: ModelInfo,
    words: Option<(TextTokenizer, ChatTemplate)>,
}

impl Preview {
    /// Reads a model's settings, tokenizer and chat template.
    ///
    /// # Errors
    /// As [`LocalBackend::load`](super::LocalBackend::load), weights aside.
    pub fn load(model: &LocalModel, options: &EngineOptions) -> Result<Preview, EngineError> {
        let files = model_files(model)?;
        let (weights, config) = Weights::open(&files)?;
        let content = match &weights {
            Weights::Gguf(weights) => Some(weights.content()),
            Weights::Safetensors(_) => None,
        };
        let tokenizer = load_tokenizer(model, own_definition(model)?, content, &config.eos_tokens)?;
        let template = load_template(model, content, &tokenizer)?;
        let info = ModelInfo {
            name: model.name.clone(),
            source: model.source.clone(),
            revision: model.revision.clone(),
            architecture: config.architecture.clone(),
            quantization: model
                .quantization
                .clone()
                .unwrap_or_else(|| weights.quantization()),
            context_length: context_length(&config, options)?,
            device: device::choose(options.device).name,
            search: None,
            target: None,
        };
        Ok(Preview {
            info,
            words: Some((tokenizer, template)),
        })
    }

    /// Stands for a model that is not on this machine: its tokens are estimated.
    pub fn estimated(name: &str, context_length: usize) -> Preview {
        Preview {
            info: ModelInfo {
                name: name.to_owned(),
                source: name.to_owned(),
                context_length,
                ..ModelInfo::default()
            },
            words: None,
        }
    }
}

/// What was stated (or what the last run had), else about what the scheduler would have: how keys and values are
/// stored, and so how many there is room for, is known with the weights only.
fn context_length(config: &DecoderConfig, options: &EngineOptions) -> Result<usize, EngineError> {
    if let Some(stated) = options.context_length {
        return Ok(stated.min(config.context_length));
    }
    let bytes = options.scheduler.kv_bytes.unwrap_or_else(default_kv_bytes);
    let pages = KvStore::pages_within(config, KvForm::Tensors, bytes, options.scheduler.max_sequences)?;
    Ok(config.context_length.min(pages * PAGE))
}

impl Backend for Preview {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn count_tokens(&self, messages: &[Message]) -> Result<usize, BackendError> {
        let Some((tokenizer, template)) = &self.words else {
            let chars: usize = messages
                .iter()
                .map(|message| message.content.chars().count())
                .sum();
            let tokens = (chars as f64 / CHARS_PER_TOKEN).ceil() as usize;
            return Ok(tokens + TOKENS_PER_MESSAGE * messages.len());
        };
        let spans = template
            .render(messages)
            .map_err(|error| BackendError::Template(error.to_string()))?;
        let tokens = tokenizer
            .encode(&spans)
            .map_err(|error| BackendError::Tokenizer(error.to_string()))?;
        Ok(tokens.len())
    }

    fn submit(&mut self, _: Request) -> Result<Ticket, BackendError> {
        Err(BackendError::Constraint("a preview answers nothing".to_owned()))
    }

    fn poll(&mut self) -> Result<Vec<(Ticket, Completion)>, BackendError> {
        Ok(Vec::new())
    }

    fn outstanding(&self) -> usize {
        0
    }

    fn stats(&self) -> Stats {
        Stats::default()
    }
}
