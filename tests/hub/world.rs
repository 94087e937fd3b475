//! A fake hub, an empty cache and a recorder of events, for one test.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use depeche::hub::{Event, HubError, HubOptions, LocalModel, ModelSpec, Plan, Progress, Resolution, resolve};

use crate::fake::FakeHub;

/// The model of most tests: two small files and weights that the CDN serves.
pub const REPO: &str = "acme/tiny";

/// Bytes of its weights.
pub const SIZE: usize = 300_000;

pub struct World {
    pub hub: FakeHub,
    pub options: HubOptions,
    pub events: Events,
    dir: tempfile::TempDir,
}

/// What was told, one line an event; positions are left out.
#[derive(Default)]
pub struct Events(Mutex<Vec<String>>);

impl Progress for Events {
    fn event(&self, event: Event<'_>) {
        let line = match event {
            Event::Announce(_) => "announce".to_owned(),
            Event::Start {
                file,
                size,
                resumed: 0,
            } => format!("start {file} of {size}"),
            Event::Start { file, size, resumed } => format!("start {file} of {size} behind {resumed}"),
            Event::Retry {
                file, attempt, cause, ..
            } => format!("retry {file} after failure {attempt}: {cause}"),
            Event::Waiting { file, .. } => format!("waiting for {file}"),
            Event::Verify { file, size } => format!("verify {file} of {size}"),
            Event::Done { file, .. } => format!("done {file}"),
            _ => return,
        };
        self.0.lock().unwrap().push(line);
    }
}

impl Events {
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Weights of that many bytes which begin like safetensors.
pub fn weights(size: usize, seed: u8) -> Vec<u8> {
    let mut bytes = b"\x02\0\0\0\0\0\0\0{}".to_vec();
    let mut state = u32::from(seed) + 1;
    while bytes.len() < size {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.push((state >> 24) as u8);
    }
    bytes
}

/// As [`weights`], but a GGUF file.
pub fn gguf(size: usize, seed: u8) -> Vec<u8> {
    let mut bytes = weights(size, seed);
    bytes[..4].copy_from_slice(b"GGUF");
    bytes
}

impl World {
    /// An empty hub and an empty cache; no waits.
    pub fn empty() -> World {
        let hub = FakeHub::start();
        let dir = tempfile::tempdir().unwrap();
        let mut options = HubOptions::from_vars(|name| match name {
            "HF_HOME" => Some(dir.path().to_str().unwrap().to_owned()),
            "HF_ENDPOINT" => Some(hub.endpoint()),
            _ => None,
        })
        .unwrap();
        options.proxy_from_env = false;
        options.backoff = Duration::from_millis(1);
        options.max_backoff = Duration::from_millis(500);
        options.retries = 2;
        World {
            hub,
            options,
            events: Events::default(),
            dir,
        }
    }

    /// A hub with [`REPO`].
    pub fn new() -> World {
        let world = World::empty();
        world.hub.add(
            REPO,
            &[
                ("README.md", b"# tiny"),
                ("config.json", b"{\"model_type\": \"llama\"}"),
                ("model.safetensors", &weights(SIZE, 1)),
                ("tokenizer.json", b"{\"model\": {}}"),
            ],
        );
        world
    }

    pub fn home(&self) -> &Path {
        self.dir.path()
    }

    pub fn blob(&self, repo: &str, tag: &str) -> PathBuf {
        self.options
            .cache
            .join(format!("models--{}", repo.replace('/', "--")))
            .join("blobs")
            .join(tag)
    }

    pub fn snapshot(&self, repo: &str, commit: &str) -> PathBuf {
        self.options
            .cache
            .join(format!("models--{}", repo.replace('/', "--")))
            .join("snapshots")
            .join(commit)
    }

    pub fn resolve(&self, spec: &str) -> Result<LocalModel, HubError> {
        let spec: ModelSpec = spec.parse()?;
        match resolve(&spec, &self.options, &self.events)? {
            Resolution::Model(model) => Ok(*model),
            Resolution::NoModel(why) => panic!("no model: {why}"),
        }
    }

    /// The message as the command line prints it: error, causes, hint.
    pub fn refusal(&self, spec: &str) -> String {
        let error = match self.resolve(spec) {
            Ok(model) => panic!("resolved to {model:?}"),
            Err(error) => error,
        };
        self.message(&error)
    }

    pub fn message(&self, error: &HubError) -> String {
        let mut text = format!("error: {error}");
        let mut cause = std::error::Error::source(error);
        while let Some(e) = cause {
            text.push_str(&format!("\ncause: {e}"));
            cause = e.source();
        }
        if let Some(hint) = error.hint() {
            text.push_str(&format!("\nhint: {hint}"));
        }
        self.tidy(&text)
    }

    /// Replaces what differs from run to run.
    pub fn tidy(&self, text: &str) -> String {
        self.hub.tidy(text).replace(self.home().to_str().unwrap(), "HOME")
    }
}

/// Hears the announcement only.
#[derive(Default)]
pub struct Announcement(pub Mutex<String>);

impl Progress for Announcement {
    fn event(&self, event: Event<'_>) {
        if let Event::Announce(plan) = event {
            let plan: &Plan = plan;
            *self.0.lock().unwrap() = plan.to_string();
        }
    }
}

/// A port of this machine on which nothing listens.
pub fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}
