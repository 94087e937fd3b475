//! One test a behaviour.

use std::fs;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use depeche::hub::{
    Event, FileState, Format, HubError, HubOptions, Lock, ModelSpec, NoModel, Resolution, list, ping,
    plan_of, pull, removal, resolve, show, verify,
};
use insta::assert_snapshot;

use crate::fake::{COMMIT, Fault, sha256, tag};
use crate::world::{Announcement, REPO, World, gguf, weights};

const SIZE: usize = 300_000;

// A download that works.

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

// A download that is interrupted.

#[test]
fn a_cut_download_goes_on_behind_the_bytes_that_are_there() {
    let world = World::new();
    world.hub.fault("cdn", "", Fault::CutAfter(120_000), 1);
    world.hub.fault("cdn", "", Fault::CutAfter(100_000), 1);
    let model = world.resolve(REPO).unwrap();
    assert_eq!(fs::read(&model.weights[0]).unwrap(), weights(SIZE, 1));
    assert_eq!(world.hub.cdn_ranges(), ["-", "bytes=120000-", "bytes=220000-"]);
    let retries: Vec<_> = world
        .events
        .take()
        .into_iter()
        .filter(|e| e.starts_with("retry"))
        .collect();
    assert_eq!(
        retries,
        [
            "retry model.safetensors after failure 1: the download of model.safetensors was cut at 120 kB of 300 kB",
            // The count begins anew because bytes arrived.
            "retry model.safetensors after failure 1: the download of model.safetensors was cut at 220 kB of 300 kB",
        ]
    );
}

#[test]
fn the_next_run_goes_on_where_the_last_one_gave_up() {
    let mut world = World::new();
    world.options.retries = 0;
    world.hub.fault("cdn", "", Fault::CutAfter(120_000), 1);
    assert_snapshot!(world.refusal(REPO), @"
    error: the download of model.safetensors was cut at 120 kB of 300 kB
    hint: run the command again: it goes on where it stopped
    ");
    let part = world.blob(REPO, &format!("{}.part", sha256(&weights(SIZE, 1))));
    assert_eq!(fs::metadata(&part).unwrap().len(), 120_000);
    world.events.take();

    let model = world.resolve(REPO).unwrap();
    assert_eq!(fs::read(&model.weights[0]).unwrap(), weights(SIZE, 1));
    assert_eq!(world.hub.cdn_ranges(), ["-", "bytes=120000-"]);
    assert!(!part.exists());
    let events = [
        "announce",
        "verify model.safetensors of 120000",
        "start model.safetensors of 300000 behind 120000",
        "done model.safetensors",
    ];
    assert_eq!(world.events.take(), events);
}

#[test]
fn a_connection_that_says_nothing_is_tried_again_and_given_up() {
    let world = World::new();
    world.hub.fault("cdn", "", Fault::HangUp, 99);
    assert_snapshot!(world.refusal(REPO), @"
    error: the connection to CDN failed
    cause: io: Peer disconnected
    hint: check the network, HF_ENDPOINT and the proxy settings (HTTPS_PROXY, NO_PROXY); `--offline` uses only what is cached
    ");
    assert_eq!(world.hub.cdn_ranges().len(), 3, "two retries");
}

#[test]
fn a_stalled_download_is_noticed_and_tried_again() {
    let mut world = World::new();
    world.options.read_timeout = Duration::from_millis(500);
    world
        .hub
        .fault("cdn", "", Fault::StallAfter(50_000, Duration::from_secs(6)), 1);
    let begin = Instant::now();
    world.resolve(REPO).unwrap();
    assert!(begin.elapsed() < Duration::from_secs(5));
    assert_eq!(world.hub.cdn_ranges(), ["-", "bytes=50000-"]);

    let mut world = World::new();
    world.options.read_timeout = Duration::from_millis(500);
    world
        .hub
        .fault("cdn", "", Fault::StallAfter(0, Duration::from_secs(6)), 99);
    assert_snapshot!(world.refusal(REPO), @"
    error: the download of model.safetensors stood still for 0.5 s at 0 bytes of 300 kB
    hint: run the command again: it goes on where it stopped
    ");
}

#[test]
fn a_server_that_ignores_ranges_is_read_from_the_start_and_never_appended() {
    let world = World::new();
    world.hub.fault("cdn", "", Fault::CutAfter(120_000), 1);
    world.hub.fault("cdn", "", Fault::IgnoreRange, 99);
    let model = world.resolve(REPO).unwrap();
    assert_eq!(fs::read(&model.weights[0]).unwrap(), weights(SIZE, 1));
    assert_eq!(world.hub.cdn_ranges(), ["-", "bytes=120000-"]);
}

#[test]
fn a_range_that_was_not_asked_for_is_thrown_away() {
    let world = World::new();
    world.hub.fault("cdn", "", Fault::CutAfter(120_000), 1);
    world.hub.fault("cdn", "", Fault::WrongRange, 1);
    let model = world.resolve(REPO).unwrap();
    assert_eq!(fs::read(&model.weights[0]).unwrap(), weights(SIZE, 1));
    assert_eq!(world.hub.cdn_ranges(), ["-", "bytes=120000-", "-"]);
}

#[test]
fn a_complete_part_is_checked_and_put_in_place_without_a_request() {
    let world = World::new();
    let content = weights(SIZE, 1);
    let part = world.blob(REPO, &format!("{}.part", sha256(&content)));
    fs::create_dir_all(part.parent().unwrap()).unwrap();
    fs::write(&part, &content).unwrap();
    world.resolve(REPO).unwrap();
    assert_eq!(world.hub.cdn_ranges(), Vec::<String>::new());
}

#[test]
fn a_part_that_the_server_cannot_continue_is_started_again() {
    let world = World::new();
    world.hub.fault("cdn", "", Fault::CutAfter(120_000), 1);
    world.hub.fault("cdn", "", Fault::Status(416, "", ""), 1);
    world.resolve(REPO).unwrap();
    assert_eq!(world.hub.cdn_ranges(), ["-", "bytes=120000-", "-"]);

    let world = World::new();
    world.hub.fault("cdn", "", Fault::Status(416, "", ""), 99);
    assert_snapshot!(world.refusal(REPO), @"
    error: CDN does not answer as a hub: it does not send the bytes of model.safetensors that were asked for
    hint: check HF_ENDPOINT and the proxy settings (HTTPS_PROXY, NO_PROXY)
    ");
}

// Content that is not what was announced.

#[test]
fn wrong_bytes_are_an_error_and_nothing_is_put_in_place() {
    let world = World::new();
    world.hub.fault("cdn", "", Fault::WrongByte, 99);
    assert_snapshot!(world.refusal(REPO), @"
    error: expected sha256 e6c886f3c2b4b42b956f5a3ba64c5cb880c30d28a8207b488805564ce407de88 for model.safetensors, but found adf06e481007b5fb09eff03bb55fa6739950c7cb8131ed1462c0395764ec4b12
    hint: the file was thrown away: run the command again; if it fails again, a proxy or mirror changes the files
    ");
    let blob = world.blob(REPO, &sha256(&weights(SIZE, 1)));
    assert!(!blob.exists() && !blob.with_extension("part").exists());
    assert!(!world.snapshot(REPO, COMMIT).join("model.safetensors").exists());

    let world = World::new();
    world.hub.fault(
        "hub",
        "resolve/1111111111111111111111111111111111111111/config.json",
        Fault::Status(
            200,
            "ETag: \"ce013625030ba8dba906f756967f9e9ca394464a\"\r\nX-Linked-Size: 6\r\n",
            "",
        ),
        1,
    );
    world.hub.fault(
        "hub",
        "resolve/1111111111111111111111111111111111111111/config.json",
        Fault::Status(200, "", "hullo\n"),
        1,
    );
    assert_snapshot!(world.refusal(REPO), @"
    error: expected git sha1 ce013625030ba8dba906f756967f9e9ca394464a for config.json, but found d05bb6c55560e0774e68c462503ca7e92f103111
    hint: the file was thrown away: run the command again; if it fails again, a proxy or mirror changes the files
    ");
}

#[test]
fn a_damaged_part_of_an_earlier_run_costs_one_more_attempt() {
    let world = World::new();
    let content = weights(SIZE, 1);
    let part = world.blob(REPO, &format!("{}.part", sha256(&content)));
    fs::create_dir_all(part.parent().unwrap()).unwrap();
    // As a crash of the machine may leave it: right length, wrong content.
    fs::write(&part, vec![0; 100_000]).unwrap();
    let model = world.resolve(REPO).unwrap();
    assert_eq!(fs::read(&model.weights[0]).unwrap(), content);
    assert_eq!(world.hub.cdn_ranges(), ["bytes=100000-", "-"]);
}

#[test]
fn more_bytes_than_announced_are_an_error() {
    let world = World::new();
    world.hub.fault("cdn", "", Fault::TooLong, 99);
    assert_snapshot!(world.refusal(REPO), @"
    error: expected 300000 bytes for model.safetensors, but found 300004
    hint: the file was thrown away: run the command again; if it fails again, a proxy or mirror changes the files
    ");
}

#[test]
fn names_that_would_leave_the_cache_are_refused() {
    let world = World::empty();
    world
        .hub
        .add(REPO, &[("../../../evil.safetensors", b"x"), ("README.md", b"x")]);
    assert_snapshot!(world.refusal(REPO), @"
    error: expected a .gguf or .safetensors model in `acme/tiny`, but found README.md
    hint: PyTorch, ONNX and MLX files cannot be loaded: take a repository with safetensors or GGUF files
    ");
    let world = World::new();
    world.hub.fault(
        "hub",
        "/resolve/",
        Fault::Status(200, "ETag: \"../../evil\"\r\n", "x"),
        9,
    );
    assert_snapshot!(world.refusal(REPO), @r#"
    error: HUB does not answer as a hub: "../../evil" is not an ETag
    hint: check HF_ENDPOINT and the proxy settings (HTTPS_PROXY, NO_PROXY)
    "#);
}

#[test]
fn a_file_of_another_commit_is_refused() {
    let world = World::new();
    let other = "X-Repo-Commit: 2222222222222222222222222222222222222222\r\nETag: \"aaa\"\r\n";
    world
        .hub
        .fault("hub", "/resolve/", Fault::Status(200, other, "x"), 9);
    assert_snapshot!(world.refusal(REPO), @"
    error: HUB does not answer as a hub: config.json is of commit 2222222222222222222222222222222222222222
    hint: check HF_ENDPOINT and the proxy settings (HTTPS_PROXY, NO_PROXY)
    ");
}

// Refusals.

#[test]
fn each_refusal_says_what_to_do() {
    let refused = |token: Option<&str>, path: &str, fault: Fault| {
        let mut world = World::new();
        world.options.token = token.and_then(depeche::hub::Token::new);
        world.hub.fault("hub", path, fault, 99);
        world.refusal(REPO)
    };
    let status = |status, headers, body| Fault::Status(status, headers, body);
    assert_snapshot!(refused(None, "/api/", status(401, "", r#"{"error":"Invalid username or password."}"#)), @r#"
    error: the hub refuses `acme/tiny` (401, "Invalid username or password")
    hint: check the repository's name; if it is private or gated, set HF_TOKEN to a token from https://huggingface.co/settings/tokens
    "#);
    assert_snapshot!(refused(Some("hf_x"), "/api/", status(401, "X-Error-Message: Invalid credentials in Authorization header\r\n", "")), @r#"
    error: the hub refuses `acme/tiny` (401, "Invalid credentials in Authorization header")
    hint: the token in HF_TOKEN or in the token file is not valid: make a new one at https://huggingface.co/settings/tokens
    "#);
    assert_snapshot!(refused(None, "/api/", status(401, "X-Error-Code: RepoNotFound\r\n", "")), @"
    error: the hub has no repository `acme/tiny` that is visible without a token
    hint: check the name on https://huggingface.co/models; for a private repository set HF_TOKEN
    ");
    let gated = "X-Error-Code: GatedRepo\r\nX-Error-Message: Access to model acme/tiny is restricted. You must have access to it and be authenticated to access it. Please log in.\r\n";
    assert_snapshot!(refused(None, "/resolve/", status(401, gated, "")), @r#"
    error: access to `acme/tiny` is restricted by its owner: "Access to model acme/tiny is restricted. You must have access to it and be authenticated to access it. Please log in"
    hint: accept the licence at http://HUB/acme/tiny, then set HF_TOKEN to a token from https://huggingface.co/settings/tokens
    "#);
    let gated = "X-Error-Code: GatedRepo\r\nX-Error-Message: Access to model acme/tiny is restricted and you are not in the authorized list. Visit https://huggingface.co/acme/tiny to ask for access.\r\n";
    assert_snapshot!(refused(Some("hf_x"), "/resolve/", status(403, gated, "")), @r#"
    error: access to `acme/tiny` is restricted by its owner: "Access to model acme/tiny is restricted and you are not in the authorized list. Visit https://huggingface.co/acme/tiny to ask for access"
    hint: accept the licence at http://HUB/acme/tiny with the account that the token belongs to; a fine-grained token also needs the permission to read gated repositories
    "#);
    assert_snapshot!(refused(Some("hf_x"), "/resolve/", status(403, "X-Error-Message: no rights\r\n", "")), @r#"
    error: the hub forbids access to `acme/tiny` (403, "no rights")
    hint: the account of the token has no access to this repository
    "#);
    assert_snapshot!(refused(None, "/api/", status(404, "", "")), @"
    error: the hub has no repository `acme/tiny` that is visible without a token
    hint: check the name on https://huggingface.co/models; for a private repository set HF_TOKEN
    ");
    assert_snapshot!(refused(None, "/resolve/", status(404, "X-Error-Code: EntryNotFound\r\n", "")), @"
    error: `acme/tiny` has no file `config.json` at revision 1111111111111111111111111111111111111111
    hint: `depeche models show acme/tiny` lists the files
    ");
    assert_snapshot!(refused(None, "/api/", status(429, "Retry-After: 3600\r\n", "")), @"
    error: the hub answers too many requests (429) and asks to wait 3600 s
    hint: try again in 3600 s; requests with a token (HF_TOKEN) have a higher limit
    ");
    assert_snapshot!(refused(None, "/api/", status(429, "", "")), @"
    error: the hub answers too many requests (429)
    hint: try again later; requests with a token (HF_TOKEN) have a higher limit
    ");
    assert_snapshot!(refused(None, "/api/", status(500, "", "<html>oh</html>")), @"
    error: the hub at HUB fails with status 500
    hint: try again later; what has been downloaded is kept
    ");
    assert_snapshot!(refused(None, "/resolve/", status(503, "X-Error-Message: Service is\tin maintenance.\r\n", "")), @r#"
    error: the hub at HUB fails with status 503: "Service is in maintenance"
    hint: try again later; what has been downloaded is kept
    "#);
    assert_snapshot!(refused(None, "/api/", status(418, "", "short and stout")), @r#"
    error: HUB answers with unexpected status 418: "short and stout"
    hint: check HF_ENDPOINT and the proxy settings (HTTPS_PROXY, NO_PROXY)
    "#);
    assert_snapshot!(refused(None, "/api/", status(200, "", "<html>a proxy's page</html>")), @"
    error: HUB does not answer as a hub: the description of `acme/tiny` cannot be read: expected value at line 1 column 1
    hint: check HF_ENDPOINT and the proxy settings (HTTPS_PROXY, NO_PROXY)
    ");
    assert_snapshot!(refused(None, "/api/", status(200, "", r#"{"sha": "../x", "siblings": []}"#)), @r#"
    error: HUB does not answer as a hub: "../x" is not a commit
    hint: check HF_ENDPOINT and the proxy settings (HTTPS_PROXY, NO_PROXY)
    "#);
    assert_snapshot!(refused(None, "/resolve/", status(200, "", "")), @"
    error: HUB does not answer as a hub: no ETag for config.json
    hint: check HF_ENDPOINT and the proxy settings (HTTPS_PROXY, NO_PROXY)
    ");
}

#[test]
fn what_is_asked_for_and_not_there_is_told_apart() {
    let world = World::new();
    assert_snapshot!(world.refusal("acme/other"), @"
    error: the hub has no repository `acme/other` that is visible without a token
    hint: check the name on https://huggingface.co/models; for a private repository set HF_TOKEN
    ");
    assert_snapshot!(world.refusal("acme/tiny@v9"), @"
    error: `acme/tiny` has no revision `v9`
    hint: leave `@revision` out for the default branch
    ");
    assert_snapshot!(world.refusal("acme/tiny:Q4_K_M"), @"
    error: no weight file of `acme/tiny` matches `Q4_K_M`
    hint: it has model.safetensors
    ");
    world.hub.add(
        "acme/torch",
        &[("pytorch_model.bin", b"x"), ("config.json", b"{}")],
    );
    assert_snapshot!(world.refusal("acme/torch"), @"
    error: expected a .gguf or .safetensors model in `acme/torch`, but found pytorch_model.bin
    hint: PyTorch, ONNX and MLX files cannot be loaded: take a repository with safetensors or GGUF files
    ");
    let part = gguf(SIZE, 1);
    world.hub.add(
        "acme/split",
        &[
            ("m-Q4_K_M-00001-of-00002.gguf", &part),
            ("m-Q4_K_M-00002-of-00002.gguf", &part),
        ],
    );
    assert_snapshot!(world.refusal("acme/split:*Q4_K_M*"), @"
    error: `m-Q4_K_M-00001-of-00002.gguf` is one part of a GGUF model that is split over several files, which is not supported
    hint: join the parts with `llama-gguf-split --merge`, or take a smaller quantization
    ");
}

#[test]
fn a_short_wait_that_the_hub_asks_for_is_sat_out() {
    let mut world = World::new();
    world.options.max_backoff = Duration::from_secs(1);
    world
        .hub
        .fault("hub", "/api/", Fault::Status(429, "Retry-After: 1\r\n", ""), 1);
    world.hub.fault("hub", "/resolve/", Fault::Status(500, "", ""), 1);
    let begin = Instant::now();
    world.resolve(REPO).unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(1));
    let retries: Vec<_> = world
        .events
        .take()
        .into_iter()
        .filter(|e| e.starts_with("retry"))
        .map(|e| world.tidy(&e))
        .collect();
    assert_eq!(
        retries,
        [
            "retry acme/tiny after failure 1: the hub answers too many requests (429) and asks to wait 1 s",
            "retry config.json after failure 1: the hub at HUB fails with status 500",
        ]
    );
}

#[test]
fn an_address_of_the_other_host_that_has_run_out_is_asked_for_again() {
    let world = World::new();
    world.hub.fault(
        "cdn",
        "",
        Fault::Status(403, "", "<Error><Code>AccessDenied</Code></Error>"),
        1,
    );
    world.resolve(REPO).unwrap();
    let log = world.hub.log();
    let gets = log
        .iter()
        .filter(|l| l.server == "hub" && l.method == "GET" && l.path.ends_with("model.safetensors"));
    assert_eq!(gets.count(), 2, "a new address for the second attempt");
}

// No network.

/// A port of this machine on which nothing listens.
fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

#[test]
fn without_a_network_the_cause_is_named() {
    let message = |endpoint: &str| {
        let mut world = World::empty();
        world.options.endpoint = endpoint.to_owned();
        world.options.connect_timeout = Duration::from_millis(500);
        world.refusal(REPO)
    };
    let port = free_port();
    assert_snapshot!(message(&format!("http://127.0.0.1:{port}")).replace(&port, "PORT"), @"
    error: no connection to 127.0.0.1:PORT
    cause: io: Connection refused (os error 111)
    hint: check the network, HF_ENDPOINT and the proxy settings (HTTPS_PROXY, NO_PROXY); `--offline` uses only what is cached
    ");
    // Where the name servers do not answer either, finding out takes longer than the limit.
    let unknown = message("http://hub.invalid");
    let first = unknown.lines().next().unwrap();
    assert!(
        first == "error: the name hub.invalid cannot be resolved"
            || first == "error: hub.invalid did not answer within 0.5 s",
        "{unknown}"
    );
    assert_snapshot!(message("not an address"), @"
    error: `not an address` is not the address of a hub
    hint: HF_ENDPOINT must begin with https:// or http://
    ");
    // Plain HTTP where TLS is expected.
    let world = World::new();
    let port = world.hub.endpoint().rsplit(':').next().unwrap().to_owned();
    let secure = message(&format!("https://127.0.0.1:{port}")).replace(&port, "PORT");
    assert_snapshot!(secure, @"
    error: the connection to 127.0.0.1:PORT failed
    cause: io: unexpected end of file
    hint: check the network, HF_ENDPOINT and the proxy settings (HTTPS_PROXY, NO_PROXY); `--offline` uses only what is cached
    ");
}

#[test]
fn a_server_that_accepts_and_says_nothing_is_a_timeout() {
    let mut world = World::empty();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    world.options.endpoint = format!("http://{address}");
    world.options.read_timeout = Duration::from_millis(150);
    assert_snapshot!(world.refusal(REPO).replace(&address, "SILENT"), @"
    error: SILENT did not answer within 0.15 s
    hint: check the network, HF_ENDPOINT and the proxy settings (HTTPS_PROXY, NO_PROXY); `--offline` uses only what is cached
    ");
}

#[test]
fn the_hub_is_asked_whether_it_answers() {
    let mut world = World::new();
    assert!(ping(&world.options).unwrap() < Duration::from_secs(5));
    world.hub.fault("hub", "", Fault::Status(503, "", ""), 1);
    assert_snapshot!(world.message(&ping(&world.options).unwrap_err()), @"
    error: the hub at HUB fails with status 503
    hint: try again later; what has been downloaded is kept
    ");
    world.options.offline = true;
    let connections = world.hub.connections();
    assert_snapshot!(world.message(&ping(&world.options).unwrap_err()), @"
    error: the network is switched off
    hint: run without `--offline` and HF_HUB_OFFLINE
    ");
    assert_eq!(world.hub.connections(), connections);
}

#[test]
fn a_download_stops_when_the_user_wants_it() {
    struct Impatient;
    impl depeche::hub::Progress for Impatient {
        fn event(&self, _: Event<'_>) {}
        fn cancelled(&self) -> bool {
            true
        }
    }
    let world = World::new();
    let error = resolve(&REPO.parse().unwrap(), &world.options, &Impatient).unwrap_err();
    assert_snapshot!(world.message(&error), @"
    error: the download of tokenizer.json was stopped at 0 bytes of 13 bytes
    hint: run the command again: it goes on where it stopped
    ");
}

#[test]
fn a_file_without_certificates_is_refused() {
    let mut world = World::new();
    let path = world.home().join("ca.pem");
    fs::write(&path, "nothing").unwrap();
    world.options.ca_file = Some(path);
    assert_snapshot!(world.refusal(REPO), @"
    error: `HOME/ca.pem` holds no PEM certificate
    hint: the file must hold certificates as `-----BEGIN CERTIFICATE-----` blocks
    ");
    assert_eq!(world.hub.connections(), 0);
}

#[test]
fn offline_never_opens_a_connection() {
    let mut world = World::new();
    world.options.offline = true;
    assert_snapshot!(world.refusal(REPO), @"
    error: `acme/tiny` is not in the cache, and the network is switched off
    hint: run without `--offline` and HF_HUB_OFFLINE, or run `depeche models pull acme/tiny` on a machine with a network and copy its cache here, or name a local folder or file
    ");
    assert_snapshot!(world.refusal("smollm3-3b"), @"
    error: `smollm3-3b:q4_k_m` is not in the cache, and the network is switched off
    hint: run without `--offline` and HF_HUB_OFFLINE, or run `depeche models pull smollm3-3b:q4_k_m` on a machine with a network and copy its cache here, or name a local folder or file
    ");
    for spec in [REPO, "qwen3-0.6b", "auto"] {
        let spec: ModelSpec = spec.parse().unwrap();
        let _ = resolve(&spec, &world.options, &());
        let _ = pull(&spec, &world.options, &());
        let _ = plan_of(&spec, &world.options, &());
        let _ = (show(&spec, &world.options), removal(&spec, &world.options));
        let _ = verify(Some(&spec), &world.options, &());
    }
    let _ = list(&world.options);
    assert_eq!(world.hub.connections(), 0);

    world.options.offline = false;
    let online = world.resolve(REPO).unwrap();
    let connections = world.hub.connections();
    world.options.offline = true;
    assert_eq!(world.resolve(REPO).unwrap(), online);
    fs::remove_file(online.config.unwrap()).unwrap();
    assert_snapshot!(world.refusal(REPO), @"
    error: `acme/tiny` is not in the cache (config.json of acme/tiny is missing), and the network is switched off
    hint: run without `--offline` and HF_HUB_OFFLINE, or run `depeche models pull acme/tiny` on a machine with a network and copy its cache here, or name a local folder or file
    ");
    assert_eq!(world.hub.connections(), connections);
}

// The disk.

/// The kernel's own device for a full disk stands in for the part.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_what_is_there_is_kept() {
    let world = World::new();
    let part = world.blob(REPO, &format!("{}.part", sha256(&weights(SIZE, 1))));
    fs::create_dir_all(part.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink("/dev/full", &part).unwrap();
    assert_snapshot!(world.refusal(REPO), @"
    error: no space left for model.safetensors in `HOME/hub/models--acme--tiny/blobs`: 300 kB are needed
    hint: free some space (`depeche models rm`), or put the cache on another disk with HF_HUB_CACHE; what has been downloaded is kept
    ");
}

#[test]
fn a_download_that_cannot_fit_is_not_begun() {
    let world = World::new();
    let huge = "ETag: \"0000000000000000000000000000000000000000000000000000000000000000\"\r\nX-Linked-Size: 9000000000000000000\r\n";
    world
        .hub
        .fault("hub", "model.safetensors", Fault::Status(200, huge, ""), 1);
    let message = world.refusal(REPO);
    let free = message
        .split("but ")
        .nth(1)
        .and_then(|m| m.split(" are free").next())
        .unwrap_or("?")
        .to_owned();
    assert_snapshot!(message.replace(&free, "SOME"), @"
    error: no space left for model.safetensors in `HOME/hub/models--acme--tiny/blobs`: 9000000 TB are needed, but SOME are free
    hint: free some space (`depeche models rm`), or put the cache on another disk with HF_HUB_CACHE; what has been downloaded is kept
    ");
    assert_eq!(world.hub.cdn_ranges(), Vec::<String>::new());
}

// Others who use the cache.

#[test]
fn two_at_once_download_once() {
    let world = World::new();
    let slow = Fault::Trickle(20_000, Duration::from_millis(150));
    world.hub.fault("cdn", "", slow, 1);
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| world.resolve(REPO));
        std::thread::sleep(Duration::from_millis(100));
        let second = scope.spawn(|| world.resolve(REPO));
        (first.join().unwrap().unwrap(), second.join().unwrap().unwrap())
    });
    assert_eq!(first, second);
    assert_eq!(world.hub.cdn_ranges(), ["-"]);
    assert!(
        world
            .events
            .take()
            .contains(&"waiting for model.safetensors".to_owned())
    );
}

#[test]
fn a_cache_of_the_python_client_is_used_as_it_is() {
    let mut world = World::empty();
    world.options.offline = true;
    // Its snapshot of a commit, without `refs/<commit>` and without a lock file of ours.
    let snapshot = world.snapshot("Qwen/Qwen3-0.6B", COMMIT);
    fs::create_dir_all(&snapshot).unwrap();
    fs::write(snapshot.join("model.safetensors"), weights(100, 1)).unwrap();
    fs::write(snapshot.join("config.json"), "{}").unwrap();
    fs::write(snapshot.join("tokenizer.json"), "{}").unwrap();
    assert_eq!(
        world
            .resolve(&format!("Qwen/Qwen3-0.6B@{COMMIT}"))
            .unwrap()
            .revision,
        COMMIT
    );
    assert_snapshot!(world.refusal("Qwen/Qwen3-0.6B"), @"
    error: `Qwen/Qwen3-0.6B` is not in the cache (revision main of Qwen/Qwen3-0.6B is missing), and the network is switched off
    hint: run without `--offline` and HF_HUB_OFFLINE, or run `depeche models pull Qwen/Qwen3-0.6B` on a machine with a network and copy its cache here, or name a local folder or file
    ");
    let refs = world.options.cache.join("models--Qwen--Qwen3-0.6B/refs");
    fs::create_dir_all(&refs).unwrap();
    fs::write(refs.join("main"), COMMIT).unwrap();
    assert_eq!(world.resolve("Qwen/Qwen3-0.6B").unwrap().revision, COMMIT);
    // By the card's name too: its default variant is not cached, this one is.
    assert_eq!(world.resolve("qwen3-0.6b").unwrap().name, "qwen3-0.6b:bf16");
}

// The lock file.

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

// `auto`.

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

// `models list|show|verify|rm`.

#[test]
fn models_are_listed_verified_and_removed() {
    let world = World::new();
    world.resolve(REPO).unwrap();
    let cached: Vec<_> = list(&world.options)
        .unwrap()
        .into_iter()
        .filter(|m| m.cached)
        .collect();
    assert_eq!(cached.len(), 1);
    assert_eq!(
        (cached[0].name.as_str(), cached[0].bytes),
        (REPO, Some(SIZE as u64))
    );

    let spec: ModelSpec = REPO.parse().unwrap();
    let details = show(&spec, &world.options).unwrap();
    let files: Vec<_> = details.repos[0]
        .files
        .iter()
        .map(|f| (f.name.as_str(), f.recorded))
        .collect();
    assert_eq!(
        files,
        [
            ("config.json", true),
            ("model.safetensors", true),
            ("tokenizer.json", true)
        ]
    );

    let states = |progress: &dyn depeche::hub::Progress| -> Vec<String> {
        let verified = verify(None, &world.options, progress).unwrap();
        verified
            .iter()
            .map(|v| format!("{} {:?}", v.name, v.state))
            .collect()
    };
    let seen = Mutex::new(0);
    let ok = states(&|e: Event<'_>| {
        if let Event::Position { bytes, .. } = e {
            *seen.lock().unwrap() = bytes;
        }
    });
    assert!(
        ok[1].contains("model.safetensors Ok { algorithm: \"sha256\" }"),
        "{ok:?}"
    );
    assert!(ok[0].contains("git sha1"), "{ok:?}");
    assert!(*seen.lock().unwrap() > 0);

    let blob = world.blob(REPO, &sha256(&weights(SIZE, 1)));
    fs::write(&blob, weights(SIZE, 2)).unwrap();
    let verified = verify(Some(&spec), &world.options, &()).unwrap();
    let damaged: Vec<_> = verified
        .iter()
        .filter(|v| matches!(v.state, FileState::Damaged { .. }))
        .collect();
    assert_eq!(damaged.len(), 1);
    damaged[0].discard().unwrap();
    assert!(!blob.exists());
    let again = world.resolve(REPO).unwrap();
    assert_eq!(fs::read(&again.weights[0]).unwrap(), weights(SIZE, 1));

    let removal = removal(&spec, &world.options);
    assert_eq!(removal.folders.len(), 1);
    assert_eq!(removal.bytes(), SIZE as u64 + 13 + 23 + COMMIT.len() as u64);
    removal.execute().unwrap();
    assert!(list(&world.options).unwrap().iter().all(|m| !m.cached));
}

#[test]
fn the_tokenizer_is_removed_with_the_card_and_not_with_a_variant() {
    let world = World::empty();
    world.hub.add("Qwen/Qwen3-0.6B", &[("tokenizer.json", b"{}")]);
    world.hub.add(
        "Qwen/Qwen3-0.6B-GGUF",
        &[("Qwen3-0.6B-Q8_0.gguf", &gguf(SIZE, 1))],
    );
    world.resolve("qwen3-0.6b").unwrap();
    let folders = |spec: &str| removal(&spec.parse().unwrap(), &world.options).folders.len();
    assert_eq!(
        (
            folders("qwen3-0.6b"),
            folders("qwen3-0.6b:q8_0"),
            folders("qwen3-0.6b:q4_k_m")
        ),
        (2, 1, 0)
    );
}
