//! The binary end to end, in a fresh folder, without a model and without a network.

#![allow(clippy::unwrap_used)] // helpers of tests: a failure is the test's failure

use assert_cmd::Command;
use std::path::Path;

fn depeche(dir: &Path) -> Command {
    let mut command = Command::cargo_bin("depeche").unwrap();
    command
        .current_dir(dir)
        .env_clear()
        .env("HOME", dir)
        .env("PATH", "");
    command
}

/// Standard output, standard error and status of a command.
fn outcome(command: &mut Command) -> (String, String, i32) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        text(output.stdout),
        text(output.stderr),
        output.status.code().unwrap(),
    )
}

const ARTICLE: &str = "Nexilia lève 12 millions d’euros\n\n\
    La start-up lyonnaise Nexilia a annoncé mardi une levée de fonds de 12 millions d’euros, menée par le fonds \
    Ardence Capital. Elle emploie 85 salariés et vise 200 recrutements d’ici à la fin de 2026.\n\n\
    Son chiffre d’affaires a progressé de 35 % en 2025, à 8,4 millions d’euros, selon sa directrice générale, \
    Claire Montel.\n";

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("articles")).unwrap();
    std::fs::write(dir.path().join("articles/nexilia.txt"), ARTICLE).unwrap();
    dir
}

#[test]
fn figures_answers_one_line_for_each_line_in_order_with_the_id_as_it_came() {
    let dir = folder();
    let input = "{\"id\": \"a\", \"text\": \"Un chiffre d’affaires de 10 milliards de dollars\"}\n\
                 {\"id\": 7, \"text\": \"Rien à signaler.\"}\n\
                 not json\n\
                 \n\
                 {\"text\": \"en baisse de 3 %\", \"lang\": \"fr\"}\n";
    let (stdout, stderr, status) = outcome(
        depeche(dir.path())
            .args(["figures", "-", "--input", "jsonl", "--format", "jsonl"])
            .write_stdin(input),
    );
    let lines: Vec<serde_json::Value> = stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 5, "{stdout}");
    assert_eq!(lines[0]["id"], "a");
    let figure = &lines[0]["figures"][0];
    assert_eq!(figure["text"], "10 milliards de dollars");
    assert_eq!(figure["value"], 10_000_000_000_i64);
    assert_eq!((&figure["start"], &figure["end"]), (&25.into(), &48.into()));
    assert_eq!(
        (&figure["currency"], &figure["currency_ambiguous"]),
        (&"USD".into(), &true.into())
    );
    assert_eq!(lines[1], serde_json::json!({"id": 7, "figures": []}));
    assert_eq!(lines[2]["id"], serde_json::Value::Null);
    assert!(
        lines[2]["error"]
            .as_str()
            .unwrap()
            .starts_with("expected a JSON object with \"text\"")
    );
    assert_eq!(lines[3], serde_json::json!({"id": null, "figures": []}));
    assert_eq!(lines[4]["figures"][0]["direction"], "down");
    assert!(stderr.contains("-:3: expected a JSON object"), "{stderr}");
    assert_eq!(status, 3);
}

#[test]
fn a_run_does_not_write_over_files_that_are_not_its_own() {
    let dir = folder();
    std::fs::create_dir(dir.path().join("theirs")).unwrap();
    std::fs::write(dir.path().join("theirs/figures.csv"), "mine").unwrap();
    let (_, stderr, status) = outcome(depeche(dir.path()).args(["run", "articles", "--out", "theirs"]));
    assert_eq!(status, 1, "{stderr}");
    assert!(stderr.contains("found `figures.csv` and no store"), "{stderr}");
    assert!(stderr.contains("hint: name another folder"), "{stderr}");
    let kept = std::fs::read_to_string(dir.path().join("theirs/figures.csv")).unwrap();
    assert_eq!(kept, "mine");
    assert!(!dir.path().join("theirs/depeche.sqlite").exists());
}

#[test]
fn an_earlier_run_below_the_input_is_not_read() {
    let dir = folder();
    let first = depeche(dir.path())
        .args(["run", ".", "--out", "one"])
        .output()
        .unwrap();
    assert!(first.status.success());
    let (_, stderr, status) = outcome(depeche(dir.path()).args(["run", ".", "--out", "two"]));
    assert_eq!(status, 0, "{stderr}");
    assert!(stderr.contains("1 articles:"), "{stderr}");
}

#[test]
fn switches_in_the_environment_are_heard() {
    let dir = folder();
    for value in ["1", "true", "yes"] {
        let (_, stderr, _) = outcome(
            depeche(dir.path())
                .env("DEPECHE_DRY_RUN", value)
                .args(["run", "articles"]),
        );
        assert!(!dir.path().join("out").exists(), "{value}: {stderr}");
    }
    let (stdout, _, _) = outcome(
        depeche(dir.path())
            .env("DEPECHE_FORMAT", "csv")
            .args(["figures", "articles"]),
    );
    assert!(stdout.starts_with("article_id,"), "{stdout}");
}

#[test]
fn the_filter_goes_on_after_an_input_that_is_not_there() {
    let dir = folder();
    std::fs::write(dir.path().join("good.jsonl"), "{\"id\": 1, \"text\": \"5 %\"}\n").unwrap();
    let (stdout, stderr, status) = outcome(depeche(dir.path()).args([
        "figures",
        "absent.jsonl",
        "good.jsonl",
        "--input",
        "jsonl",
        "--format",
        "jsonl",
    ]));
    assert_eq!((stdout.lines().count(), status), (1, 3), "{stderr}");
    assert!(
        stderr.contains("absent.jsonl: expected a file or a folder"),
        "{stderr}"
    );
}

#[test]
fn a_run_without_a_model_writes_every_table_and_says_what_it_left_out() {
    let dir = folder();
    let (stdout, stderr, status) = outcome(depeche(dir.path()).args(["run", "articles"]));
    assert_eq!((stdout.as_str(), status), ("", 0), "{stderr}");
    assert!(stderr.contains("without a model: no translation"), "{stderr}");
    let out = dir.path().join("out");
    let figures = std::fs::read_to_string(out.join("figures.csv")).unwrap();
    assert!(figures.contains("12 millions d’euros,12000000,"), "{figures}");
    let summaries = std::fs::read_to_string(out.join("summaries.csv")).unwrap();
    assert!(summaries.contains(",fr,extractive,"), "{summaries}");
    let entities = std::fs::read_to_string(out.join("entities.csv")).unwrap();
    assert!(entities.contains("Nexilia,organization,"), "{entities}");
    let run: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.join("run.json")).unwrap()).unwrap();
    assert_eq!(
        (&run["model"], &run["report"]["articles"]),
        (&serde_json::Value::Null, &1.into())
    );
    for file in [
        "articles.jsonl",
        "problems.csv",
        "depeche.xlsx",
        "report.html",
        "depeche.sqlite",
    ] {
        assert!(out.join(file).metadata().unwrap().len() > 0, "{file}");
    }
}

#[test]
fn the_same_run_again_writes_the_same_bytes_and_report_rebuilds_them() {
    let dir = folder();
    depeche(dir.path()).args(["run", "articles"]).assert().success();
    let read = |name: &str| std::fs::read(dir.path().join("out").join(name)).unwrap();
    let tables = ["articles", "summaries", "figures", "entities", "problems"];
    let mut names: Vec<String> = tables
        .iter()
        .flat_map(|table| ["csv", "parquet", "jsonl"].map(|ending| format!("{table}.{ending}")))
        .collect();
    names.extend(["datapackage.json".to_owned(), "depeche.xlsx".to_owned()]);
    let before: Vec<_> = names.iter().map(|name| read(name)).collect();
    depeche(dir.path()).args(["run", "articles"]).assert().success();
    assert_eq!(before, names.iter().map(|name| read(name)).collect::<Vec<_>>());
    for name in &names {
        std::fs::remove_file(dir.path().join("out").join(name)).unwrap();
    }
    depeche(dir.path()).args(["report", "out"]).assert().success();
    assert_eq!(before, names.iter().map(|name| read(name)).collect::<Vec<_>>());
    depeche(dir.path())
        .args(["report", "out", "--csv-dialect", "fr"])
        .assert()
        .success();
    assert!(
        String::from_utf8(read("figures.csv"))
            .unwrap()
            .contains(";8,4 millions d’euros;8400000;")
    );
}

#[test]
fn a_run_over_the_folder_that_holds_its_output_does_not_read_it() {
    let dir = folder();
    for _ in 0..2 {
        let (_, stderr, status) = outcome(depeche(dir.path()).args(["run", "."]));
        assert!(status == 0 && stderr.contains("1 articles:"), "{stderr}");
    }
}

#[test]
fn a_bad_article_is_reported_and_the_rest_goes_on() {
    let dir = folder();
    std::fs::write(dir.path().join("articles/vide.txt"), "").unwrap();
    std::fs::write(
        dir.path().join("articles/image.txt"),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    )
    .unwrap();
    std::fs::write(
        dir.path().join("articles/lignes.jsonl"),
        "{\"id\": \"x\"}\n{\"id\": \"y\", \"text\": \"12 km\"}\n",
    )
    .unwrap();
    let (_, stderr, status) = outcome(depeche(dir.path()).args(["run", "articles"]));
    assert_eq!(status, 3, "{stderr}");
    let problems = std::fs::read_to_string(dir.path().join("out/problems.csv")).unwrap();
    assert_eq!(
        problems.lines().count(),
        4,
        "a header and three errors: {problems}"
    );
    for name in ["vide.txt", "image.txt", "lignes.jsonl:1"] {
        assert!(
            problems.contains(name) && stderr.contains(name),
            "{name}: {problems}"
        );
    }
    assert!(stderr.contains("2 articles:"), "{stderr}");
}

#[test]
fn an_article_without_a_word_is_a_note_and_no_failure() {
    let dir = folder();
    let lines = "{\"id\": \"x\", \"text\": \"\"}\n{\"id\": \"y\", \"text\": \"12 km\"}\n";
    std::fs::write(dir.path().join("articles/lignes.jsonl"), lines).unwrap();
    let (_, stderr, status) = outcome(depeche(dir.path()).args(["run", "articles"]));
    assert_eq!(status, 0, "{stderr}");
    let problems = std::fs::read_to_string(dir.path().join("out/problems.csv")).unwrap();
    assert!(problems.contains("note,ingest,x,"), "{problems}");
    assert!(problems.contains("the article has no text"), "{problems}");
    assert!(!problems.contains(",y,"), "{problems}");
}

#[test]
fn a_translation_without_a_model_says_how_to_get_one() {
    let dir = folder();
    let (stdout, stderr, status) = outcome(depeche(dir.path()).args(["translate", "articles"]));
    assert_eq!((stdout.as_str(), status), ("", 1));
    assert_eq!(
        stderr,
        "error: expected a model to translate with, but found `none`\n\
         hint: name one with `--model` (`depeche models list` shows which), or `--model auto`\n"
    );
}

#[test]
fn a_summary_without_a_model_is_made_of_the_article() {
    let dir = folder();
    let (stdout, _, status) =
        outcome(depeche(dir.path()).args(["summarize", "articles/nexilia.txt", "--format", "json"]));
    assert_eq!(status, 0);
    let summaries: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(summaries[0]["method"], "extractive");
    for bullet in summaries[0]["bullets"].as_array().unwrap() {
        assert!(ARTICLE.contains(bullet["text"].as_str().unwrap()), "{bullet}");
    }
}

#[test]
fn extract_prints_the_table_that_was_asked_for() {
    let dir = folder();
    let (stdout, stderr, status) = outcome(depeche(dir.path()).args([
        "extract",
        "articles",
        "--format",
        "csv",
        "--table",
        "figures",
        "--csv-dialect",
        "fr",
    ]));
    assert_eq!(status, 0, "{stderr}");
    assert!(
        stdout.starts_with("\u{feff}article_id;n;kind;text;value;"),
        "{stdout}"
    );
    assert!(stdout.contains(";35 %;35;"), "{stdout}");
}

#[test]
fn wrong_usage_ends_with_2_and_nothing_on_standard_output() {
    let dir = folder();
    for args in [
        &["figures"][..],
        &["run", "articles", "--length", "huge"],
        &["nonsense"],
    ] {
        let (stdout, stderr, status) = outcome(depeche(dir.path()).args(args));
        assert_eq!((stdout.as_str(), status), ("", 2), "{args:?}: {stderr}");
        assert!(stderr.starts_with("error: "), "{stderr}");
    }
    std::fs::write(dir.path().join("depeche.toml"), "modle = \"x\"\n").unwrap();
    let (_, stderr, status) = outcome(depeche(dir.path()).args(["doctor"]));
    let (error, hint) = stderr.split_once('\n').unwrap();
    assert_eq!(
        (error, status),
        ("error: `modle` in `depeche.toml` is no option of depeche", 2)
    );
    assert!(
        hint.starts_with("hint: names are those of the long options"),
        "{hint}"
    );
}

#[test]
fn wrong_usage_is_json_where_that_is_wanted() {
    let dir = folder();
    let event = |args: &[&str], variable: &str| {
        let (stdout, stderr, status) =
            outcome(depeche(dir.path()).args(args).env("DEPECHE_LOG_FORMAT", variable));
        assert_eq!((stdout.as_str(), status), ("", 2), "{args:?}: {stderr}");
        serde_json::from_str::<serde_json::Value>(&stderr).unwrap_or_else(|e| panic!("{e}: {stderr}"))
    };
    for (args, variable) in [
        (
            &["run", "articles", "--length", "huge", "--log-format", "json"][..],
            "human",
        ),
        (
            &["run", "articles", "--log-format=json", "--length=huge"],
            "human",
        ),
        (&["run", "articles", "--length", "huge"], "json"),
    ] {
        let event = event(args, variable);
        assert_eq!(event["event"], "error");
        let message = event["message"].as_str().unwrap();
        assert!(
            message.starts_with("invalid value 'huge' for '--length"),
            "{message}"
        );
        assert!(event["hint"].as_str().unwrap().contains("--help"), "{event}");
    }
    std::fs::write(dir.path().join("depeche.toml"), "modle = \"x\"\n").unwrap();
    let event = event(&["doctor"], "json");
    assert!(event["message"].as_str().unwrap().contains("`modle`"), "{event}");
    std::fs::remove_file(dir.path().join("depeche.toml")).unwrap();
    let (stdout, _, status) =
        outcome(depeche(dir.path()).args(["figures", "--log-format", "json", "--help"]));
    assert!(status == 0 && stdout.contains("Usage:"), "{stdout}");
}

#[test]
fn the_settings_file_and_the_environment_are_read_in_that_order() {
    let dir = folder();
    std::fs::write(dir.path().join("depeche.toml"), "[run]\nout = \"from-file\"\n").unwrap();
    depeche(dir.path()).args(["run", "articles"]).assert().success();
    assert!(dir.path().join("from-file/figures.csv").is_file());
    depeche(dir.path())
        .args(["run", "articles"])
        .env("DEPECHE_OUT", "from-env")
        .assert()
        .success();
    assert!(dir.path().join("from-env/figures.csv").is_file());
    depeche(dir.path())
        .args(["run", "articles", "--out", "from-flag"])
        .env("DEPECHE_OUT", "from-env-2")
        .assert()
        .success();
    assert!(dir.path().join("from-flag/figures.csv").is_file() && !dir.path().join("from-env-2").exists());
}

#[test]
fn machines_get_json_lines_on_standard_error() {
    let dir = folder();
    let (_, stderr, _) =
        outcome(depeche(dir.path()).args(["run", "articles", "missing.txt", "--log-format", "json"]));
    let events: Vec<serde_json::Value> = stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
        .collect();
    assert!(
        events
            .iter()
            .any(|e| e["event"] == "problem" && e["severity"] == "error"),
        "{stderr}"
    );
    assert!(events.iter().any(|e| e["event"] == "note"), "{stderr}");
}

#[test]
fn the_shell_gets_completions_and_a_manual_page() {
    let dir = folder();
    for shell in ["bash", "zsh", "fish"] {
        let (stdout, _, status) = outcome(depeche(dir.path()).args(["completions", shell]));
        assert!(status == 0 && stdout.contains("summarize"), "{shell}");
    }
    let (stdout, _, status) = outcome(depeche(dir.path()).arg("man"));
    assert!(
        status == 0 && stdout.starts_with(".ie"),
        "{}",
        &stdout[..80.min(stdout.len())]
    );
}

#[test]
fn doctor_names_the_features_of_this_cpu() {
    let dir = folder();
    let (stdout, _, status) = outcome(depeche(dir.path()).args(["doctor", "--json"]));
    let facts: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(status, 0);
    assert!(facts["machine"]["CPU features"].is_array(), "{facts}");
    assert_eq!(facts["depeche"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(facts["model"]["device"], "cpu");
    assert_eq!(facts["hub"]["models in the cache"], serde_json::json!([]));
    assert!(
        facts["hub"]["answers"].is_null(),
        "the network is not touched unasked: {facts}"
    );
}
