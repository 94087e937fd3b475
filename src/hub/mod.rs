//! Where models come from: cards, the Hugging Face Hub, the cache, verification, offline use.
//!
//! [`ModelSpec`] is what a user asks for, [`resolve`] finds it, [`LocalModel`] is what the engine loads from:
//!
//! ```no_run
//! use depeche::hub::{HubOptions, ModelSpec, Resolution, resolve};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let spec: ModelSpec = "qwen3-0.6b".parse()?;
//! if let Resolution::Model(model) = resolve(&spec, &HubOptions::from_env()?, &())? {
//!     println!("{} at {}: {:?}", model.source, model.revision, model.weights);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! hf-hub knows the repositories, the cache's layout and the Hub's description of a repository; the transfer
//! is our own, because a download must survive cuts, say why it fails, and be checked. No tensor is read here.

mod auto;
mod cache;
mod card;
mod error;
mod hash;
mod http;
mod info;
mod local;
mod lock;
mod manage;
mod memory;
mod options;
mod plan;
mod progress;
mod resolve;
mod select;
mod spec;
mod target;
mod transfer;

pub use card::{
    Card, Chat, Format, ModelRole, Variant, card, card_of_repo, cards, similar_names, translation_cards,
};
pub use error::HubError;
pub use local::{COMPANIONS, LocalModel, TRANSLATION_COMPANIONS, TranslationFiles, load_path};
pub use lock::{Lock, LockedFile, LockedRepo};
pub use manage::{
    CachedFile, CachedFiles, Details, FileState, ListedModel, Removal, Verified, list, ping, removal, show,
    verify,
};
pub use memory::available_memory;
pub use options::{HubOptions, Token};
pub use plan::{Plan, PlannedFile, PlannedRepo, human_bytes};
pub use progress::{Event, Progress};
pub use resolve::{NoModel, Resolution, plan_of, pull, resolve};
pub use spec::ModelSpec;
