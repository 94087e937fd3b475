//! A translation model as a [`Backend`]: a sentence in, its translations out.

use super::config::{MOST_BEAMS, MarianConfig};
use super::languages::{choose, same_language};
use super::loading::{MarianFiles, Precision};
use super::network::Network;
use super::search::SearchOptions;
use super::tokenizer::{MarianTokenizer, MarianTokenizerFiles};
use super::translator::{Translation, Translator, TranslatorOptions};
use crate::backend::{
    Backend, BackendError, BeamSearch, Completion, Finish, Message, ModelInfo, Request, Role, Stats, Ticket,
};
use crate::engine::error::EngineError;
use crate::hub::LocalModel;
use std::collections::HashMap;
use std::time::Instant;

/// How translation models are put to work.
#[derive(Debug, Clone, Default)]
pub struct TranslationOptions {
    /// In which numbers they compute.
    pub precision: Precision,
    /// Hypotheses that are followed; `None` for [`DEFAULT_BEAMS`].
    pub beams: Option<usize>,
    /// In place of what the model's files say.
    pub length_penalty: Option<f64>,
    /// Language to write, as a tag (`fr`, `pt-BR`), for models that write several and are told by a mark in front
    /// of each sentence. With `None` a sentence may bring the mark itself.
    pub target: Option<String>,
    /// How sentences share the network.
    pub translator: TranslatorOptions,
}

/// Hypotheses that are followed where nothing else is said.
pub const DEFAULT_BEAMS: usize = 4;

/// A translation model on this machine.
pub struct MarianBackend<N: Network> {
    translator: Translator<N>,
    tokenizer: MarianTokenizer,
    info: ModelInfo,
    search: SearchOptions,
    /// The token that tells the target language, in front of every sentence.
    mark: Option<u32>,
    /// Alternatives wanted of what is outstanding.
    alternatives: HashMap<u64, usize>,
    cached: Stats,
}

/// The network's files of a model that the hub found.
///
/// # Errors
/// When it has no `config.json`.
pub(in crate::engine) fn network_files(model: &LocalModel) -> Result<MarianFiles, EngineError> {
    let missing = || EngineError::NoModel {
        path: model.source.clone().into(),
        expected: "config.json",
    };
    Ok(MarianFiles {
        config: model.config.clone().ok_or_else(missing)?,
        generation: model.generation_config.clone(),
        weights: model.weights.clone(),
    })
}

impl<N: Network> MarianBackend<N> {
    /// Puts a network to work with the tokenizer and the name of its model.
    ///
    /// # Errors
    /// When the tokenizer's files are missing or broken, or number more tokens than the network has.
    pub fn new(
        network: N,
        model: &LocalModel,
        device: &str,
        options: &TranslationOptions,
        context_length: Option<usize>,
    ) -> Result<Self, EngineError> {
        let files = model.translation.as_ref().ok_or_else(|| EngineError::NoModel {
            path: model.source.clone().into(),
            expected: "source.spm, target.spm and vocab.json",
        })?;
        let tokenizer = MarianTokenizer::load(&MarianTokenizerFiles {
            source: files.source.clone(),
            target: files.target.clone(),
            vocabulary: files.vocabulary.clone(),
            target_vocabulary: files.target_vocabulary.clone(),
        })?;
        let config = network.config();
        check_vocabulary(&tokenizer, config)?;
        let target = match &options.target {
            Some(asked) => target_language(&tokenizer, asked, &model.name)?,
            None => None,
        };
        let mut search = SearchOptions::of(&config.generation);
        search.beams = options.beams.unwrap_or(DEFAULT_BEAMS).clamp(1, MOST_BEAMS);
        search.length_penalty = options.length_penalty.unwrap_or(search.length_penalty);
        let positions = config.positions;
        let info = ModelInfo {
            name: model.name.clone(),
            source: model.source.clone(),
            revision: model.revision.clone(),
            architecture: "marian".to_owned(),
            quantization: network.precision().to_owned(),
            context_length: context_length.unwrap_or(positions).min(positions),
            device: device.to_owned(),
            search: Some(BeamSearch {
                beams: search.beams,
                length_penalty: search.length_penalty,
            }),
            target: target.as_ref().map(|(language, _)| language.clone()),
        };
        Ok(Self {
            translator: Translator::new(network, options.translator.clone()),
            tokenizer,
            info,
            search,
            mark: target.map(|(_, mark)| mark),
            alternatives: HashMap::new(),
            cached: Stats::default(),
        })
    }

    /// The model's tokenizer.
    pub fn tokenizer(&self) -> &MarianTokenizer {
        &self.tokenizer
    }

    fn encode(&self, messages: &[Message]) -> Vec<u32> {
        match self.mark {
            Some(mark) => self.tokenizer.encode_marked(mark, sentence(messages)),
            None => self.tokenizer.encode(sentence(messages)),
        }
    }

    fn completion(&self, translation: Translation, alternatives: usize) -> Completion {
        let mut hypotheses = translation.hypotheses.into_iter();
        let best = hypotheses.next();
        let (tokens, ended) = best.map_or((Vec::new(), false), |best| (best.tokens, best.ended));
        let text = self.tokenizer.decode(&tokens);
        let mut others: Vec<String> = Vec::new();
        for hypothesis in hypotheses {
            let other = self.tokenizer.decode(&hypothesis.tokens);
            if others.len() < alternatives && other != text && !others.contains(&other) {
                others.push(other);
            }
        }
        Completion {
            text,
            alternatives: others,
            finish: if ended { Finish::Stop } else { Finish::Length },
            prompt_tokens: translation.source_tokens,
            cached_tokens: 0,
            tokens: tokens.len(),
        }
    }
}

/// Every number of `vocab.json` must have a row in the tables.
fn check_vocabulary(tokenizer: &MarianTokenizer, config: &MarianConfig) -> Result<(), EngineError> {
    let found = tokenizer.source_tokens();
    match found <= config.source_vocabulary {
        true => Ok(()),
        false => Err(EngineError::Config {
            field: "vocab_size".to_owned(),
            expected: format!("at least the {found} tokens of vocab.json"),
            found: config.source_vocabulary.to_string(),
        }),
    }
}

/// The language of those that the model has marks for, with its token; none where it needs no mark.
fn target_language(
    tokenizer: &MarianTokenizer,
    asked: &str,
    name: &str,
) -> Result<Option<(String, u32)>, EngineError> {
    let known = tokenizer.target_languages();
    if known.is_empty() {
        return Ok(None);
    }
    let chosen = choose(&known, asked).and_then(|code| Some((code.to_owned(), tokenizer.mark(code)?)));
    match chosen {
        Some(chosen) => Ok(Some(chosen)),
        // a model of one pair, whose vocabulary it shares with others
        None if name
            .rsplit('-')
            .next()
            .is_some_and(|code| same_language(code, asked)) =>
        {
            Ok(None)
        }
        None => Err(EngineError::TargetLanguage {
            found: asked.to_owned(),
            known: known.into_iter().map(str::to_owned).collect(),
        }),
    }
}

/// The sentence: what the user said last.
fn sentence(messages: &[Message]) -> &str {
    let last = messages.iter().rfind(|message| message.role == Role::User);
    last.map_or("", |message| message.content.as_str())
}

impl<N: Network> Backend for MarianBackend<N> {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn sentence_translator(&self) -> bool {
        true
    }

    fn count_tokens(&self, messages: &[Message]) -> Result<usize, BackendError> {
        Ok(self.encode(messages).len())
    }

    fn submit(&mut self, request: Request) -> Result<Ticket, BackendError> {
        if request.constraint.is_some() {
            let reason = "translation models are held to no grammar".to_owned();
            return Err(BackendError::Constraint(reason));
        }
        let tokens = self.encode(&request.messages);
        let context = self.info.context_length;
        if tokens.len() > context {
            return Err(BackendError::PromptTooLong {
                tokens: tokens.len(),
                context,
            });
        }
        let options = SearchOptions {
            // The start is a token, too.
            max_length: self.search.max_length.min(request.max_tokens.saturating_add(1)),
            ..self.search
        };
        match self.translator.submit(tokens, options) {
            Ok(id) => {
                self.alternatives.insert(id, request.alternatives);
                Ok(Ticket(id))
            }
            Err(error) => Err(BackendError::Tokenizer(error.to_string())),
        }
    }

    fn poll(&mut self) -> Result<Vec<(Ticket, Completion)>, BackendError> {
        if self.translator.outstanding() == 0 {
            return Ok(Vec::new());
        }
        let start = Instant::now();
        let finished = self.translator.step().map_err(|error| BackendError::Device {
            device: self.info.device.clone(),
            source: Box::new(error),
        })?;
        self.cached.seconds += start.elapsed().as_secs_f64();
        let counts = self.translator.counts();
        self.cached.prefill_tokens = counts.read;
        self.cached.decode_tokens = counts.written;
        self.cached.steps = counts.steps;
        let completions = finished.into_iter().map(|translation| {
            let alternatives = self.alternatives.remove(&translation.id).unwrap_or(0);
            let ticket = Ticket(translation.id);
            (ticket, self.completion(translation, alternatives))
        });
        Ok(completions.collect())
    }

    fn outstanding(&self) -> usize {
        self.translator.outstanding()
    }

    fn stats(&self) -> Stats {
        self.cached
    }
}
