use super::*;
use crate::record::{Article, Lang, Severity};

fn article(id: &str, text: &str) -> Article {
    Article {
        id: id.into(),
        hash: format!("h-{text}"),
        path: format!("{id}.txt"),
        text: text.into(),
        ..Article::default()
    }
}

#[test]
fn a_result_is_found_again_by_its_key_alone() {
    let dir = tempfile::tempdir().unwrap();
    let key = Key::new("h1", "summary.fr", &["model", "rev"]);
    {
        let store = Store::create(dir.path()).unwrap();
        let run = store.start_run(&"settings").unwrap();
        store.put(run, &key, &vec![1, 2, 3]).unwrap();
    }
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(store.get::<Vec<i32>>(&key).unwrap(), Some(vec![1, 2, 3]));
    for other in [
        Key::new("h2", "summary.fr", &["model", "rev"]),
        Key::new("h1", "summary.en", &["model", "rev"]),
        Key::new("h1", "summary.fr", &["model", "rev2"]),
        Key::new("h1", "summary.fr", &["modelr", "ev"]),
    ] {
        assert!(!store.has(&other).unwrap(), "{other:?}");
    }
}

#[test]
fn only_articles_of_the_run_are_visited_in_input_order() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path()).unwrap();
    let first = store.start_run(&()).unwrap();
    store.see_article(first, 0, &article("gone", "x")).unwrap();
    store.see_article(first, 1, &article("kept", "y")).unwrap();
    let second = store.start_run(&()).unwrap();
    store.see_article(second, 1, &article("kept", "y")).unwrap();
    store.see_article(second, 0, &article("new", "z")).unwrap();
    let mut seen = Vec::new();
    store
        .for_each_article::<StoreError>(second, |a| {
            seen.push(a.id);
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, ["new", "kept"]);
    assert_eq!(store.article_count(second).unwrap(), 2);
    assert_eq!(store.seen_id(second, "gone").unwrap(), None);
}

#[test]
fn a_failed_transaction_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path()).unwrap();
    let run = store.start_run(&()).unwrap();
    let key = Key::new("h", "t", &[]);
    let failed: Result<(), StoreError> = store.transaction(|| {
        store.put(run, &key, &1)?;
        Err(StoreError::NotFound { path: PathBuf::new() })
    });
    assert!(failed.is_err());
    assert!(!store.has(&key).unwrap());
}

#[test]
fn problems_come_back_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path()).unwrap();
    let run = store.start_run(&()).unwrap();
    for message in ["one", "two"] {
        let problem = Problem {
            article_id: None,
            path: "p".into(),
            stage: "ingest".into(),
            severity: Severity::Error,
            message: message.into(),
            hint: None,
        };
        store.add_problem(run, &problem).unwrap();
    }
    let messages: Vec<_> = store
        .problems(run)
        .unwrap()
        .into_iter()
        .map(|p| p.message)
        .collect();
    assert_eq!(messages, ["one", "two"]);
}

#[test]
fn a_file_that_is_no_store_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join(Store::FILE_NAME),
        "this is a text file, not a database at all",
    )
    .unwrap();
    assert!(matches!(Store::open(dir.path()), Err(StoreError::Open { .. })));
}

#[test]
fn a_newer_store_is_refused_by_its_version() {
    let dir = tempfile::tempdir().unwrap();
    drop(Store::create(dir.path()).unwrap());
    let raw = Connection::open(dir.path().join(Store::FILE_NAME)).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    assert!(matches!(
        Store::open(dir.path()),
        Err(StoreError::Newer { found: 99, .. })
    ));
}

#[test]
fn two_processes_can_open_the_same_new_store() {
    let dir = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| Store::create(dir.path()).unwrap().start_run(&()).unwrap());
        }
    });
}

#[test]
fn a_second_run_into_the_same_folder_is_refused_until_the_first_ends() {
    let dir = tempfile::tempdir().unwrap();
    let first = RunLock::take(dir.path()).unwrap();
    let refused = RunLock::take(dir.path()).unwrap_err();
    assert!(matches!(refused, StoreError::Busy { .. }), "{refused}");
    #[cfg(unix)] // elsewhere a locked file cannot be read
    assert!(
        refused
            .to_string()
            .ends_with(&format!("(process {})", std::process::id())),
        "{refused}"
    );
    assert!(Store::open(dir.path()).is_err(), "the lock makes no store");
    drop(first);
    RunLock::take(dir.path()).unwrap();
}

/// The tables of version 1, as depeche made them then: never to be changed.
const VERSION_1: &str = "
    CREATE TABLE run(
        id       INTEGER PRIMARY KEY,
        started  TEXT NOT NULL,
        finished TEXT,
        json     TEXT NOT NULL
    );
    CREATE TABLE article(
        path     TEXT PRIMARY KEY,
        id       TEXT NOT NULL,
        hash     TEXT NOT NULL,
        position INTEGER NOT NULL,
        run      INTEGER NOT NULL REFERENCES run(id),
        json     TEXT NOT NULL
    );
    CREATE INDEX article_run ON article(run, position);
    CREATE INDEX article_id ON article(id);
    CREATE TABLE result(
        hash TEXT NOT NULL,
        task TEXT NOT NULL,
        key  TEXT NOT NULL,
        run  INTEGER NOT NULL REFERENCES run(id),
        json TEXT NOT NULL,
        PRIMARY KEY (hash, task, key)
    ) WITHOUT ROWID;
    CREATE TABLE problem(
        id   INTEGER PRIMARY KEY,
        run  INTEGER NOT NULL REFERENCES run(id),
        json TEXT NOT NULL
    );
    CREATE INDEX problem_run ON problem(run, id);
    PRAGMA user_version = 1;
";

fn problem(stage: &str, severity: Severity) -> Problem {
    Problem {
        article_id: None,
        path: "p".into(),
        stage: stage.into(),
        severity,
        message: "m".into(),
        hint: None,
    }
}

#[test]
fn a_store_of_version_1_is_brought_up_to_date_with_all_that_it_holds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(Store::FILE_NAME);
    let (done, failed) = (
        Key::new("h1", "summary.fr", &["m"]),
        Key::new("h2", "summary.fr", &["m"]),
    );
    let ledger = Key::new("h1", "ledger", &["m"]);
    {
        let old = Connection::open(&path).unwrap();
        old.pragma_update(None, "journal_mode", "WAL").unwrap();
        old.execute_batch(VERSION_1).unwrap();
        old.execute(
            "INSERT INTO run VALUES (1, '2026-01-01T00:00:00Z', NULL, '{}')",
            [],
        )
        .unwrap();
        for (at, (id, text)) in [("one", "un"), ("two", "deux")].into_iter().enumerate() {
            let article = Article {
                lang: Lang::En,
                hash: format!("h{}", at + 1),
                ..article(id, text)
            };
            old.execute(
                "INSERT INTO article VALUES (?1, ?2, ?3, ?4, 1, ?5)",
                params![
                    article.path,
                    article.id,
                    article.hash,
                    at as i64,
                    to_json(&article).unwrap()
                ],
            )
            .unwrap();
        }
        let flagged = problem("summary", Severity::Flag);
        let broken = problem("summary", Severity::Error);
        for (key, json) in [
            (
                &done,
                serde_json::json!({"result": {"task": "summary"}, "problems": [flagged, flagged]}),
            ),
            (&failed, serde_json::json!({"result": null, "problems": [broken]})),
            (&ledger, serde_json::json!({"figures": []})),
        ] {
            old.execute(
                "INSERT INTO result VALUES (?1, ?2, ?3, 1, ?4)",
                params![key.hash, key.task, key.digest, json.to_string()],
            )
            .unwrap();
        }
        for problem in [problem("ingest", Severity::Note), flagged] {
            old.execute(
                "INSERT INTO problem(run, json) VALUES (1, ?1)",
                [to_json(&problem).unwrap()],
            )
            .unwrap();
        }
    }
    assert!(matches!(
        Store::open_to_read(dir.path()),
        Err(StoreError::Older { found: 1, .. })
    ));
    let store = Store::open(dir.path()).unwrap();
    let run = store.last_complete_run().unwrap().unwrap();
    assert_eq!((run.started.as_str(), run.stage), ("2026-01-01T00:00:00Z", None));
    let entries = store.article_entries(run.id).unwrap();
    assert_eq!(
        entries
            .iter()
            .map(|e| (e.id.as_str(), e.lang))
            .collect::<Vec<_>>(),
        [("one", Lang::En), ("two", Lang::En)]
    );
    assert_eq!(store.state(&done).unwrap(), State::Done);
    assert_eq!(store.state(&failed).unwrap(), State::Failed);
    assert_eq!(store.state(&ledger).unwrap(), State::Done);
    let tally = store.tally(run.id, &done, Some(Lang::Fr)).unwrap();
    assert_eq!(
        tally,
        Tally {
            due: 2,
            done: 1,
            failed: 1,
            errors: 1,
            flags: 2
        }
    );
    assert_eq!(
        store.tally(run.id, &done, Some(Lang::En)).unwrap(),
        Tally::default()
    );
    // what the results say is not said a second time
    assert_eq!(store.problems(run.id).unwrap().len(), 1);
    let (writes, results) = store.writes().unwrap();
    assert_eq!((writes, results), (2, 2));
    let history: Vec<i64> = store
        .connection
        .prepare("SELECT version FROM migration ORDER BY version")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(history, (3..=schema::VERSION).collect::<Vec<_>>());
    drop(store);
    Store::open_to_read(dir.path()).unwrap();
}

#[test]
fn the_first_migration_is_what_version_1_was() {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let version_1 = VERSION_1.replace("PRAGMA user_version = 1;", "");
    assert_eq!(words(schema::MIGRATIONS[0]), words(&version_1));
}

#[test]
fn a_task_that_is_done_again_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path()).unwrap();
    let run = store.start_run(&()).unwrap();
    let key = Key::new("h", "summary.fr", &[]);
    let account = Account {
        failed: true,
        ..Account::default()
    };
    store.put_task(run, &key, &1, &account).unwrap();
    assert_eq!(store.state(&key).unwrap(), State::Failed);
    store.put_task(run, &key, &2, &Account::default()).unwrap();
    assert_eq!(store.state(&key).unwrap(), State::Done);
    assert_eq!(store.writes().unwrap(), (2, 1));
}

#[test]
fn only_what_is_nowhere_any_more_is_marked_as_removed() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path()).unwrap();
    let first = store.start_run(&()).unwrap();
    for (at, (id, text)) in [("kept", "a"), ("gone", "b"), ("moved", "c"), ("dir/locked", "d")]
        .into_iter()
        .enumerate()
    {
        store.see_article(first, at, &article(id, text)).unwrap();
    }
    let second = store.start_run(&()).unwrap();
    store.see_article(second, 0, &article("kept", "a")).unwrap();
    store.see_article(second, 1, &article("elsewhere", "c")).unwrap();
    store.mark_removed(second, &["dir".to_owned()]).unwrap();
    let removed = |run| -> Vec<String> {
        store
            .removed(run)
            .unwrap()
            .into_iter()
            .map(|entry| entry.path)
            .collect()
    };
    assert_eq!(removed(second), ["gone.txt"]);
    let third = store.start_run(&()).unwrap();
    store.see_article(third, 0, &article("gone", "b")).unwrap();
    store.mark_removed(third, &["dir/".to_owned()]).unwrap();
    assert_eq!(removed(third), ["elsewhere.txt", "kept.txt"]);
}

#[test]
fn who_looks_at_a_lock_does_not_turn_a_run_away() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(RunLock::holder(dir.path()), None);
    drop(RunLock::take(dir.path()).unwrap());
    std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            for _ in 0..2000 {
                RunLock::holder(dir.path());
            }
        });
        while !looking.is_finished() {
            drop(RunLock::take(dir.path()).unwrap());
        }
    });
    let held = RunLock::take(dir.path()).unwrap();
    assert!(RunLock::holder(dir.path()).is_some());
    drop(held);
    assert_eq!(RunLock::holder(dir.path()), None);
}
