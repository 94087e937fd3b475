//! Model cards: what is known of a model before it is on this machine.
//!
//! A card states facts only (repository, licence, shape, files) and is compiled into the program.
//! It holds no hash and no size: hashes are what the Hub reports ([`super::lock`] keeps them), sizes are
//! estimated here from the number of parameters.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// The cards of `models/*.toml`, in the order in which `models list` shows them.
const SOURCES: &[(&str, &str)] = &[
    ("qwen3-0.6b", include_str!("../../models/qwen3-0.6b.toml")),
    ("qwen3-1.7b", include_str!("../../models/qwen3-1.7b.toml")),
    (
        "qwen3-4b-instruct-2507",
        include_str!("../../models/qwen3-4b-instruct-2507.toml"),
    ),
    ("smollm3-3b", include_str!("../../models/smollm3-3b.toml")),
    (
        "eurollm-1.7b-instruct",
        include_str!("../../models/eurollm-1.7b-instruct.toml"),
    ),
    (
        "llama-3.2-1b-instruct",
        include_str!("../../models/llama-3.2-1b-instruct.toml"),
    ),
    (
        "llama-3.2-3b-instruct",
        include_str!("../../models/llama-3.2-3b-instruct.toml"),
    ),
    (
        "ministral-3-3b-instruct-2512",
        include_str!("../../models/ministral-3-3b-instruct-2512.toml"),
    ),
    ("opus-mt-fr-en", include_str!("../../models/opus-mt-fr-en.toml")),
    (
        "opus-mt-tc-big-fr-en",
        include_str!("../../models/opus-mt-tc-big-fr-en.toml"),
    ),
    ("opus-mt-en-fr", include_str!("../../models/opus-mt-en-fr.toml")),
];

/// How weights are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One quantized file of llama.cpp's format.
    Gguf,
    /// One or more files of unquantized tensors beside a `config.json`.
    Safetensors,
    /// `pytorch_model.bin` beside a `config.json`, the only form of many translation models; where the
    /// repository has safetensors too, these are taken.
    Pytorch,
}

impl Format {
    /// `gguf`, `safetensors` or `pytorch`.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Gguf => "gguf",
            Format::Safetensors => "safetensors",
            Format::Pytorch => "pytorch",
        }
    }
}

/// A task that a model is good enough for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelRole {
    /// Writes summaries.
    Summary,
    /// Translates.
    Translation,
    /// Names entities and labels figures.
    Extraction,
}

impl ModelRole {
    /// `summary`, `translation` or `extraction`.
    pub fn as_str(self) -> &'static str {
        match self {
            ModelRole::Summary => "summary",
            ModelRole::Translation => "translation",
            ModelRole::Extraction => "extraction",
        }
    }
}

/// What the chat template has to be told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chat {
    /// Variables passed to the template, such as `enable_thinking = false`.
    #[serde(default)]
    pub template_args: BTreeMap<String, serde_json::Value>,
}

/// One of the forms in which a model can be had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// `q4_k_m`, `q8_0`, `bf16`: what follows the colon in `--model name:variant`.
    pub name: String,
    /// How it is stored.
    pub format: Format,
    /// The repository that holds it, where that is not the model's own.
    pub repo: Option<String>,
    /// A glob that exactly one weight file of the repository matches; safetensors need none.
    pub pattern: Option<String>,
}

impl Variant {
    /// Bits that a weight takes on average, all tensors counted; `None` for a name that is not known.
    /// The k-quant values are llama.cpp's averages for dense models of 1 to 8 billion parameters, rounded.
    pub fn bits_per_weight(&self) -> Option<f64> {
        Some(match self.name.as_str() {
            "q4_0" => 4.6,
            "q4_k_s" => 4.7,
            "q4_k_m" => 4.95,
            "q5_k_m" => 5.7,
            "q6_k" => 6.6,
            "q8_0" => 8.5,
            "f16" | "bf16" => 16.0,
            "f32" => 32.0,
            _ => return None,
        })
    }
}

/// What is known of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// What `--model` calls it: lower case.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// The model's own repository: configuration, tokenizer and chat template come from here.
    pub repo: String,
    /// A commit to which the card is pinned.
    pub revision: Option<String>,
    /// SPDX identifier, or the licence's name where it has none.
    pub licence: String,
    /// Where the licence can be read.
    pub licence_url: Option<String>,
    /// What a user must know of the licence's terms, one sentence each.
    #[serde(default)]
    pub terms: Vec<String>,
    /// Whether its owner must grant access first; `None` where that is not known.
    pub gated: Option<bool>,
    /// `model_type` of its configuration.
    pub architecture: String,
    /// Parameters, tied ones counted once.
    pub parameters: u64,
    /// Most tokens of prompt and answer together, as its configuration states.
    pub context_length: usize,
    /// ISO 639-1 codes of languages that its authors name, as far as they matter here; of a translation model the
    /// source, then the target.
    #[serde(default)]
    pub languages: Vec<String>,
    /// What it is good enough for.
    pub roles: Vec<ModelRole>,
    /// Rank among the models that `auto` may choose, higher first; `auto` never takes one without.
    pub auto: Option<u32>,
    /// What else a user should know.
    #[serde(default)]
    pub notes: String,
    /// What the chat template has to be told.
    #[serde(default)]
    pub chat: Chat,
    /// The forms in which it can be had, the default first.
    pub files: Vec<Variant>,
}

impl Card {
    /// The variant of that name, in any case.
    pub fn variant(&self, name: &str) -> Option<&Variant> {
        self.files.iter().find(|v| v.name.eq_ignore_ascii_case(name))
    }

    /// Estimated bytes of a variant's weights: parameters times bits. The Hub knows the real size.
    pub fn approx_bytes(&self, variant: &Variant) -> Option<u64> {
        let bits = variant.bits_per_weight()?;
        Some((self.parameters as f64 * bits / 8.0) as u64)
    }

    /// The repository that holds a variant's weights.
    pub fn repo_of<'a>(&'a self, variant: &'a Variant) -> &'a str {
        variant.repo.as_deref().unwrap_or(&self.repo)
    }

    /// Whether it is a translation model, which takes one sentence at a time and does nothing else.
    pub fn translates_sentences(&self) -> bool {
        self.architecture == "marian"
    }

    /// Whether a repository holds this model, in any variant.
    pub fn is_in(&self, repo: &str) -> bool {
        self.repo.eq_ignore_ascii_case(repo)
            || self
                .files
                .iter()
                .any(|v| v.repo.as_deref().is_some_and(|r| r.eq_ignore_ascii_case(repo)))
    }
}

/// All cards, in the order in which they are listed.
pub fn cards() -> &'static [Card] {
    static CARDS: LazyLock<Vec<Card>> = LazyLock::new(|| {
        SOURCES
            .iter()
            // OK because the cards are part of the program and a test parses each.
            .map(|(name, text)| toml::from_str(text).unwrap_or_else(|e| panic!("card {name}: {e}")))
            .collect()
    });
    &CARDS
}

/// The card of that name, in any case.
pub fn card(name: &str) -> Option<&'static Card> {
    cards().iter().find(|c| c.name.eq_ignore_ascii_case(name))
}

/// The translation models that are known from one language to another, the best first.
pub fn translation_cards(from: &str, to: &str) -> Vec<&'static Card> {
    translation_cards_of(cards(), from, to)
}

fn translation_cards_of<'a>(cards: &'a [Card], from: &str, to: &str) -> Vec<&'a Card> {
    let mut found: Vec<&Card> = cards
        .iter()
        .filter(|card| card.translates_sentences() && card.roles.contains(&ModelRole::Translation))
        .filter(|card| card.languages == [from, to])
        .collect();
    found.sort_by_key(|card| std::cmp::Reverse(card.auto));
    found
}

/// The card of the model that a repository holds.
pub fn card_of_repo(repo: &str) -> Option<&'static Card> {
    cards().iter().find(|c| c.is_in(repo))
}

/// Card names that look like `name`, the nearest first, three at most.
pub fn similar_names(name: &str) -> Vec<String> {
    let wanted = name.to_lowercase();
    let mut scored: Vec<(f64, &str)> = cards()
        .iter()
        .map(|c| (likeness(&wanted, &c.name), c.name.as_str()))
        .filter(|(score, _)| *score >= 0.3)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let best = scored.first().map_or(0.0, |(score, _)| *score);
    scored.retain(|(score, _)| *score >= 0.8 * best);
    scored
        .into_iter()
        .take(3)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// Shared pairs of neighbouring letters and digits over all pairs (Dice's coefficient), 0 to 1.
/// Punctuation does not count, so that `qwen3 0.6b` is near `qwen3-0.6b`.
fn likeness(a: &str, b: &str) -> f64 {
    let pairs = |s: &str| -> Vec<(char, char)> {
        let letters: Vec<char> = s.chars().filter(|c| c.is_alphanumeric()).collect();
        letters.windows(2).map(|w| (w[0], w[1])).collect()
    };
    let (a, mut b) = (pairs(a), pairs(b));
    let total = a.len() + b.len();
    if total == 0 {
        return 0.0;
    }
    let mut shared = 0;
    for pair in a {
        if let Some(at) = b.iter().position(|p| *p == pair) {
            b.swap_remove(at);
            shared += 1;
        }
    }
    2.0 * shared as f64 / total as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_card_parses_and_is_complete() {
        for ((name, text), card) in SOURCES.iter().zip(cards()) {
            let parsed: Card = toml::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(&parsed, card);
            assert_eq!(&card.name, name, "the file is named as the card");
            assert_eq!(card.name, card.name.to_lowercase());
            assert_eq!(card.repo.matches('/').count(), 1, "{name}: {}", card.repo);
            assert!(!card.files.is_empty() && !card.roles.is_empty(), "{name}");
            // Translation models read sentences and are smaller.
            let translates = card.architecture == "marian";
            let (parameters, context) = if translates {
                (50_000_000, 512)
            } else {
                (100_000_000, 2048)
            };
            assert!((parameters..10_000_000_000).contains(&card.parameters), "{name}");
            assert!((context..=1 << 20).contains(&card.context_length), "{name}");
            assert!(card.languages.iter().any(|l| l == "fr"), "{name} reads French");
            for file in &card.files {
                assert_eq!(file.name, file.name.to_lowercase());
                assert!(
                    card.approx_bytes(file).is_some(),
                    "{name}:{} has a size",
                    file.name
                );
                match file.format {
                    Format::Gguf => {
                        let pattern = file.pattern.as_deref().expect("a GGUF variant has a pattern");
                        assert!(pattern.ends_with(".gguf"), "{pattern}");
                        assert!(file.repo.is_some(), "{name}:{}", file.name);
                    }
                    Format::Safetensors | Format::Pytorch => assert_eq!(file.pattern, None),
                }
            }
            let mut names: Vec<_> = card.files.iter().map(|f| &f.name).collect();
            names.dedup();
            assert_eq!(
                names.len(),
                card.files.len(),
                "{name}: variants have different names"
            );
        }
    }

    #[test]
    fn every_file_in_models_is_embedded_and_ranks_are_distinct() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/models");
        if let Ok(entries) = std::fs::read_dir(folder) {
            let on_disk = entries.filter(|e| {
                e.as_ref()
                    .is_ok_and(|e| e.file_name().to_string_lossy().ends_with(".toml"))
            });
            assert_eq!(on_disk.count(), SOURCES.len());
        }
        let mut ranks: Vec<_> = cards().iter().filter_map(|c| c.auto).collect();
        let count = ranks.len();
        ranks.sort_unstable();
        ranks.dedup();
        assert!(count >= 3 && ranks.len() == count);
    }

    #[test]
    fn estimates_are_near_the_published_sizes() {
        // Bytes of the published files, as their repositories list them.
        for (name, variant, real) in [
            ("qwen3-0.6b", "q8_0", 639_000_000.0),
            ("qwen3-4b-instruct-2507", "q4_k_m", 2_497_281_120.0),
            ("smollm3-3b", "q4_k_m", 1_915_305_312.0),
            ("llama-3.2-1b-instruct", "q4_k_m", 807_694_464.0),
        ] {
            let card = card(name).unwrap();
            let estimate = card.approx_bytes(card.variant(variant).unwrap()).unwrap() as f64;
            assert!(
                (estimate / real - 1.0).abs() < 0.1,
                "{name}: {estimate} for {real}"
            );
        }
    }

    #[test]
    fn the_best_translation_model_of_a_direction_is_chosen() {
        let card = |name: &str, architecture: &str, languages: [&str; 2], auto| Card {
            name: name.to_owned(),
            architecture: architecture.to_owned(),
            languages: languages.map(str::to_owned).to_vec(),
            roles: vec![ModelRole::Translation],
            auto,
            ..cards()[0].clone()
        };
        let all = [
            card("small", "marian", ["fr", "en"], Some(1)),
            card("big", "marian", ["fr", "en"], Some(2)),
            card("back", "marian", ["en", "fr"], Some(3)),
            card("llm", "qwen3", ["fr", "en"], Some(9)),
        ];
        let names = |from, to| -> Vec<&str> {
            let found = translation_cards_of(&all, from, to);
            found.into_iter().map(|card| card.name.as_str()).collect()
        };
        assert_eq!(names("fr", "en"), ["big", "small"]);
        assert_eq!(names("en", "fr"), ["back"]);
        assert!(names("de", "en").is_empty());
        assert_eq!(translation_cards("fr", "en")[0].name, "opus-mt-tc-big-fr-en");
        // the cards that ship say their direction in the same order as their names
        for card in cards().iter().filter(|card| card.translates_sentences()) {
            assert!(card.name.ends_with(&card.languages.join("-")), "{}", card.name);
        }
    }

    #[test]
    fn near_names_are_suggested() {
        assert_eq!(similar_names("Qwen3 0.6")[0], "qwen3-0.6b");
        assert_eq!(similar_names("qwen-4b-instruct")[0], "qwen3-4b-instruct-2507");
        assert_eq!(similar_names("smollm")[0], "smollm3-3b");
        assert_eq!(similar_names("zzz"), Vec::<String>::new());
    }
}
