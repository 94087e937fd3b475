use super::fake::{FakeBackend, funding, whole};
use crate::backend::{
    Backend, BackendError, Completion, Message, ModelInfo, Request, Sampling, Stats, Ticket,
};
use crate::record::{Lang, Severity};
use crate::task::{Job, Length, Outcome, Step, drive, summarize};
use std::sync::Arc;

/// Asks `rounds` times for `width` answers and checks that they come back in order.
struct Echo {
    name: usize,
    rounds: usize,
    width: usize,
    started: bool,
}

impl Job for Echo {
    fn next(&mut self, answers: Vec<Completion>, _: &dyn Backend) -> Step {
        if self.started {
            let expected: Vec<String> = (0..self.width)
                .map(|n| format!("{}/{}/{n}", self.name, self.rounds))
                .collect();
            assert_eq!(
                answers.iter().map(|a| a.text.clone()).collect::<Vec<_>>(),
                expected
            );
            self.rounds -= 1;
        }
        self.started = true;
        if self.rounds == 0 {
            return Step::Done(Outcome {
                result: None,
                problems: Vec::new(),
            });
        }
        let request = |n| Request {
            messages: vec![Message {
                role: crate::backend::Role::User,
                content: format!("{}/{}/{n}", self.name, self.rounds),
            }],
            constraint: None,
            max_tokens: 1,
            sampling: Sampling::GREEDY,
            alternatives: 0,
        };
        Step::Ask((0..self.width).map(request).collect())
    }
}

#[test]
fn every_job_ends_once_and_gets_its_own_answers_in_order() {
    let jobs = (0..200).map(|name| {
        Box::new(Echo {
            name,
            rounds: name % 4,
            width: 1 + name % 7,
            started: false,
        }) as Box<dyn Job>
    });
    let mut backend = FakeBackend::new(1000, |request| whole(&request.messages[0].content));
    let mut ended = Vec::new();
    drive(jobs, &mut backend, |index, _| ended.push(index), |_, _| true).unwrap();
    ended.sort_unstable();
    assert_eq!(ended, (0..200).collect::<Vec<_>>());
}

#[test]
fn few_jobs_are_begun_at_once() {
    let begun = std::cell::Cell::new(0usize);
    let most = std::cell::Cell::new(0usize);
    let ended = std::cell::Cell::new(0usize);
    let jobs = (0..300).map(|name| {
        begun.set(begun.get() + 1);
        most.set(most.get().max(begun.get() - ended.get()));
        Box::new(Echo {
            name,
            rounds: 2,
            width: 3,
            started: false,
        }) as Box<dyn Job>
    });
    let mut backend = FakeBackend::new(1000, |request| whole(&request.messages[0].content));
    drive(jobs, &mut backend, |_, _| ended.set(ended.get() + 1), |_, _| true).unwrap();
    assert!(most.get() <= 34, "{} jobs were in memory", most.get());
}

#[test]
fn a_refused_request_ends_its_own_job_only() {
    let article = Arc::new(funding());
    let jobs: Vec<Box<dyn Job>> = vec![
        Box::new(TooLong),
        Box::new(Echo {
            name: 1,
            rounds: 1,
            width: 2,
            started: false,
        }),
    ];
    let mut backend = FakeBackend::new(100, |request| whole(&request.messages[0].content));
    let mut ended = Vec::new();
    drive(
        jobs,
        &mut backend,
        |index, outcome| ended.push((index, outcome)),
        |_, _| true,
    )
    .unwrap();
    assert_eq!(ended.len(), 2);
    assert_eq!(ended[0].1.problems[0].severity, Severity::Error);
    assert!(ended[0].1.problems[0].message.contains("context holds 100"));
    assert!(ended[1].1.problems.is_empty());

    // A task says which article it was about.
    let summary = summarize(article, Arc::default(), Lang::Fr, Length::Short, Sampling::GREEDY);
    let outcome = backend.run(summary);
    assert_eq!(outcome.result, None);
    assert_eq!(outcome.problems[0].article_id.as_deref(), Some("a1"));
}

struct TooLong;

impl Job for TooLong {
    fn next(&mut self, _: Vec<Completion>, _: &dyn Backend) -> Step {
        Step::Ask(vec![Request {
            messages: Vec::new(),
            constraint: None,
            max_tokens: 1000,
            sampling: Sampling::GREEDY,
            alternatives: 0,
        }])
    }
}

/// Takes requests in and forgets them.
struct Forgetful(ModelInfo);

impl Backend for Forgetful {
    fn info(&self) -> &ModelInfo {
        &self.0
    }
    fn count_tokens(&self, _: &[Message]) -> Result<usize, BackendError> {
        Ok(1)
    }
    fn submit(&mut self, _: Request) -> Result<Ticket, BackendError> {
        Ok(Ticket(1))
    }
    fn poll(&mut self) -> Result<Vec<(Ticket, Completion)>, BackendError> {
        Ok(Vec::new())
    }
    fn outstanding(&self) -> usize {
        0
    }
    fn stats(&self) -> Stats {
        Stats::default()
    }
}

#[test]
fn a_backend_that_loses_requests_is_an_error_and_no_endless_loop() {
    let job = Box::new(Echo {
        name: 1,
        rounds: 1,
        width: 1,
        started: false,
    }) as Box<dyn Job>;
    let error = drive(
        [job],
        &mut Forgetful(ModelInfo::default()),
        |_, _| {},
        |_, _| true,
    )
    .unwrap_err();
    assert!(matches!(error, BackendError::Device { .. }));
}
