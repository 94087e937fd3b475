//! Where models come from: cards, the Hugging Face Hub, the cache, verification, offline use.
//!
//! [`ModelSpec`] is what a user asks for; [`LocalModel`] is what the engine loads from.

mod card;
mod error;
mod local;
mod plan;
mod select;
mod spec;

pub use card::{Card, Chat, Format, ModelRole, Variant, card, card_of_repo, cards, similar_names};
pub use error::HubError;
pub use local::{COMPANIONS, LocalModel, load_path};
pub use plan::human_bytes;
pub use spec::ModelSpec;
