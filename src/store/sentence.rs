//! What a translation model answered to a sentence, by a digest of everything that the answer depends on.

use super::{RunId, Store, StoreError, from_json, to_json};
use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

impl Store {
    /// The answer that is kept under `key`, if there is one, whichever run made it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sentence<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let json: Option<String> = self
            .connection
            .prepare_cached("SELECT json FROM sentence WHERE key = ?1")
            .and_then(|mut statement| statement.query_row(params![key], |row| row.get(0)).optional())
            .map_err(|e| self.query_error(e))?;
        json.map(|json| from_json(&json)).transpose()
    }

    /// Keeps the answer to one sentence.
    ///
    /// # Errors
    /// When the row cannot be written: a full disk, a folder that is gone.
    pub fn put_sentence(&self, run: RunId, key: &str, answer: &impl Serialize) -> Result<(), StoreError> {
        let json = to_json(answer)?;
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO sentence(key, run, json) VALUES (?1, ?2, ?3)")
            .and_then(|mut statement| statement.execute(params![key, run.0, json]))
            .map_err(|e| self.query_error(e))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::store::Store;

    #[test]
    fn an_answer_is_found_by_its_key_in_a_later_run() {
        let dir = tempfile::tempdir().unwrap();
        {
            let store = Store::create(dir.path()).unwrap();
            let run = store.start_run(&1).unwrap();
            assert_eq!(store.sentence::<String>("k").unwrap(), None);
            store.put_sentence(run, "k", &"one").unwrap();
            store.put_sentence(run, "k", &"two").unwrap();
        }
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(store.sentence::<String>("k").unwrap().as_deref(), Some("two"));
    }
}
