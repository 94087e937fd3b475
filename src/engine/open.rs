//! From a model's files to a backend, whichever kind of model it is.

use super::device;
use super::error::EngineError;
use super::local::{EngineOptions, LocalBackend};
use super::marian::{CpuNetwork, GenericNetwork, MarianBackend, network_files};
use crate::backend::Backend;
use crate::hub::LocalModel;

/// A backend that is ready.
pub struct OpenedBackend {
    /// The model at work.
    pub backend: Box<dyn Backend>,
    /// Why the device that was asked for is not used; `None` when it is.
    pub fallback: Option<String>,
}

/// Whether a model is a translation model, which takes one sentence at a time: by the files of its
/// tokenizer and, where it has them, by what `config.json` calls it.
pub fn is_translation_model(model: &LocalModel) -> bool {
    let kind = || {
        let bytes = std::fs::read(model.config.as_ref()?).ok()?;
        let settings: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
        Some(settings.get("model_type")?.as_str()? == "marian")
    };
    model.translation.is_some() || kind().unwrap_or(false)
}

/// Loads a model: a translation model as a [`MarianBackend`], every other as a [`LocalBackend`].
///
/// # Errors
/// When one of its files is missing, broken or of a kind that is not supported, or the memory does not
/// suffice.
pub fn open(model: &LocalModel, options: &EngineOptions) -> Result<OpenedBackend, EngineError> {
    if !is_translation_model(model) {
        let backend = LocalBackend::load(model, options)?;
        let fallback = backend.fallback().map(str::to_owned);
        return Ok(OpenedBackend {
            backend: Box::new(backend),
            fallback,
        });
    }
    let chosen = device::choose(options.device);
    let files = network_files(model)?;
    let translation = &options.translation;
    let context = options.context_length;
    let backend: Box<dyn Backend> = if chosen.device.is_cpu() && !options.load.generic {
        let network = CpuNetwork::open(&files, translation.precision)?;
        let backend = MarianBackend::new(network, model, &chosen.name, translation, context)?;
        Box::new(backend)
    } else {
        let network = GenericNetwork::open(&files, &chosen.device)?;
        let backend = MarianBackend::new(network, model, &chosen.name, translation, context)?;
        Box::new(backend)
    };
    Ok(OpenedBackend {
        backend,
        fallback: chosen.fallback,
    })
}
