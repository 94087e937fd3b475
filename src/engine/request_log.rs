//! Every request to a model in tokens, with the size of its answer, as JSONL: what another program needs to be
//! asked for the same work.

use super::error::EngineError;
use super::scheduler::{RequestId, TokenOutput};
use serde::Serialize;
use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Writes a line when a request has its answer.
pub(super) struct RequestLog {
    path: PathBuf,
    file: File,
    /// Prompts without an answer yet.
    waiting: HashMap<u64, Vec<u32>>,
}

#[derive(Serialize)]
struct Line<'a> {
    /// Requests are numbered as they were made.
    request: u64,
    tokens: &'a [u32],
    answer: usize,
    forced: usize,
}

impl RequestLog {
    pub fn create(path: &Path) -> Result<Self, EngineError> {
        let file = File::create(path).map_err(|source| EngineError::Io {
            path: path.to_path_buf(),
            source,
        })?;
        Ok(Self {
            path: path.to_path_buf(),
            file,
            waiting: HashMap::new(),
        })
    }

    pub fn asked(&mut self, id: RequestId, tokens: Vec<u32>) {
        self.waiting.insert(id.0, tokens);
    }

    pub fn answered(&mut self, id: RequestId, output: &TokenOutput) -> Result<(), EngineError> {
        let Some(tokens) = self.waiting.remove(&id.0) else {
            return Ok(());
        };
        let line = Line {
            request: id.0,
            tokens: &tokens,
            answer: output.tokens.len(),
            forced: output.forced_tokens,
        };
        let write = || -> std::io::Result<()> {
            let mut text = serde_json::to_vec(&line)?;
            text.push(b'\n');
            (&self.file).write_all(&text)
        };
        write().map_err(|source| EngineError::Io {
            path: self.path.clone(),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::backend::{Backend as _, Message, Request, Role, Sampling};
    use crate::engine::random::{Family, FloatType, RandomModel, Size};
    use crate::engine::{EngineOptions, LocalBackend};

    #[test]
    fn every_question_is_logged_with_the_length_of_its_answer() {
        let folder = tempfile::tempdir().unwrap();
        RandomModel::new(Family::Qwen3, Size::TINY, 1)
            .write_safetensors(folder.path(), FloatType::F32)
            .unwrap();
        let path = folder.path().join("requests.jsonl");
        let options = EngineOptions {
            request_log: Some(path.clone()),
            ..EngineOptions::default()
        };
        let model = crate::hub::load_path(folder.path()).unwrap();
        let mut backend = LocalBackend::load(&model, &options).unwrap();
        let messages = vec![Message {
            role: Role::User,
            content: "Bonjour".to_owned(),
        }];
        let prompt = backend.prompt(&messages).unwrap();
        let request = Request {
            messages,
            constraint: None,
            max_tokens: 5,
            sampling: Sampling::GREEDY,
            alternatives: 0,
        };
        backend.submit(request).unwrap();
        let mut answers = Vec::new();
        while backend.outstanding() > 0 {
            answers.extend(backend.poll().unwrap());
        }
        let line: serde_json::Value =
            serde_json::from_str(std::fs::read_to_string(&path).unwrap().trim()).unwrap();
        assert_eq!(line["tokens"], serde_json::json!(prompt));
        assert_eq!(line["answer"], answers[0].1.tokens);
    }
}
