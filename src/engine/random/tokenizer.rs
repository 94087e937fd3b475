//! A byte-level BPE tokenizer for random models, trained here on a few sentences and filled up with
//! made-up words to the size that the model wants.

use serde_json::{Map, Value, json};
use tokenizers::models::bpe::{BPE, BpeTrainer};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::{AddedToken, NormalizerWrapper, PostProcessorWrapper, TokenizerImpl};

/// Ends a document.
pub(super) const END_OF_TEXT: u32 = 0;
/// Begins a turn of a chat.
const START_OF_TURN: u32 = 1;
/// Ends a turn of a chat.
pub(super) const END_OF_TURN: u32 = 2;

/// Special tokens by their number.
pub(super) const SPECIAL: [&str; 3] = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

/// Tokens of the trained part, specials included: 256 bytes and some merges.
const TRAINED: usize = 500;

/// A chat template in the form of ChatML, with Qwen's switch for thinking.
pub(super) const CHAT_TEMPLATE: &str = "{%- for message in messages %}\
{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}\
{%- endfor %}\
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}\
{%- if enable_thinking is defined and enable_thinking is false %}\
{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}{%- endif %}";

const SENTENCES: &[&str] = &[
    "La société annonce une levée de fonds de 12 millions d’euros pour ouvrir trois centres de données en France.",
    "Le chiffre d'affaires du groupe a progressé de 8,5 % au troisième trimestre 2025, à 1,2 milliard d'euros.",
    "Selon la directrice générale, « la demande de puces pour l’intelligence artificielle reste supérieure à l'offre ».",
    "Les autorités européennes examinent le rachat, qui doit être conclu avant la fin de l'année prochaine.",
    "The company announced a new data centre and said that it would hire more than 300 engineers next year.",
    "Revenue grew by 20.5% in the third quarter, driven by demand for cloud services and artificial intelligence.",
    "{\"entities\": [{\"name\": \"\", \"type\": \"organization\"}], \"figures\": [{\"n\": 0, \"measure\": \"\"}]}",
    "Résume l'article en français. Summarize the article in English. Translate the following paragraph.",
    "# Titre\n\n- point un [1]\n- point deux [2]\n\n1. Les ventes ont baissé de 3 points, à 45 %.",
];

/// `tokenizer.json` with `size` tokens, or with those of the trained part when that is more.
pub(super) fn tokenizer(size: usize) -> Value {
    let mut json = trained();
    let Some(vocabulary) = json.pointer_mut("/model/vocab").and_then(Value::as_object_mut) else {
        return json;
    };
    let mut words = words();
    while vocabulary.len() < size {
        let Some(word) = words.next() else { break };
        if !vocabulary.contains_key(&word) {
            vocabulary.insert(word, json!(vocabulary.len()));
        }
    }
    json
}

/// `tokenizer_config.json`.
pub(super) fn settings() -> Value {
    json!({
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": null,
        "eos_token": SPECIAL[END_OF_TURN as usize],
        "pad_token": SPECIAL[END_OF_TEXT as usize],
        "clean_up_tokenization_spaces": false,
        "chat_template": CHAT_TEMPLATE,
    })
}

/// Tokens by their number, and the merges as `left right`, for GGUF.
pub(super) fn for_gguf(size: usize) -> (Vec<String>, Vec<String>) {
    let json = tokenizer(size);
    let empty = Map::new();
    let vocabulary = json.pointer("/model/vocab").and_then(Value::as_object);
    let mut tokens: Vec<(u64, String)> = vocabulary
        .unwrap_or(&empty)
        .iter()
        .map(|(token, id)| (id.as_u64().unwrap_or(0), token.clone()))
        .collect();
    tokens.sort();
    let merges = json.pointer("/model/merges").and_then(Value::as_array);
    let merges = merges.into_iter().flatten().map(|merge| match merge {
        Value::Array(pair) => {
            let parts: Vec<&str> = pair.iter().filter_map(Value::as_str).collect();
            parts.join(" ")
        }
        other => other.as_str().unwrap_or_default().to_owned(),
    });
    (
        tokens.into_iter().map(|(_, token)| token).collect(),
        merges.collect(),
    )
}

fn trained() -> Value {
    debug_assert_eq!(SPECIAL[START_OF_TURN as usize], "<|im_start|>");
    let mut trainer = BpeTrainer::builder()
        .vocab_size(TRAINED)
        .show_progress(false)
        .initial_alphabet(ByteLevel::alphabet().into_iter().collect())
        .special_tokens(SPECIAL.map(|token| AddedToken::from(token, true)).to_vec())
        .build();
    let bytes = ByteLevel::new(false, true, true);
    let mut tokenizer: TokenizerImpl<BPE, NormalizerWrapper, ByteLevel, PostProcessorWrapper, ByteLevel> =
        TokenizerImpl::new(BPE::default());
    tokenizer
        .with_pre_tokenizer(Some(bytes))
        .with_decoder(Some(bytes));
    let trained = tokenizer.train(&mut trainer, SENTENCES.iter().copied());
    trained
        .and_then(|tokenizer| tokenizer.to_string(false))
        .ok()
        .and_then(|json| serde_json::from_str(&json).ok())
        .expect("OK because the sentences are constant and a test trains on them")
}

/// ` ba`, ` be`, … ` baba`, …: words of one syllable and more, each with the byte-level space.
fn words() -> impl Iterator<Item = String> {
    const SYLLABLES: usize = 17 * 5;
    let syllable = |n: usize| {
        let consonant = b"bcdfghjklmnprstvz"[n / 5] as char;
        [consonant, b"aeiou"[n % 5] as char]
    };
    (0..).map(move |number: usize| {
        let mut word = String::from("\u{120}");
        let mut left = number;
        loop {
            word.extend(syllable(left % SYLLABLES));
            left /= SYLLABLES;
            if left == 0 {
                return word;
            }
            left -= 1;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokenizers::Tokenizer;

    #[test]
    fn text_comes_back_from_its_tokens() {
        let json = tokenizer(600);
        let tokenizer: Tokenizer = json.to_string().parse().unwrap();
        assert_eq!(tokenizer.get_vocab_size(true), 600);
        let text = "Déjà 20,5\u{202f}% « oui » — 10\u{a0}€ \u{1f600}\n";
        let encoded = tokenizer.encode(text, false).unwrap();
        assert_eq!(tokenizer.decode(encoded.get_ids(), true).unwrap(), text);
        assert_eq!(tokenizer.token_to_id("<|im_end|>"), Some(END_OF_TURN));
    }

    #[test]
    fn every_token_of_a_large_vocabulary_is_a_word_of_its_own() {
        let (tokens, merges) = for_gguf(20_000);
        assert_eq!(tokens.len(), 20_000);
        let distinct: std::collections::HashSet<_> = tokens.iter().collect();
        assert_eq!(distinct.len(), 20_000);
        assert!(merges.iter().all(|merge| merge.contains(' ')));
    }
}
