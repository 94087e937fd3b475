//! The lock file, and `auto`.

use std::fs;

use depeche::hub::{HubError, HubOptions, Lock, ModelSpec, NoModel, Resolution, pull, resolve};
use insta::assert_snapshot;

use crate::fake::{COMMIT, sha256};
use crate::world::{REPO, SIZE, World, free_port, gguf, weights};

const NEXT: &str = "2222222222222222222222222222222222222222";

#[test]
fn the_revision_of_the_first_download_stands_until_pull() {
    let world = World::new();
    world.resolve(REPO).unwrap();
    let lock = Lock::read(&world.options.lock_file).unwrap();
    let entry = lock.entry(REPO, "main").unwrap();
    assert_eq!(
        entry.file("model.safetensors").unwrap().hash,
        sha256(&weights(SIZE, 1))
    );

    world
        .hub
        .commit(REPO, NEXT, "model.safetensors", &weights(SIZE, 9));
    let spec: ModelSpec = REPO.parse().unwrap();
    assert_eq!(world.resolve(REPO).unwrap().revision, COMMIT);
    assert_eq!(pull(&spec, &world.options, &()).unwrap().unwrap().revision, NEXT);
    assert_eq!(world.resolve(REPO).unwrap().revision, NEXT);
    let lock = Lock::read(&world.options.lock_file).unwrap();
    assert_eq!(lock.entry(REPO, "main").unwrap().revision, NEXT);
}

#[test]
fn locked_accepts_only_what_was_recorded() {
    let mut world = World::new();
    world.options.locked = true;
    assert_snapshot!(world.refusal(REPO), @"
    error: `acme/tiny` at `main` is not in the lock file `HOME/depeche.lock`
    hint: record it with `depeche models pull acme/tiny`, or run without `--locked`
    ");
    world.options.locked = false;
    world.resolve(REPO).unwrap();
    world.options.locked = true;
    let model = world.resolve(REPO).unwrap();

    // Another program moves the branch: the recorded revision is taken all the same.
    let refs = world.options.cache.join("models--acme--tiny/refs/main");
    fs::write(&refs, NEXT).unwrap();
    assert_eq!(world.resolve(REPO).unwrap().revision, COMMIT);

    // One changed byte is noticed.
    let blob = model.weights[0].canonicalize().unwrap();
    let mut bytes = fs::read(&blob).unwrap();
    bytes[1000] ^= 1;
    fs::write(&blob, bytes).unwrap();
    assert_snapshot!(world.refusal(REPO), @"
    error: model.safetensors of `acme/tiny` is not the file that the lock file records: expected e6c886f3c2b4b42b956f5a3ba64c5cb880c30d28a8207b488805564ce407de88, but found 3b616d3a4d5f10e506cc87ce0a8d8d0000c2f1583750cd387d7c18dea769b830
    hint: `depeche models pull` fetches the model again and records it; without `--locked` it is used as it is
    ");
}

#[test]
fn a_lock_file_brings_the_same_revision_to_another_machine() {
    let world = World::new();
    world.resolve(REPO).unwrap();
    let other = tempfile::tempdir().unwrap();
    let options = HubOptions {
        cache: other.path().join("hub"),
        lock_file: world.options.lock_file.clone(),
        locked: true,
        ..world.options.clone()
    };
    let spec: ModelSpec = REPO.parse().unwrap();
    match resolve(&spec, &options, &()).unwrap() {
        Resolution::Model(model) => assert_eq!(model.revision, COMMIT),
        Resolution::NoModel(why) => panic!("{why}"),
    }
    // A hub that has other content under the recorded name is refused before anything is fetched.
    let third = tempfile::tempdir().unwrap();
    let options = HubOptions {
        cache: third.path().join("hub"),
        ..options
    };
    world
        .hub
        .commit(REPO, COMMIT, "model.safetensors", &weights(SIZE, 9));
    world.hub.clear_log();
    let error = resolve(&spec, &options, &()).unwrap_err();
    assert_snapshot!(world.message(&error), @"
    error: model.safetensors of `acme/tiny` is not the file that the lock file records: expected e6c886f3c2b4b42b956f5a3ba64c5cb880c30d28a8207b488805564ce407de88, but found 898bc146de849bdea6c7fd1a15528d0caf0c24a7e2a91d5a16814394c8ae3680
    hint: `depeche models pull` fetches the model again and records it; without `--locked` it is used as it is
    ");
    assert_eq!(world.hub.cdn_ranges(), Vec::<String>::new());
}

#[test]
fn auto_goes_on_without_a_model_when_the_hub_cannot_be_reached() {
    let mut world = World::empty();
    world.options.memory = Some(16_000_000_000);
    let auto = |options: &HubOptions| match resolve(&ModelSpec::Auto, options, &()).unwrap() {
        Resolution::NoModel(why) => why,
        Resolution::Model(model) => panic!("{model:?}"),
    };
    let offline = HubOptions {
        offline: true,
        ..world.options.clone()
    };
    let why = auto(&offline);
    assert!(matches!(why, NoModel::Unavailable(HubError::Offline { .. })));
    assert_snapshot!(why.to_string(), @"no model is cached, and the network is switched off");
    let port = free_port();
    let refused = HubOptions {
        endpoint: format!("http://127.0.0.1:{port}"),
        ..world.options.clone()
    };
    assert_snapshot!(auto(&refused).to_string().replace(&port, "PORT"), @"no model is cached, and none can be downloaded: no connection to 127.0.0.1:PORT");
    let small = HubOptions {
        memory: Some(500_000_000),
        ..world.options.clone()
    };
    assert_snapshot!(auto(&small).to_string(), @"no known model fits into 500 MB of free memory");
}

#[test]
fn auto_takes_what_is_cached_and_else_what_fits() {
    let mut world = World::empty();
    let q4 = gguf(SIZE, 1);
    for (repo, own, file) in [
        (
            "ggml-org/SmolLM3-3B-GGUF",
            "HuggingFaceTB/SmolLM3-3B",
            "SmolLM3-Q4_K_M.gguf",
        ),
        (
            "unsloth/Qwen3-1.7B-GGUF",
            "Qwen/Qwen3-1.7B",
            "Qwen3-1.7B-Q4_K_M.gguf",
        ),
        (
            "unsloth/Qwen3-4B-Instruct-2507-GGUF",
            "Qwen/Qwen3-4B-Instruct-2507",
            "Qwen3-4B-Instruct-2507-Q4_K_M.gguf",
        ),
    ] {
        world.hub.add(repo, &[(file, &q4)]);
        world.hub.add(own, &[("tokenizer.json", b"{}")]);
    }
    let auto = |options: &HubOptions| match resolve(&ModelSpec::Auto, options, &()).unwrap() {
        Resolution::NoModel(why) => panic!("{why}"),
        Resolution::Model(model) => (model.name, model.reason.unwrap()),
    };
    let with = |memory: u64, accelerated: bool| {
        let dir = tempfile::tempdir().unwrap();
        let options = HubOptions {
            memory: Some(memory),
            accelerated,
            cache: dir.path().to_owned(),
            ..world.options.clone()
        };
        auto(&options)
    };
    assert_eq!(with(80_000_000_000, true).0, "qwen3-4b-instruct-2507:q4_k_m");
    assert_eq!(
        with(16_000_000_000, false).0,
        "smollm3-3b:q4_k_m",
        "4B is too slow for a CPU"
    );
    let (name, reason) = with(2_500_000_000, false);
    assert_eq!(name, "qwen3-1.7b:q4_k_m");
    assert_snapshot!(reason, @"none is cached; the best known model for a CPU with 2.5 GB of free memory");

    // What is cached goes before what is better.
    world.options.memory = Some(16_000_000_000);
    world.resolve("qwen3-1.7b").unwrap();
    let connections = world.hub.connections();
    let (name, reason) = auto(&world.options);
    assert_eq!(name, "qwen3-1.7b:q4_k_m");
    assert_snapshot!(reason, @"the best cached model that fits into 16.0 GB of free memory");
    assert_eq!(world.hub.connections(), connections);
}
