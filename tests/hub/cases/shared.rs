//! The disk, and others who use the cache: processes, the Python client, the user who looks after it.

use std::fs;
use std::sync::Mutex;
use std::time::Duration;

use depeche::hub::{Event, FileState, ModelSpec, list, removal, show, verify};
use insta::assert_snapshot;

use crate::fake::{COMMIT, Fault, sha256};
use crate::world::{REPO, SIZE, World, gguf, weights};

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
