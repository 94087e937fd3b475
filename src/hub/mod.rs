//! Where models come from: cards, the Hugging Face Hub, the cache, verification, offline use.
