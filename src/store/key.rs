//! What a result is filed under.

/// Names one result by everything that it was made from: when any of it changes, the work is done again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Hash of the article's content.
    pub(super) hash: String,
    /// The task, with its language (`summary.fr`).
    pub(super) task: String,
    /// Digest of the rest.
    pub(super) digest: String,
}

impl Key {
    /// The version of what depeche itself does with an answer: raised when parsing, the gate or the
    /// grammar change results.
    pub const LOGIC_VERSION: u32 = 1;

    /// A key for `task` on the article with content hash `hash`; `parts` are what else the result
    /// depends on: model and revision, prompt hash, parameters.
    pub fn new(hash: &str, task: &str, parts: &[&str]) -> Key {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&Key::LOGIC_VERSION.to_le_bytes());
        for part in parts {
            // lengths keep ("ab", "c") and ("a", "bc") apart
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Key {
            hash: hash.to_owned(),
            task: task.to_owned(),
            digest: hasher.finalize().to_hex()[..32].to_owned(),
        }
    }
}
