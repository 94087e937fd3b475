//! Refusals of the Hub, and no network at all.

use std::fs;
use std::time::{Duration, Instant};

use depeche::hub::{Event, ModelSpec, list, ping, plan_of, pull, removal, resolve, show, verify};
use insta::assert_snapshot;

use crate::fake::Fault;
use crate::world::{REPO, SIZE, World, free_port, gguf};

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
