//! Downloads that are cut, stall or come back as something else.

use std::fs;
use std::time::{Duration, Instant};

use insta::assert_snapshot;

use crate::fake::{COMMIT, Fault, sha256};
use crate::world::{REPO, SIZE, World, weights};

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
