//! `--model`: from what the user asked for to a backend that is ready.

use super::Exit;
use super::args::{DeviceArg, GlobalArgs, ModelArgs};
use super::download::{self, Download};
use super::ui::Ui;
use crate::backend::Backend;
use crate::engine::device::Preference;
use crate::engine::{self, EngineOptions};
use crate::hub::{self, LocalModel, ModelSpec, NoModel, Resolution};

/// What `--model` came to.
pub struct Opened {
    /// The model, ready; none for `--model none` and where `auto` found none.
    pub backend: Option<Box<dyn Backend>>,
    /// `auto` was asked for and no model could be had: why.
    pub fell_back: Option<NoModel>,
}

/// What `--model none` leaves out.
const LEFT_OUT: &str = "without a model: no translation, no written summaries (the summaries are sentences of the \
                        articles), no labels of figures; `--model auto` adds them";

/// The ways to a model.
const WAYS: &str = "`depeche models pull NAME` where there is a network; or copy a model's folder to this \
                    machine and name it with `--model`";

impl Opened {
    /// The last word of `run`, and the exit status: a run that had to do without a model is not all done.
    pub fn exit(&self, exit: Exit, ui: &Ui) -> Exit {
        let Some(why) = &self.fell_back else { return exit };
        ui.warn(&format!("this was done without a model: {why}"), Some(WAYS));
        Exit::Partial
    }

    /// What a run without a model left out.
    pub fn say_what_was_left_out(&self, ui: &Ui) {
        if self.backend.is_none() {
            ui.note(LEFT_OUT);
        }
    }
}

/// Finds, fetches and loads the model.
///
/// # Errors
/// When a model that was named cannot be had or cannot be loaded.
pub fn open(args: &ModelArgs, global: &GlobalArgs, ui: &Ui) -> anyhow::Result<Opened> {
    let spec: ModelSpec = args.model.parse()?;
    let options = download::options(global, &args.hub, args.locked)?;
    let resolution = hub::resolve(&spec, &options, &Download::new(ui));
    ui.end();
    match resolution? {
        Resolution::Model(local) => {
            let backend = load(&local, args, ui)?;
            Ok(Opened {
                backend: Some(backend),
                fell_back: None,
            })
        }
        Resolution::NoModel(NoModel::Requested) => Ok(Opened {
            backend: None,
            fell_back: None,
        }),
        Resolution::NoModel(why) => {
            ui.warn(&format!("going on without a model: {why}"), Some(WAYS));
            Ok(Opened {
                backend: None,
                fell_back: Some(why),
            })
        }
    }
}

fn load(local: &LocalModel, args: &ModelArgs, ui: &Ui) -> anyhow::Result<Box<dyn Backend>> {
    let options = EngineOptions {
        device: match args.device {
            DeviceArg::Auto => Preference::Auto,
            DeviceArg::Cpu => Preference::Cpu,
            DeviceArg::Cuda => Preference::Cuda(0),
        },
        context_length: args.context,
        ..EngineOptions::default()
    };
    ui.note(&format!(
        "loading {} ({})",
        local.name,
        hub::human_bytes(local.weight_bytes())
    ));
    let opened = engine::open(local, &options)?;
    if let Some(reason) = &opened.fallback {
        ui.warn(&format!("going on with the CPU: {reason}"), None);
    }
    Ok(opened.backend)
}
