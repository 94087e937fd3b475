//! `depeche models` from the outside: what it prints, how it exits, and that a kill costs nothing.

#![allow(clippy::unwrap_used)]

#[path = "hub/fake.rs"]
mod fake;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use fake::{COMMIT, FakeHub, Fault, sha256};
use insta::assert_snapshot;

const REPO: &str = "acme/tiny";

struct Shell {
    hub: FakeHub,
    home: tempfile::TempDir,
}

fn weights() -> Vec<u8> {
    let mut bytes = b"\x02\0\0\0\0\0\0\0{}".to_vec();
    bytes.extend((0..8_000_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8));
    bytes
}

impl Shell {
    fn new() -> Shell {
        let hub = FakeHub::start();
        let files: [(&str, &[u8]); 3] = [
            ("config.json", b"{}"),
            ("tokenizer.json", b"{}"),
            ("model.safetensors", &weights()),
        ];
        hub.add(REPO, &files);
        Shell {
            hub,
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_depeche"));
        command.args(args).current_dir(self.home.path()).env_clear();
        command
            .env("HF_HOME", self.home.path())
            .env("HF_ENDPOINT", self.hub.endpoint());
        command.stdin(Stdio::null());
        command
    }

    /// Exit status, standard output and standard error, with what differs from run to run replaced.
    fn run(&self, args: &[&str]) -> String {
        let output: Output = self.command(args).output().unwrap();
        let part = |bytes: &[u8]| {
            let text = self.hub.tidy(&String::from_utf8_lossy(bytes));
            text.replace(self.home.path().to_str().unwrap(), "HOME")
        };
        let status = output.status.code().unwrap();
        format!(
            "exit {status}\n--- stdout\n{}--- stderr\n{}",
            part(&output.stdout),
            part(&output.stderr)
        )
    }

    fn part(&self) -> PathBuf {
        let name = format!("{}.part", sha256(&weights()));
        self.home.path().join("hub/models--acme--tiny/blobs").join(name)
    }
}

fn wait_for(what: &str, mut there: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !there() {
        assert!(begin.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |m| m.len())
}

#[test]
fn pull_announces_downloads_and_prints_the_path() {
    let shell = Shell::new();
    assert_snapshot!(shell.run(&["models", "pull", REPO, "--dry-run"]), @"
    exit 0
    --- stdout
    model      acme/tiny
    weights    acme/tiny, revision main (111111111111)
    licence    apache-2.0
    download   8.0 MB in 3 files
    --- stderr
    ");
    assert_eq!(shell.hub.cdn_ranges(), Vec::<String>::new());
    assert_snapshot!(shell.run(&["models", "pull", REPO]), @"
    exit 0
    --- stdout
    HOME/hub/models--acme--tiny/snapshots/1111111111111111111111111111111111111111/model.safetensors
    --- stderr
    model      acme/tiny
    weights    acme/tiny, revision main (111111111111)
    licence    apache-2.0
    download   8.0 MB in 3 files
    model.safetensors: 8.0 MB checked
    acme/tiny is complete at revision 1111111111111111111111111111111111111111
    ");
    assert_snapshot!(shell.run(&["models", "pull", REPO, "--quiet"]), @"
    exit 0
    --- stdout
    HOME/hub/models--acme--tiny/snapshots/1111111111111111111111111111111111111111/model.safetensors
    --- stderr
    ");
}

#[test]
fn a_cut_download_is_told_and_goes_on() {
    let shell = Shell::new();
    shell.hub.fault("cdn", "", Fault::CutAfter(3_000_000), 1);
    assert_snapshot!(shell.run(&["models", "pull", REPO]), @"
    exit 0
    --- stdout
    HOME/hub/models--acme--tiny/snapshots/1111111111111111111111111111111111111111/model.safetensors
    --- stderr
    model      acme/tiny
    weights    acme/tiny, revision main (111111111111)
    licence    apache-2.0
    download   8.0 MB in 3 files
    warning: the download of model.safetensors was cut at 3.0 MB of 8.0 MB; trying again in 1 s
    model.safetensors: 8.0 MB checked
    acme/tiny is complete at revision 1111111111111111111111111111111111111111
    ");
    assert_eq!(shell.hub.cdn_ranges(), ["-", "bytes=3000000-"]);
}

#[test]
fn a_killed_process_loses_nothing() {
    let shell = Shell::new();
    // Four seconds for the whole file.
    shell
        .hub
        .fault("cdn", "", Fault::Trickle(300_000, Duration::from_millis(150)), 1);
    let mut child = shell
        .command(&["models", "pull", REPO])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for("some bytes arrive", || length(&shell.part()) > 1_500_000);
    child.kill().unwrap();
    child.wait().unwrap();
    let there = length(&shell.part());
    assert!(there < weights().len() as u64, "it was killed in the middle");
    assert!(!shell.part().with_extension("").exists());

    let told = shell.run(&["models", "pull", REPO]);
    assert!(told.starts_with("exit 0"), "{told}");
    assert!(told.contains(" in 1 file ("), "{told}");
    assert!(told.contains("are there, going on behind them"), "{told}");
    assert_eq!(
        shell.hub.cdn_ranges(),
        ["-".to_owned(), format!("bytes={there}-")]
    );
    let snapshot = shell
        .home
        .path()
        .join("hub/models--acme--tiny/snapshots")
        .join(COMMIT);
    assert_eq!(fs::read(snapshot.join("model.safetensors")).unwrap(), weights());
}

#[cfg(unix)]
#[test]
fn a_second_process_waits_for_the_first() {
    let shell = Shell::new();
    shell
        .hub
        .fault("cdn", "", Fault::Trickle(300_000, Duration::from_millis(150)), 1);
    let mut child = shell
        .command(&["models", "pull", REPO])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for("some bytes arrive", || length(&shell.part()) > 0);
    let told = shell.run(&["models", "pull", REPO]);
    assert!(child.wait().unwrap().success());
    assert!(told.starts_with("exit 0"), "{told}");
    assert!(
        told.contains("model.safetensors: waiting for another process that downloads it"),
        "{told}"
    );
    assert_eq!(shell.hub.cdn_ranges(), ["-"]);
}

#[test]
fn errors_have_a_hint_and_status_one() {
    let shell = Shell::new();
    assert_snapshot!(shell.run(&["models", "pull", "acme/other"]), @"
    exit 1
    --- stdout
    --- stderr
    error: the hub has no repository `acme/other` that is visible without a token
    hint: check the name on https://huggingface.co/models; for a private repository set HF_TOKEN
    ");
    assert_snapshot!(shell.run(&["models", "pull", "qwen3-06b"]), @"
    exit 1
    --- stdout
    --- stderr
    error: no model is called `qwen3-06b`
    hint: did you mean `qwen3-0.6b`? `depeche models list` shows all
    ");
    assert_snapshot!(shell.run(&["models", "pull", REPO, "--offline"]), @"
    exit 1
    --- stdout
    --- stderr
    error: `acme/tiny` is not in the cache, and the network is switched off
    hint: run without `--offline` and HF_HUB_OFFLINE, or run `depeche models pull acme/tiny` on a machine with a network and copy its cache here, or name a local folder or file
    ");
    assert_snapshot!(shell.run(&["models", "show", "./folder"]), @"
    exit 1
    --- stdout
    --- stderr
    error: `./folder` does not name a model: expected a name of `depeche models list` or a repository
    hint: a model is named by its card, by `organisation/name[@revision][:file]`, by a local path, or by `auto` or `none`
    ");
}

#[test]
fn the_cache_is_listed_shown_verified_and_emptied() {
    let shell = Shell::new();
    shell.run(&["models", "pull", REPO]);
    assert_snapshot!(shell.run(&["models", "list", "--cached"]), @"
    exit 0
    --- stdout
    NAME       PARAMETERS  SIZE    CACHED  LICENCE  GOOD FOR
    acme/tiny              8.0 MB  yes
    --- stderr
    ");
    assert_snapshot!(shell.run(&["models", "show", REPO]), @"
    exit 0
    --- stdout
    acme/tiny: no card

    acme/tiny at 1111111111111111111111111111111111111111
      HOME/hub/models--acme--tiny/snapshots/1111111111111111111111111111111111111111
      config.json                                2 bytes  recorded
      model.safetensors                           8.0 MB  recorded
      tokenizer.json                             2 bytes  recorded
    --- stderr
    ");
    assert_snapshot!(shell.run(&["models", "verify"]), @"
    exit 0
    --- stdout
    ok         2 bytes  acme/tiny config.json
    ok          8.0 MB  acme/tiny model.safetensors
    ok         2 bytes  acme/tiny tokenizer.json
    --- stderr
    model.safetensors: checking 8.0 MB
    ");
    let blob = shell.part().with_extension("");
    fs::write(&blob, vec![0; 8_000_010]).unwrap();
    assert_snapshot!(shell.run(&["models", "verify", REPO, "--delete"]), @"
    exit 3
    --- stdout
    ok         2 bytes  acme/tiny config.json
    DAMAGED     8.0 MB  acme/tiny model.safetensors
    ok         2 bytes  acme/tiny tokenizer.json
    --- stderr
    model.safetensors: checking 8.0 MB
    warning: model.safetensors of acme/tiny is damaged: expected 44f87df6a4a3642878fbd22e678f9c2cf5a887f7c15e6fa9532a80af0d835f8a, but found 8df234133441f67a305d555d55615158fba590040610ae0ce19d0fcceb0bc352
    hint: deleted; `depeche models pull` fetches it again
    ");
    assert!(!blob.exists());
    assert_snapshot!(shell.run(&["models", "rm", REPO]), @"
    exit 1
    --- stdout
    --- stderr
     42 bytes  HOME/hub/models--acme--tiny
    error: nothing was deleted
    hint: `--yes` deletes without a question
    ");
    assert_snapshot!(shell.run(&["models", "rm", REPO, "--yes"]), @"
    exit 0
    --- stdout
    --- stderr
     42 bytes  HOME/hub/models--acme--tiny
    deleted 42 bytes
    ");
    assert_snapshot!(shell.run(&["models", "rm", REPO, "--yes"]), @"
    exit 0
    --- stdout
    --- stderr
    acme/tiny is not in the cache
    ");
}

#[test]
fn every_card_is_listed_and_shown() {
    let shell = Shell::new();
    assert_snapshot!(shell.run(&["models", "list"]), @"
    exit 0
    --- stdout
    NAME                                 PARAMETERS  SIZE     CACHED  LICENCE                              GOOD FOR
    qwen3-0.6b:q8_0                      0.6B        ~633 MB          Apache-2.0                           summary, extraction
    qwen3-0.6b:q4_k_m                    0.6B        ~369 MB          Apache-2.0                           summary, extraction
    qwen3-0.6b:bf16                      0.6B        ~1.2 GB          Apache-2.0                           summary, extraction
    qwen3-1.7b:q4_k_m                    1.7B        ~1.1 GB          Apache-2.0                           summary, translation, extraction
    qwen3-1.7b:q8_0                      1.7B        ~1.8 GB          Apache-2.0                           summary, translation, extraction
    qwen3-1.7b:bf16                      1.7B        ~3.4 GB          Apache-2.0                           summary, translation, extraction
    qwen3-4b-instruct-2507:q4_k_m        4.0B        ~2.5 GB          Apache-2.0                           summary, translation, extraction
    qwen3-4b-instruct-2507:q8_0          4.0B        ~4.3 GB          Apache-2.0                           summary, translation, extraction
    qwen3-4b-instruct-2507:bf16          4.0B        ~8.0 GB          Apache-2.0                           summary, translation, extraction
    smollm3-3b:q4_k_m                    3.1B        ~1.9 GB          Apache-2.0                           summary, translation, extraction
    smollm3-3b:q8_0                      3.1B        ~3.3 GB          Apache-2.0                           summary, translation, extraction
    smollm3-3b:bf16                      3.1B        ~6.2 GB          Apache-2.0                           summary, translation, extraction
    eurollm-1.7b-instruct:q8_0           1.7B        ~1.8 GB          Apache-2.0                           translation
    eurollm-1.7b-instruct:q4_k_m         1.7B        ~1.0 GB          Apache-2.0                           translation
    eurollm-1.7b-instruct:bf16           1.7B        ~3.3 GB          Apache-2.0                           translation
    llama-3.2-1b-instruct:q4_k_m         1.2B        ~765 MB          Llama 3.2 Community License (gated)  summary, translation, extraction
    llama-3.2-1b-instruct:q8_0           1.2B        ~1.3 GB          Llama 3.2 Community License (gated)  summary, translation, extraction
    llama-3.2-1b-instruct:bf16           1.2B        ~2.5 GB          Llama 3.2 Community License (gated)  summary, translation, extraction
    llama-3.2-3b-instruct:q4_k_m         3.2B        ~2.0 GB          Llama 3.2 Community License (gated)  summary, translation, extraction
    llama-3.2-3b-instruct:q8_0           3.2B        ~3.4 GB          Llama 3.2 Community License (gated)  summary, translation, extraction
    llama-3.2-3b-instruct:bf16           3.2B        ~6.4 GB          Llama 3.2 Community License (gated)  summary, translation, extraction
    ministral-3-3b-instruct-2512:q4_k_m  3.4B        ~2.1 GB          Apache-2.0                           summary, translation, extraction
    ministral-3-3b-instruct-2512:q8_0    3.4B        ~3.6 GB          Apache-2.0                           summary, translation, extraction
    ministral-3-3b-instruct-2512:bf16    3.4B        ~6.8 GB          Apache-2.0                           summary, translation, extraction
    opus-mt-fr-en:f32                    0.1B        ~298 MB          Apache-2.0                           translation
    opus-mt-tc-big-fr-en:f16             0.2B        ~461 MB          CC-BY-4.0                            translation
    opus-mt-en-fr:f32                    0.1B        ~298 MB          Apache-2.0                           translation

    ~ estimated; the first variant of a model is its default
    --- stderr
    ");
    assert_snapshot!(shell.run(&["models", "show", "llama-3.2-1b-instruct"]), @r#"
    exit 0
    --- stdout
    name         llama-3.2-1b-instruct
    model        Llama 3.2 1B Instruct
    repository   meta-llama/Llama-3.2-1B-Instruct
    licence      Llama 3.2 Community License
                 https://www.llama.com/llama3_2/license/
                 The licence and its acceptable use policy must be accepted on the repository's page before anything can be downloaded.
                 Products built on it display "Built with Llama".
                 Companies with more than 700 million monthly users need a licence of their own.
                 The clause that withholds rights in the European Union concerns the multimodal Llama 3.2 models; this one reads text only.
    gated        yes: its owner grants access
    architecture llama
    parameters   1.24 billion
    context      131072 tokens
    languages    fr, en, de, es, it, pt
    good for     summary, translation, extraction
    variants     q4_k_m   ~765 MB   bartowski/Llama-3.2-1B-Instruct-GGUF
                 q8_0     ~1.3 GB   bartowski/Llama-3.2-1B-Instruct-GGUF
                 bf16     ~2.5 GB   meta-llama/Llama-3.2-1B-Instruct

    not cached: `depeche models pull llama-3.2-1b-instruct` downloads it
    --- stderr
    "#);
    assert_eq!(shell.hub.connections(), 0);
}
