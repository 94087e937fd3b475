//! Broken model files are typed errors that name what is broken, and never a panic.

use crate::support::*;
use candle_core::Device;
use depeche::engine::random::{Family, FloatType, RandomModel, Size};
use depeche::engine::{Decoder, EngineError, LoadOptions, ModelFiles};
use std::path::Path;

fn small() -> Size {
    Size {
        layers: 1,
        ..Size::TINY
    }
}

fn try_load(path: &Path) -> Result<Decoder, EngineError> {
    let files = ModelFiles::find(path)?;
    Decoder::load(&files, &Device::Cpu, &LoadOptions::default())
}

/// Loads a GGUF file of these bytes.
fn load_gguf(bytes: &[u8]) -> Result<Decoder, EngineError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    std::fs::write(&path, bytes).unwrap();
    try_load(&path)
}

/// Loads a folder with a true `config.json` and these bytes as safetensors.
fn load_safetensors(bytes: &[u8]) -> Result<Decoder, EngineError> {
    let (folder, _) = files(Family::Qwen3, small(), F32);
    std::fs::write(folder.path().join("model.safetensors"), bytes).unwrap();
    try_load(folder.path())
}

fn gguf_bytes() -> Vec<u8> {
    let (_folder, files) = files(Family::Llama, small(), Kind::Gguf("q8_0"));
    let ModelFiles::Gguf(path) = files else {
        unreachable!("a GGUF file was written");
    };
    std::fs::read(path).unwrap()
}

fn safetensors_bytes() -> Vec<u8> {
    let (folder, _) = files(Family::Qwen3, small(), F32);
    std::fs::read(folder.path().join("model.safetensors")).unwrap()
}

fn find(bytes: &[u8], text: &str) -> usize {
    let found = bytes
        .windows(text.len())
        .position(|window| window == text.as_bytes());
    found.unwrap_or_else(|| panic!("{text} is not in the file"))
}

/// A file cut at every fiftieth of its length, and near its ends.
fn cuts(length: usize) -> impl Iterator<Item = usize> {
    let fiftieths = (0..50).map(move |i| i * length / 50);
    fiftieths
        .chain([1, 3, 4, 7, 8, 15, 16, 23, 24, 31, 60, 200])
        .chain([length - 1])
}

#[test]
fn a_cut_gguf_file_is_an_error_wherever_it_is_cut() {
    let bytes = gguf_bytes();
    assert!(load_gguf(&bytes).is_ok());
    let mut truncated = 0;
    for cut in cuts(bytes.len()) {
        match load_gguf(&bytes[..cut]) {
            Err(EngineError::Malformed { format: "GGUF", .. }) => {}
            Err(EngineError::Truncated { found, .. }) => {
                assert_eq!(found, cut as u64);
                truncated += 1;
            }
            other => panic!("cut at {cut}: {:?}", other.map(|_| ())),
        }
    }
    assert!(truncated > 10);
}

#[test]
fn a_cut_safetensors_file_is_an_error_wherever_it_is_cut() {
    let bytes = safetensors_bytes();
    assert!(load_safetensors(&bytes).is_ok());
    for cut in cuts(bytes.len()) {
        match load_safetensors(&bytes[..cut]) {
            Err(EngineError::Malformed { .. } | EngineError::Truncated { .. }) => {}
            other => panic!("cut at {cut}: {:?}", other.map(|_| ())),
        }
    }
}

#[test]
fn garbage_in_a_header_never_panics() {
    let (gguf, safetensors) = (gguf_bytes(), safetensors_bytes());
    let tensors = find(&gguf, "token_embd.weight");
    let mut state = 1u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for round in 0..400 {
        let mut bytes = gguf.clone();
        // Settings in one half of the rounds, descriptions of tensors in the other.
        let (from, span) = if round % 2 == 0 {
            (0, 900)
        } else {
            (tensors - 40, 700)
        };
        for _ in 0..1 + random(4) {
            bytes[from + random(span)] = random(256) as u8;
        }
        let _ = load_gguf(&bytes);
    }
    let header = u64::from_le_bytes(safetensors[..8].try_into().unwrap()) as usize;
    for _ in 0..200 {
        let mut bytes = safetensors.clone();
        for _ in 0..1 + random(3) {
            bytes[random(8 + header)] = random(256) as u8;
        }
        let _ = load_safetensors(&bytes);
    }
    for length in [0, 1, 8, 100, 5000] {
        let noise: Vec<u8> = (0..length).map(|_| random(256) as u8).collect();
        assert!(load_gguf(&noise).is_err());
        assert!(load_safetensors(&noise).is_err());
    }
}

#[test]
fn absurd_counts_and_sizes_are_refused_before_memory_is_taken() {
    let bytes = gguf_bytes();
    let patched = |at: usize, patch: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[at..at + patch.len()].copy_from_slice(patch);
        load_gguf(&bytes).map(|_| ()).unwrap_err()
    };
    let huge = u64::MAX.to_le_bytes();
    for at in [8, 16] {
        assert!(matches!(patched(at, &huge), EngineError::Malformed { .. }));
    }
    // A token list of absurd length, and one whose size overflows.
    let tokens = find(&bytes, "tokenizer.ggml.tokens") + "tokenizer.ggml.tokens".len() + 8;
    for count in [u64::MAX, u64::MAX / 8, 1 << 40] {
        assert!(matches!(
            patched(tokens, &count.to_le_bytes()),
            EngineError::Malformed { .. }
        ));
    }
    // Dimensions of a tensor: product overflows, or is merely not what the settings say.
    let name = find(&bytes, "blk.0.attn_q.weight") + "blk.0.attn_q.weight".len();
    for dims in [[u64::MAX, u64::MAX], [1 << 33, 1 << 33], [0, 0], [64, 32]] {
        let patch: Vec<u8> = dims.iter().flat_map(|d| d.to_le_bytes()).collect();
        match patched(name + 4, &patch) {
            EngineError::TensorShape { name, expected, .. } => {
                assert_eq!(name, "blk.0.attn_q.weight");
                assert_eq!(expected, [64, 64]);
            }
            other => panic!("{other}"),
        }
    }
    // An offset beyond the file, and one that overflows.
    for offset in [1 << 40, u64::MAX] {
        let patch = u64::to_le_bytes(offset);
        assert!(matches!(
            patched(name + 24, &patch),
            EngineError::Truncated { .. }
        ));
    }
    // A type that does not exist.
    assert!(matches!(
        patched(name + 20, &99u32.to_le_bytes()),
        EngineError::Malformed { .. }
    ));
}

#[test]
fn an_alignment_of_zero_is_an_error() {
    let bytes = gguf_bytes();
    // Take a setting of the same length over: the key has 17 letters too.
    let at = find(&bytes, "llama.block_count");
    for (value, wrong) in [(0u32, true), (3, true), (32, false)] {
        let mut bytes = bytes.clone();
        bytes[at..at + 17].copy_from_slice(b"general.alignment");
        bytes[at + 21..at + 25].copy_from_slice(&value.to_le_bytes());
        match load_gguf(&bytes).map(|_| ()).unwrap_err() {
            EngineError::Malformed { reason, .. } if wrong => assert!(reason.contains("power of two")),
            EngineError::Config { field, .. } if !wrong => assert_eq!(field, "llama.block_count"),
            other => panic!("{value}: {other}"),
        }
    }
}

#[test]
fn an_unknown_architecture_is_named_with_the_supported_ones() {
    let mut bytes = gguf_bytes();
    let at = find(&bytes, "general.architecture") + "general.architecture".len() + 12;
    bytes[at..at + 5].copy_from_slice(b"mamba");
    let message = load_gguf(&bytes).map(|_| ()).unwrap_err().to_string();
    assert!(
        message.contains("\"mamba\"") && message.contains("qwen3"),
        "{message}"
    );
}

#[test]
fn missing_and_misshaped_tensors_are_named() {
    // The settings ask for one layer more, or for a wider feed-forward layer, than the files hold.
    for (field, value, expected) in [
        ("num_hidden_layers", 2, "model.layers.1.input_layernorm.weight"),
        ("intermediate_size", 128, "model.layers.0.mlp.gate_proj.weight"),
        ("vocab_size", 511, "model.embed_tokens.weight"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut model = RandomModel::new(Family::Llama, small(), 1);
        model.write_safetensors(folder.path(), FloatType::F32).unwrap();
        model.settings[field] = value.into();
        let config = folder.path().join("config.json");
        std::fs::write(config, model.settings.to_string()).unwrap();
        match try_load(folder.path()).map(|_| ()).unwrap_err() {
            EngineError::MissingTensor { name } => assert_eq!(name, expected),
            EngineError::TensorShape {
                name,
                expected: shape,
                found,
            } => {
                assert_eq!(name, expected);
                assert_ne!(shape, found);
            }
            other => panic!("{field}: {other}"),
        }
    }
}

#[test]
fn tensors_of_unreadable_types_are_named() {
    let mut bytes = safetensors_bytes();
    let at = find(&bytes, "\"F32\"");
    bytes[at + 1..at + 4].copy_from_slice(b"I32");
    match load_safetensors(&bytes).map(|_| ()).unwrap_err() {
        EngineError::TensorType { name, found, .. } => {
            assert_eq!(name, "model.embed_tokens.weight");
            assert_eq!(found, "I32");
        }
        other => panic!("{other}"),
    }
}

#[test]
fn folders_without_a_model_say_what_was_looked_for() {
    let folder = tempfile::tempdir().unwrap();
    let error = try_load(folder.path()).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("config.json with .safetensors files"));
    assert!(error.hint().is_some());
    assert!(matches!(
        try_load(&folder.path().join("nothing")).map(|_| ()),
        Err(EngineError::Io { .. })
    ));
    std::fs::write(folder.path().join("config.json"), "{").unwrap();
    std::fs::write(folder.path().join("model.safetensors"), "").unwrap();
    let error = try_load(folder.path()).map(|_| ()).unwrap_err();
    assert!(matches!(error, EngineError::Malformed { format: "JSON", .. }));
}
