//! A model on this machine as a [`Backend`]: messages to tokens, the scheduler, tokens to text.

use super::chat::{CHATML, ChatError, ChatTemplate, without_thinking};
use super::config::DecoderConfig;
use super::device::{self, Preference};
use super::error::EngineError;
use super::grammar::GrammarCompiler;
use super::marian::TranslationOptions;
use super::request_log::RequestLog;
use super::tokenizer::{Definition, TextTokenizer, TokenizerError, TokenizerFiles, gguf_definition};
use super::weights::{ModelFiles, Weights};
use super::{Decoder, LoadOptions, RequestId, Scheduler, SchedulerOptions, TokenOutput, TokenRequest};
use crate::backend::{Backend, BackendError, Completion, Finish, Message, ModelInfo, Request, Stats, Ticket};
use crate::hub::LocalModel;
use candle_core::Device;
use candle_core::quantized::gguf_file::{Content, Value as Metadata};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::ScopedJoinHandle;

/// How a model is put to work.
#[derive(Debug, Clone, Default)]
pub struct EngineOptions {
    /// Where it is computed.
    pub device: Preference,
    /// How it is loaded.
    pub load: LoadOptions,
    /// How requests share it.
    pub scheduler: SchedulerOptions,
    /// How translation models work.
    pub translation: TranslationOptions,
    /// Most tokens of prompt and answer together; `None` for what the model has and the memory bears.
    pub context_length: Option<usize>,
    /// Write every request in tokens, with the size of its answer, to this file (JSONL).
    pub request_log: Option<PathBuf>,
}

/// A model on this machine.
pub struct LocalBackend {
    scheduler: Scheduler,
    tokenizer: Arc<TextTokenizer>,
    template: ChatTemplate,
    grammars: GrammarCompiler,
    info: ModelInfo,
    /// Why a device that was asked for is not used.
    fallback: Option<String>,
    log: Option<RequestLog>,
}

/// What stands between texts and tokens.
struct Words {
    tokenizer: Arc<TextTokenizer>,
    template: ChatTemplate,
    grammars: GrammarCompiler,
}

impl Words {
    fn load(
        model: &LocalModel,
        own: Option<Definition>,
        content: Option<&Content>,
        config: &DecoderConfig,
    ) -> Result<Self, EngineError> {
        let tokenizer = Arc::new(load_tokenizer(model, own, content, &config.eos_tokens)?);
        let template = load_template(model, content, &tokenizer)?;
        let stop = tokenizer.stop_tokens();
        let grammars = GrammarCompiler::new(Arc::clone(&tokenizer), config.vocab_size, stop)?;
        Ok(Self {
            tokenizer,
            template,
            grammars,
        })
    }
}

impl LocalBackend {
    /// Loads a model: its weights, its tokenizer, its chat template.
    ///
    /// # Errors
    /// When one of its files is missing, broken or of a kind that is not supported, or the memory does
    /// not suffice.
    pub fn load(model: &LocalModel, options: &EngineOptions) -> Result<LocalBackend, EngineError> {
        let chosen = device::choose(options.device);
        let log = options
            .request_log
            .as_deref()
            .map(RequestLog::create)
            .transpose()?;
        let (decoder, words, config) = load_parts(model, &options.load, &chosen.device)?;
        let Words {
            tokenizer,
            template,
            grammars,
        } = words;
        let quantization = decoder.quantization().to_owned();
        let scheduler = Scheduler::new(decoder, options.scheduler.clone())?;
        let context_length = options
            .context_length
            .unwrap_or(usize::MAX)
            .min(scheduler.context_length());
        let info = ModelInfo {
            name: model.name.clone(),
            source: model.source.clone(),
            revision: model.revision.clone(),
            architecture: config.architecture.clone(),
            quantization: model.quantization.clone().unwrap_or(quantization),
            context_length,
            device: chosen.name,
            search: None,
            target: None,
        };
        Ok(LocalBackend {
            scheduler,
            tokenizer,
            template,
            grammars,
            info,
            fallback: chosen.fallback,
            log,
        })
    }

    /// Why the device that was asked for is not used; `None` when it is.
    pub fn fallback(&self) -> Option<&str> {
        self.fallback.as_deref()
    }

    /// The model's tokenizer.
    pub fn tokenizer(&self) -> &TextTokenizer {
        &self.tokenizer
    }

    /// The scheduler, to measure it.
    pub fn scheduler(&self) -> &Scheduler {
        &self.scheduler
    }

    /// The scheduler, to give it work in tokens.
    pub fn scheduler_mut(&mut self) -> &mut Scheduler {
        &mut self.scheduler
    }

    /// The shape of a model, without loading its weights.
    ///
    /// # Errors
    /// When its files are missing or broken, or the architecture is unknown.
    pub fn config(model: &LocalModel) -> Result<DecoderConfig, EngineError> {
        Ok(Weights::open(&model_files(model)?)?.1)
    }

    /// The tokens of a conversation that the model is to continue.
    ///
    /// # Errors
    /// When the chat template or the tokenizer fails.
    pub fn prompt(&self, messages: &[Message]) -> Result<Vec<u32>, BackendError> {
        let spans = self
            .template
            .render(messages)
            .map_err(|error| BackendError::Template(error.to_string()))?;
        self.tokenizer
            .encode(&spans)
            .map_err(|error| BackendError::Tokenizer(error.to_string()))
    }

    fn completion(&self, output: TokenOutput) -> Completion {
        let finish = match output.finish {
            Ok(finish) => finish,
            // One sequence failed: what it said until then counts as cut.
            Err(error) => {
                tracing::warn!("an answer was cut: {error}");
                Finish::Length
            }
        };
        let text = self.tokenizer.decode(&output.tokens);
        Completion {
            text: without_thinking(&text).to_owned(),
            finish,
            alternatives: Vec::new(),
            prompt_tokens: output.prompt_tokens,
            cached_tokens: output.cached_tokens,
            tokens: output.tokens.len(),
        }
    }
}

impl Backend for LocalBackend {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn count_tokens(&self, messages: &[Message]) -> Result<usize, BackendError> {
        self.prompt(messages).map(|tokens| tokens.len())
    }

    fn submit(&mut self, request: Request) -> Result<Ticket, BackendError> {
        let tokens = self.prompt(&request.messages)?;
        let context = self.info.context_length;
        if tokens.len() >= context {
            return Err(BackendError::PromptTooLong {
                tokens: tokens.len(),
                context,
            });
        }
        let constraint = request
            .constraint
            .as_ref()
            .map(|constraint| self.grammars.compile(constraint))
            .transpose()
            .map_err(|error| BackendError::Constraint(error.to_string()))?;
        let logged = self.log.is_some().then(|| tokens.clone());
        let request = TokenRequest {
            max_tokens: request.max_tokens.min(context - tokens.len()),
            tokens,
            sampling: request.sampling,
            stop_tokens: self.tokenizer.stop_tokens().to_vec(),
            constraint,
        };
        match self.scheduler.submit(request) {
            Ok(id) => {
                if let (Some(log), Some(tokens)) = (&mut self.log, logged) {
                    log.asked(id, tokens);
                }
                Ok(Ticket(id.0))
            }
            Err(EngineError::PromptTooLong { tokens, context }) => {
                Err(BackendError::PromptTooLong { tokens, context })
            }
            // The tokenizer made a token that the model does not have, or none at all.
            Err(error) => Err(BackendError::Tokenizer(error.to_string())),
        }
    }

    fn poll(&mut self) -> Result<Vec<(Ticket, Completion)>, BackendError> {
        let device = |error| BackendError::Device {
            device: self.info.device.clone(),
            source: Box::new(error),
        };
        let finished = self.scheduler.step().map_err(device)?;
        if let Some(log) = &mut self.log {
            for (id, output) in &finished {
                log.answered(*id, output).map_err(device)?;
            }
        }
        Ok(finished
            .into_iter()
            .map(|(RequestId(id), output)| (Ticket(id), self.completion(output)))
            .collect())
    }

    fn outstanding(&self) -> usize {
        self.scheduler.outstanding()
    }

    fn stats(&self) -> Stats {
        self.scheduler.stats()
    }
}

pub(super) fn model_files(model: &LocalModel) -> Result<ModelFiles, EngineError> {
    use crate::hub::Format;
    let missing = |expected| EngineError::NoModel {
        path: model.source.clone().into(),
        expected,
    };
    match model.format {
        Format::Gguf => {
            let path = model.weights.first().ok_or_else(|| missing("a .gguf file"))?;
            Ok(ModelFiles::Gguf(path.clone()))
        }
        Format::Safetensors => Ok(ModelFiles::Safetensors {
            config: model.config.clone().ok_or_else(|| missing("config.json"))?,
            shards: model.weights.clone(),
        }),
        Format::Pytorch => Err(missing("a .gguf file, or config.json with .safetensors files")),
    }
}

/// What is computed, and what stands between texts and tokens: two long ways that hardly meet, so that the words take a thread
/// beside those that repack weights, from the beginning.
fn load_parts(
    model: &LocalModel,
    options: &LoadOptions,
    device: &Device,
) -> Result<(Decoder, Words, DecoderConfig), EngineError> {
    fn joined<T>(thread: ScopedJoinHandle<T>) -> T {
        thread
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
    std::thread::scope(|scope| {
        let own = scope.spawn(|| own_definition(model));
        let (weights, config) = Weights::open(&model_files(model)?)?;
        let (decoder, words) = std::thread::scope(|scope| {
            let words = scope.spawn(|| Words::load(model, joined(own)?, weights.content(), &config));
            let decoder = Decoder::from_weights(&weights, config.clone(), device, options);
            (decoder, joined(words))
        });
        Ok((decoder?, words?, config))
    })
}

/// What the model's `tokenizer.json` says; none where it has none.
pub(super) fn own_definition(model: &LocalModel) -> Result<Option<Definition>, EngineError> {
    let own = model.tokenizer.as_deref().map(Definition::read);
    Ok(own.transpose()?)
}

/// The tokenizer of the model's `tokenizer.json`, else the one in the GGUF file.
pub(super) fn load_tokenizer(
    model: &LocalModel,
    own: Option<Definition>,
    content: Option<&Content>,
    stop: &[u32],
) -> Result<TextTokenizer, EngineError> {
    let definition = match (own, content) {
        (Some(own), _) => own,
        (None, Some(content)) => gguf_definition(content)?,
        (None, None) => return Err(TokenizerError::Missing.into()),
    };
    let files = TokenizerFiles {
        config: model.tokenizer_config.clone(),
        generation: model.generation_config.clone(),
    };
    Ok(TextTokenizer::load(definition, &files, stop)?)
}

/// The model's own template, else the one in the GGUF file, else ChatML where the tokens are there.
pub(super) fn load_template(
    model: &LocalModel,
    content: Option<&Content>,
    tokenizer: &TextTokenizer,
) -> Result<ChatTemplate, EngineError> {
    let own = model
        .chat_template_text()
        .map_err(|error| ChatError::Render(error.to_string()))?;
    let of_gguf = || match content?.metadata.get("tokenizer.chat_template") {
        Some(Metadata::String(text)) => Some(text.clone()),
        _ => None,
    };
    let chatml = || tokenizer.has_special("<|im_end|>").then(|| CHATML.to_owned());
    let source = own.or_else(of_gguf).or_else(chatml).ok_or(ChatError::Missing)?;
    let mut names: BTreeMap<String, String> = tokenizer.names().clone();
    if names.is_empty()
        && let Some(content) = content
    {
        names = gguf_names(content);
    }
    let args = model
        .card
        .map(|card| card.chat.template_args.clone())
        .unwrap_or_default();
    Ok(ChatTemplate::new(&source, &names, &args)?)
}

/// `bos_token` and `eos_token` from GGUF metadata.
fn gguf_names(content: &Content) -> BTreeMap<String, String> {
    let spelling = |name: &str| {
        let id = content
            .metadata
            .get(&format!("tokenizer.ggml.{name}_token_id"))?
            .to_u32()
            .ok()?;
        let tokens = content.metadata.get("tokenizer.ggml.tokens")?.to_vec().ok()?;
        tokens.get(id as usize)?.to_string().ok().cloned()
    };
    ["bos", "eos"]
        .into_iter()
        .filter_map(|name| Some((format!("{name}_token"), spelling(name)?)))
        .collect()
}
