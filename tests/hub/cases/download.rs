//! Downloads that work: layout, order, announcement, variants.

use std::fs;

use depeche::hub::{Format, ModelSpec, resolve};
use insta::assert_snapshot;

use crate::fake::{COMMIT, sha256, tag};
use crate::world::{Announcement, REPO, SIZE, World, gguf, weights};

#[test]
fn a_download_makes_the_python_clients_layout() {
    let world = World::new();
    let model = world.resolve(REPO).unwrap();
    assert_eq!(
        (
            model.name.as_str(),
            model.source.as_str(),
            model.revision.as_str()
        ),
        (REPO, REPO, COMMIT)
    );
    assert_eq!(model.format, Format::Safetensors);
    let snapshot = world.snapshot(REPO, COMMIT);
    assert_eq!(model.weights, [snapshot.join("model.safetensors")]);
    assert_eq!(model.config, Some(snapshot.join("config.json")));
    assert_eq!(model.tokenizer, Some(snapshot.join("tokenizer.json")));
    assert_eq!((&model.tokenizer_config, &model.chat_template), (&None, &None));

    let content = weights(SIZE, 1);
    assert_eq!(fs::read(&model.weights[0]).unwrap(), content);
    let root = world.options.cache.join("models--acme--tiny");
    assert_eq!(fs::read_to_string(root.join("refs/main")).unwrap(), COMMIT);
    let mut blobs: Vec<String> = fs::read_dir(root.join("blobs"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    blobs.sort();
    let mut expected = vec![
        tag(b"{\"model_type\": \"llama\"}"),
        tag(b"{\"model\": {}}"),
        sha256(&content),
    ];
    expected.sort();
    assert_eq!(
        blobs, expected,
        "each blob is named by its hash, and README.md was not fetched"
    );
    #[cfg(unix)]
    assert_eq!(
        fs::read_link(&model.weights[0]).unwrap(),
        std::path::Path::new("../../blobs").join(sha256(&content))
    );
    let order = [
        "announce",
        "start tokenizer.json of 13",
        "done tokenizer.json",
        "start config.json of 23",
        "done config.json",
        "start model.safetensors of 300000",
        "done model.safetensors",
    ];
    assert_eq!(world.events.take(), order);
}

#[test]
fn what_is_cached_is_used_without_a_request() {
    let world = World::new();
    let first = world.resolve(REPO).unwrap();
    let connections = world.hub.connections();
    assert_eq!(world.resolve(REPO).unwrap(), first);
    assert_eq!(
        world.resolve(&format!("{REPO}@{COMMIT}")).unwrap().revision,
        COMMIT
    );
    assert_eq!(world.hub.connections(), connections);
}

#[test]
fn the_announcement_says_repository_revision_licence_and_size() {
    let world = World::empty();
    world.hub.add(
        "Qwen/Qwen3-0.6B",
        &[("config.json", b"{}"), ("tokenizer.json", b"{}")],
    );
    world.hub.add(
        "Qwen/Qwen3-0.6B-GGUF",
        &[("Qwen3-0.6B-Q8_0.gguf", &gguf(SIZE, 1)), ("README.md", b"x")],
    );
    let heard = Announcement::default();
    let spec: ModelSpec = "qwen3-0.6b".parse().unwrap();
    resolve(&spec, &world.options, &heard).unwrap();
    assert_snapshot!(heard.0.lock().unwrap(), @"
    model      Qwen3 0.6B
    weights    Qwen/Qwen3-0.6B-GGUF, revision main (111111111111)
    tokenizer  Qwen/Qwen3-0.6B, revision main (111111111111)
    licence    Apache-2.0
    download   300 kB in 3 files
    ");
}

#[test]
fn a_gguf_model_of_a_card_takes_the_tokenizer_of_the_models_own_repository() {
    let world = World::empty();
    world.hub.add(
        "Qwen/Qwen3-0.6B",
        &[("tokenizer.json", b"{}"), ("tokenizer_config.json", b"{}")],
    );
    world.hub.add(
        "Qwen/Qwen3-0.6B-GGUF",
        &[("Qwen3-0.6B-Q8_0.gguf", &gguf(SIZE, 1))],
    );
    let model = world.resolve("Qwen3-0.6B").unwrap();
    assert_eq!(model.name, "qwen3-0.6b:q8_0");
    assert_eq!(
        model
            .card
            .map(|c| c.chat.template_args["enable_thinking"] == false),
        Some(true)
    );
    assert_eq!(
        (model.format, model.quantization.as_deref()),
        (Format::Gguf, Some("Q8_0"))
    );
    let own = world.snapshot("Qwen/Qwen3-0.6B", COMMIT);
    assert_eq!(model.tokenizer, Some(own.join("tokenizer.json")));
    assert_eq!(
        model.tokenizer_source,
        Some(("Qwen/Qwen3-0.6B".to_owned(), COMMIT.to_owned()))
    );
    // The repository by its own name is the same model, with the same card.
    let same = world.resolve("Qwen/Qwen3-0.6B-GGUF").unwrap();
    assert_eq!((same.card, same.weights), (model.card, model.weights));
}

#[test]
fn a_gguf_repository_without_a_card_names_its_base_model() {
    let world = World::empty();
    world.hub.add("acme/base", &[("tokenizer.json", b"{}")]);
    let extra = r#""cardData": {"base_model": ["acme/base"], "license": "mit"}"#;
    let (q4, q8) = (gguf(SIZE, 1), gguf(SIZE, 2));
    world.hub.add_with(
        "acme/quants",
        &[("t-Q4_K_M.gguf", &q4), ("t-Q8_0.gguf", &q8)],
        extra,
    );
    let model = world.resolve("acme/quants").unwrap();
    assert_eq!(model.quantization.as_deref(), Some("Q4_K_M"));
    assert_eq!(
        model.tokenizer,
        Some(world.snapshot("acme/base", COMMIT).join("tokenizer.json"))
    );
    // The lock file remembers the base model, so that the network is not needed to find it again.
    let connections = world.hub.connections();
    assert_eq!(world.resolve("acme/quants").unwrap().tokenizer, model.tokenizer);
    assert_eq!(world.hub.connections(), connections);
    assert_eq!(
        world.resolve("acme/quants:q8_0").unwrap().quantization.as_deref(),
        Some("Q8_0")
    );
}

#[test]
fn all_shards_are_fetched() {
    let world = World::empty();
    let index = br#"{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}"#;
    world.hub.add(
        REPO,
        &[
            ("config.json", b"{}"),
            ("tokenizer.json", b"{}"),
            ("model.safetensors.index.json", index),
            ("model-00001-of-00002.safetensors", &weights(SIZE, 1)),
            ("model-00002-of-00002.safetensors", &weights(SIZE, 2)),
            ("model.fp32-00001-of-00001.safetensors", &weights(SIZE, 3)),
        ],
    );
    let model = world.resolve(REPO).unwrap();
    let names: Vec<_> = model
        .weights
        .iter()
        .map(|w| w.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors"
        ]
    );
    assert_eq!(model.weight_bytes(), 2 * SIZE as u64);
}

#[test]
fn the_token_goes_to_the_hub_and_not_to_the_host_it_redirects_to() {
    let mut world = World::new();
    world.options.token = depeche::hub::Token::new("hf_secret");
    world.resolve(REPO).unwrap();
    let log = world.hub.log();
    assert!(log.iter().any(|l| l.server == "cdn"));
    for request in log {
        let expected = (request.server == "hub").then(|| "Bearer hf_secret".to_owned());
        assert_eq!(request.token, expected, "{} {}", request.method, request.path);
    }
}

#[test]
fn a_renamed_repository_is_followed_and_a_loop_is_not() {
    let world = World::new();
    world.hub.rename("acme/old", REPO);
    let model = world.resolve("acme/old").unwrap();
    assert_eq!(fs::read(&model.weights[0]).unwrap(), weights(SIZE, 1));
    world.hub.rename("acme/loop", "acme/loop");
    assert_snapshot!(world.refusal("acme/loop"), @"
    error: HUB does not answer as a hub: more than 10 redirects
    hint: check HF_ENDPOINT and the proxy settings (HTTPS_PROXY, NO_PROXY)
    ");
}
