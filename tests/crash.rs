//! A run that is killed at any moment, runs out of disk, cannot read its inputs or is told to stop: what was finished
//! is kept and not done again, and the outputs are those of a run that was left alone, byte for byte.
//!
//! The model is a small random one in a true architecture. The moments of the kills come from a seed, which is printed;
//! `DEPECHE_CRASH_SEED` sets another one.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::print_stderr)] // tests

use depeche::engine::random::{Family, FloatType, RandomModel, Size};
use depeche::store::Store;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

const KILLS: usize = 50;

/// As small as a model with this tokenizer can be: the test is about the run, not about the model.
const SIZE: Size = Size {
    vocabulary: 512,
    hidden: 32,
    feed_forward: 32,
    layers: 1,
    heads: 2,
    kv_heads: 1,
    head_dim: 16,
    context: 4096,
};

const FEW: [&str; 3] = [
    "bank-assistant-harrowgate.txt",
    "reglement-ia-calendrier.md",
    "ecommerce-bazario-soldes.html",
];

struct World {
    dir: tempfile::TempDir,
}

impl World {
    fn new() -> World {
        World::of(SIZE)
    }

    fn of(size: Size) -> World {
        let dir = tempfile::tempdir().unwrap();
        let model = RandomModel::new(Family::Qwen3, size, 7);
        model
            .write_safetensors(&dir.path().join("model"), FloatType::F32)
            .unwrap();
        World { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A run over a few of the example articles, of three formats; over all of them with `DEPECHE_CRASH_ALL`, which
    /// takes many minutes.
    fn run(&self, out: &Path) -> Command {
        if std::env::var_os("DEPECHE_CRASH_ALL").is_some() {
            return self.run_on(&[&examples()], out);
        }
        let articles = FEW.map(|name| examples().join(name));
        self.run_on(&articles.each_ref().map(PathBuf::as_path), out)
    }

    fn run_on(&self, inputs: &[&Path], out: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_depeche"));
        command
            .arg("run")
            .args(inputs)
            .args(["--tasks", "summary", "--summary-langs", "fr", "--length", "short"])
            .args(["--device", "cpu", "--threads", "2", "--log-format", "json"])
            .arg("--model")
            .arg(self.path("model"))
            .arg("--out")
            .arg(out)
            .env_clear()
            .env("HOME", self.dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/articles")
}

/// Every output but the one that holds times, `run.json`, and the store.
fn outputs(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![out.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(out).unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !name.starts_with("depeche.sqlite")
                && !["run.json", ".depeche.lock"].contains(&name.as_str())
            {
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    assert!(files.len() >= 18, "{:?}", files.keys());
    files
}

fn assert_same(expected: &BTreeMap<String, Vec<u8>>, out: &Path, what: &str) {
    let found = outputs(out);
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(expected), names(&found), "{what}");
    for (name, bytes) in expected {
        assert!(bytes == &found[name], "{what}: {name} differs");
    }
}

/// Every task was done once, over all runs into the folder.
fn assert_nothing_twice(out: &Path, tasks: u64, what: &str) {
    let (writes, results) = Store::open_to_read(out).unwrap().writes().unwrap();
    assert_eq!((writes, results), (tasks, tasks), "{what}");
}

/// A run that comes to its end: a random model's figures are flagged, as they must be.
fn assert_ended(status: ExitStatus, what: &str) {
    assert!(matches!(status.code(), Some(0 | 3)), "{what}: {status}");
}

fn wait_at_most(child: &mut Child, time: Duration) -> Option<ExitStatus> {
    let end = Instant::now() + time;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// splitmix64, <https://prng.di.unimi.it/splitmix64.c>: the same moments on every machine.
struct Random(u64);

impl Random {
    fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as f64 / u64::MAX as f64
    }
}

#[test]
fn a_run_that_is_killed_at_fifty_moments_ends_as_one_that_was_not() {
    let seed = std::env::var("DEPECHE_CRASH_SEED").map_or(20_260_114, |seed| seed.parse().unwrap());
    eprintln!("seed of the kills: {seed} (DEPECHE_CRASH_SEED)");
    let mut random = Random(seed);
    let world = World::new();
    let whole = world.path("whole");
    // once to warm the files up, once to know how long it takes
    assert_ended(world.run(&world.path("warm")).status().unwrap(), "warm");
    let began = Instant::now();
    assert_ended(world.run(&whole).status().unwrap(), "whole");
    let time = began.elapsed();
    let expected = outputs(&whole);
    let (tasks, _) = Store::open_to_read(&whole).unwrap().writes().unwrap();
    assert!(tasks >= FEW.len() as u64, "{tasks} tasks");
    eprintln!("a whole run: {tasks} tasks in {time:?}");

    let (mut kills, mut chains, mut stages) = (0, 0, BTreeMap::<String, usize>::new());
    while kills < KILLS {
        chains += 1;
        let out = world.path(&format!("killed-{chains}"));
        loop {
            let mut child = world.run(&out).spawn().unwrap();
            // over the whole run, its start and its last writing included; once there were enough, to its end
            let moment = if kills < KILLS {
                time.mul_f64(random.fraction())
            } else {
                Duration::from_secs(120)
            };
            if let Some(status) = wait_at_most(&mut child, moment) {
                assert_ended(status, "a resumed run");
                break;
            }
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
            *stages.entry(stage_of(&out)).or_default() += 1;
        }
        let what = format!("seed {seed}, chain {chains}");
        assert_same(&expected, &out, &what);
        assert_nothing_twice(&out, tasks, &what);
        let _ = std::fs::remove_dir_all(&out);
    }
    eprintln!("{kills} kills in {chains} chains, by stage: {stages:?}");
    assert!(stages.len() >= 2, "the kills met one stage only: {stages:?}");
}

/// What the run was doing when it was killed, as `depeche status` tells it.
fn stage_of(out: &Path) -> String {
    let status = Command::new(env!("CARGO_BIN_EXE_depeche"))
        .arg("status")
        .arg(out)
        .args(["--format", "json"])
        .output()
        .unwrap();
    if !status.status.success() {
        // nothing there yet
        assert_eq!(status.status.code(), Some(1));
        return "start".to_owned();
    }
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_ne!(
        status["standing"], "running",
        "a lock outlived its process: {status}"
    );
    match status["standing"].as_str() {
        Some("finished") => "ended".to_owned(),
        _ => status["stage"].as_str().unwrap_or("start").to_owned(),
    }
}

/// A place with little room: a tmpfs where one can be mounted.
enum Narrow {
    Tmpfs(PathBuf),
    Limit,
}

impl Narrow {
    fn at(path: &Path, bytes: u64) -> Narrow {
        std::fs::create_dir_all(path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={bytes}"), "tmpfs"])
            .arg(path)
            .stderr(Stdio::null())
            .status();
        match mounted {
            Ok(status) if status.success() => Narrow::Tmpfs(path.to_path_buf()),
            _ => Narrow::Limit,
        }
    }

    fn widen(&self) {
        if let Narrow::Tmpfs(path) = self {
            let status = Command::new("mount")
                .args(["-o", "remount,size=1g"])
                .arg(path)
                .status()
                .unwrap();
            assert!(status.success());
        }
    }
}

impl Drop for Narrow {
    fn drop(&mut self) {
        if let Narrow::Tmpfs(path) = self {
            let _ = Command::new("umount").arg("-l").arg(path).status();
        }
    }
}

#[test]
fn a_full_disk_loses_nothing_and_is_said() {
    let world = World::new();
    let whole = world.path("whole");
    assert_ended(world.run(&whole).status().unwrap(), "whole");
    let expected = outputs(&whole);
    let (tasks, _) = Store::open_to_read(&whole).unwrap().writes().unwrap();
    let size: u64 = walk_size(&whole);
    let mut refused = 0;
    for percent in [10, 30, 50, 70, 90] {
        let out = world.path(&format!("full-{percent}"));
        let room = size * percent / 100;
        let narrow = Narrow::at(&out, room);
        let mut command = match &narrow {
            Narrow::Tmpfs(_) => world.run(&out),
            Narrow::Limit => {
                eprintln!(
                    "NO TMPFS CAN BE MOUNTED HERE: a limit on the size of each file stands in for a full disk"
                );
                limited(&world.run(&out), room / 3)
            }
        };
        let output = command.stderr(Stdio::piped()).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(1) => {
                refused += 1;
                assert!(stderr.contains("\"event\":\"error\""), "{percent} %: {stderr}");
                assert!(stderr.contains("disk is not full"), "{percent} %: {stderr}");
            }
            code => assert!(matches!(code, Some(0 | 3)), "{percent} %: {code:?} {stderr}"),
        }
        narrow.widen();
        assert_ended(world.run(&out).status().unwrap(), "after the disk had room again");
        assert_same(&expected, &out, &format!("{percent} % of the room"));
        assert_nothing_twice(&out, tasks, &format!("{percent} % of the room"));
    }
    assert!(
        refused >= 3,
        "only {refused} of five narrow places were too narrow"
    );
}

/// The same command under `ulimit -f`, in blocks of 512 bytes, the signal of the limit ignored.
fn limited(command: &Command, bytes: u64) -> Command {
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(format!(
            "trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"",
            bytes / 512
        ))
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    for (name, value) in command.get_envs() {
        shell.env(name, value.unwrap_or_default());
    }
    shell
}

fn walk_size(folder: &Path) -> u64 {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| match entry.path().is_dir() {
            true => walk_size(&entry.path()),
            false => entry.metadata().unwrap().len(),
        })
        .sum()
}

#[test]
fn what_cannot_be_read_is_said_and_neither_lost_nor_taken_for_removed() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let world = World::new();
    let articles = world.path("articles");
    std::fs::create_dir_all(articles.join("folder")).unwrap();
    for (name, to) in [
        ("telecom-alizea-fibre.txt", "a.txt"),
        ("bank-assistant-harrowgate.txt", "b.txt"),
        ("export-puces-regles.txt", "folder/c.txt"),
    ] {
        std::fs::copy(examples().join(name), articles.join(to)).unwrap();
    }
    // root reads everything: it has to be somebody else who cannot
    let root = std::fs::metadata("/proc/self").is_ok_and(|of_process| {
        use std::os::unix::fs::MetadataExt;
        of_process.uid() == 0
    });
    const NOBODY: u32 = 65_534;
    let program = world.path("depeche");
    if root {
        std::fs::copy(env!("CARGO_BIN_EXE_depeche"), &program).unwrap();
        let owned = Command::new("chown")
            .args(["-R", &NOBODY.to_string()])
            .arg(world.dir.path())
            .status()
            .unwrap();
        assert!(owned.success());
    }
    let out = world.path("out");
    let run = || {
        let plain = world.run_on(&[&articles], &out);
        let mut command = Command::new(if root {
            program.as_os_str()
        } else {
            plain.get_program()
        });
        command
            .args(plain.get_args())
            .env_clear()
            .env("HOME", world.dir.path())
            .current_dir(world.dir.path())
            .stdin(Stdio::null());
        if root {
            command.uid(NOBODY).gid(NOBODY);
        }
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let mode = |name: &str, mode| {
        std::fs::set_permissions(articles.join(name), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let (status, stderr) = run();
    assert!(matches!(status, Some(0 | 3)), "{status:?} {stderr}");
    assert_nothing_twice(&out, 3, "all of them");
    let all = outputs(&out);

    mode("b.txt", 0);
    mode("folder", 0);
    let (status, stderr) = run();
    assert_eq!(status, Some(3), "{stderr}");
    for name in ["b.txt", "folder"] {
        let said = stderr.lines().any(|line| {
            let event: serde_json::Value = serde_json::from_str(line).unwrap();
            event["severity"] == "error" && event["path"].as_str().unwrap().ends_with(name)
        });
        assert!(said, "{name}: {stderr}");
    }
    let status = pipeline_status(&out);
    assert_eq!(
        (&status["articles"], &status["unreadable"]),
        (&1.into(), &2.into()),
        "{status}"
    );
    assert_eq!(status["removed"], serde_json::json!([]), "{status}");

    mode("b.txt", 0o644);
    mode("folder", 0o755);
    let (status, stderr) = run();
    assert!(matches!(status, Some(0 | 3)), "{stderr}");
    assert_same(&all, &out, "readable again");
    assert_nothing_twice(&out, 3, "readable again");
}

fn pipeline_status(out: &Path) -> serde_json::Value {
    let output = Command::new(env!("CARGO_BIN_EXE_depeche"))
        .arg("status")
        .arg(out)
        .args(["--format", "json"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Waits for an event on standard error, then goes on reading in the background.
fn wait_for(child: &mut Child, event: &str) -> std::thread::JoinHandle<String> {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut read = String::new();
    for line in lines.by_ref() {
        let line = line.unwrap();
        read.push_str(&line);
        read.push('\n');
        if line.contains(event) {
            return std::thread::spawn(move || {
                for line in lines.map_while(Result::ok) {
                    read.push_str(&line);
                    read.push('\n');
                }
                read
            });
        }
    }
    panic!("no {event} in {read}");
}

#[test]
fn one_signal_finishes_the_step_and_leaves_cleanly() {
    let world = World::new();
    let whole = world.path("whole");
    assert_ended(world.run(&whole).status().unwrap(), "whole");
    let expected = outputs(&whole);
    let (tasks, _) = Store::open_to_read(&whole).unwrap().writes().unwrap();
    for name in ["INT", "TERM"] {
        let out = world.path(name);
        let mut child = world.run(&out).stderr(Stdio::piped()).spawn().unwrap();
        // Not after the first task: the others of its batch may end within the same moment.
        let rest = wait_for(&mut child, "\"stage\":\"model\"");
        assert_eq!(pipeline_status(&out)["standing"], "running");
        signal(&child, name);
        let status = child.wait().unwrap();
        let stderr = rest.join().unwrap();
        assert_eq!(status.code(), Some(3), "{name}: {stderr}");
        assert!(stderr.contains("the run was stopped"), "{name}: {stderr}");
        let stopped = pipeline_status(&out);
        assert_eq!(stopped["standing"], "finished", "{stopped}");
        let left = &stopped["tasks"][0]["left"];
        assert!(left.as_u64().unwrap() >= 1, "{name}: {stopped}");
        let problems = std::fs::read_to_string(out.join("problems.csv")).unwrap();
        assert!(problems.contains("summary.fr is not done yet"), "{problems}");
        assert_ended(world.run(&out).status().unwrap(), "after a signal");
        assert_same(&expected, &out, name);
        assert_nothing_twice(&out, tasks, name);
    }
}

#[test]
fn a_second_signal_stops_at_once_and_an_ignored_one_is_ignored() {
    // a model whose steps take longer than it takes to send two signals
    let world = World::of(Size {
        hidden: 512,
        feed_forward: 2048,
        layers: 6,
        heads: 8,
        head_dim: 64,
        ..SIZE
    });
    let mut child = world
        .run(&world.path("twice"))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let rest = wait_for(&mut child, "\"stage\":\"model\"");
    signal(&child, "INT");
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(rest.join().unwrap().contains("stopping after the running step"));

    if !Path::new("/proc/self/status").exists() {
        eprintln!("NOT CHECKED HERE: what nohup ignores can be told on Linux only");
        return;
    }
    let plain = world.run_on(&[Path::new("-")], &world.path("nohup"));
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' HUP; exec \"$0\" \"$@\""])
        .arg(plain.get_program())
        .args(plain.get_args())
        .env("HOME", world.dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = shell.spawn().unwrap();
    let rest = wait_for(&mut child, "\"stage\":\"reading\"");
    signal(&child, "HUP");
    std::thread::sleep(Duration::from_millis(300));
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all("La société Nexilia a levé 12 millions d’euros mardi à Lyon.\n".as_bytes())
        .unwrap();
    drop(stdin);
    let status = child.wait().unwrap();
    let stderr = rest.join().unwrap();
    assert_ended(status, &stderr);
    assert!(!stderr.contains("the run was stopped"), "{stderr}");
}

/// Commands that wait for somebody to type.
#[test]
fn whoever_waits_for_its_input_hears_the_first_signal() {
    let world = World::new();
    let figures = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_depeche"));
        command.env_clear().env("HOME", world.dir.path());
        command.args(["figures", "-", "--log-format", "json"]);
        command
    };
    let mut filter = figures();
    filter.args(["--input", "jsonl", "--format", "jsonl"]);
    let run = world.run_on(&[Path::new("-")], &world.path("waits"));
    for mut command in [figures(), filter, run] {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"{\"id\": 1, \"text\": \"5 %\"}\n").unwrap();
        let rest = wait_for(&mut child, "\"event\":\"start\"");
        // what came before has been read by then, or will be: both are right
        std::thread::sleep(Duration::from_millis(300));
        assert!(child.try_wait().unwrap().is_none(), "{command:?}");
        signal(&child, "INT");
        let status = wait_at_most(&mut child, Duration::from_secs(10));
        // one that is deaf would keep the test waiting for the end of what it says
        let _ = child.kill();
        let stderr = rest.join().unwrap();
        assert_eq!(
            status.and_then(|status| status.code()),
            Some(3),
            "{command:?}: {stderr}"
        );
        assert!(!stderr.contains("\"severity\":\"error\""), "{stderr}");
        drop(stdin);
    }
}

#[test]
fn a_summary_that_was_stopped_is_left_out_not_replaced() {
    let world = World::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_depeche"));
    command
        .arg("summarize")
        .arg(examples())
        .args([
            "--device",
            "cpu",
            "--threads",
            "2",
            "--log-format",
            "json",
            "--format",
            "jsonl",
            "--model",
        ])
        .arg(world.path("model"))
        .env_clear()
        .env("HOME", world.dir.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let rest = wait_for(&mut child, "\"stage\":\"model\"");
    signal(&child, "INT");
    let output = child.wait_with_output().unwrap();
    let stderr = rest.join().unwrap();
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(
        stderr.contains("stopped before the model had answered"),
        "{stderr}"
    );
    let stdout = String::from_utf8(output.stdout).unwrap();
    for line in stdout.lines() {
        let summary: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(summary["method"], "model", "{line}");
    }
}
