use super::*;
use crate::record::Severity;

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
