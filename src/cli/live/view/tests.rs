use super::*;
use crate::backend::Usage;

fn view() -> View {
    let mut view = View::default();
    view.enter("reading", 0);
    view.progress(19, 19, &Stats::default());
    view.enter("figures", 19);
    view.progress(19, 19, &Stats::default());
    view.enter("model", 75);
    view.load(&Load {
        articles: 19,
        tasks: vec![
            ("summary.fr".into(), 19),
            ("summary.en".into(), 19),
            ("translation.en".into(), 18),
            ("extraction".into(), 19),
        ],
    });
    let problem = Problem {
        article_id: None,
        path: String::new(),
        stage: "summary".into(),
        severity: Severity::Flag,
        message: "the text says “12 %”, which the article does not\u{1b}[2J state".into(),
        hint: None,
    };
    for _ in 0..14 {
        view.task_done(&TaskDone {
            task: "summary.fr",
            path: "articles/levée-de-fonds.txt",
            failed: false,
            problems: std::slice::from_ref(&problem),
            usage: Usage::default(),
            article_done: false,
        });
    }
    let stats = Stats {
        prefill_tokens: 8120,
        seconds: 10.0,
        ..Stats::default()
    };
    view.progress(25, 75, &stats);
    view.stages[2].began = Instant::now() - Duration::from_secs(120);
    view
}

#[test]
fn a_wide_terminal_has_the_facts_beside_the_bar() {
    assert_eq!(
        view().lines(110),
        [
            "    reading  19 done",
            "    figures  19 done",
            "      model  [=========>                 ] 25/75  4 min left  3.2 articles/min  812 tokens/s",
            "             summary.fr 14/19  summary.en 0/19  translation.en 0/18  extraction 0/19",
            "   problems  14 flags  levée-de-fonds.txt: the text says “12 %”, which the article does not [2J state",
        ]
    );
}

#[test]
fn a_stage_that_was_stopped_is_not_said_to_be_done() {
    let mut view = view();
    view.enter("writing", 19);
    assert_eq!(
        view.lines(60)[..4],
        [
            "    reading  19 done",
            "    figures  19 done",
            "      model  25/75 done",
            "    writing  [>              ] 0/19",
        ]
    );
}

#[test]
fn a_stage_that_counts_nothing_is_named_alone() {
    let mut view = View::default();
    view.enter("finishing", 0);
    assert_eq!(view.lines(60), ["  finishing  …"]);
    assert_eq!(view.sentence(), "finishing");
}

#[test]
fn a_stage_without_a_model_has_a_pace_too() {
    let mut view = View::default();
    view.enter("figures", 9_000);
    view.progress(3_000, 9_000, &Stats::default());
    view.stages[0].began = Instant::now() - Duration::from_secs(60);
    assert_eq!(
        view.sentence(),
        "figures: 3000/9000, 2 min left, 3000 articles/min"
    );
}

#[test]
fn the_wait_for_the_first_answers_is_not_the_pace_of_the_rest() {
    let ago = |seconds| Instant::now() - Duration::from_secs(seconds);
    let mut view = View::default();
    view.enter("figures", 95);
    view.progress(5, 95, &Stats::default());
    assert_eq!(view.pace(), (None, None), "too soon to tell");
    view.progress(35, 95, &Stats::default());
    view.stages[0].began = ago(300);
    view.stages[0].first = Some((ago(30), 5));
    assert_eq!(view.sentence(), "figures: 35/95, 1 min left, 60 articles/min");
    // two answers are too few, but better than nothing after a while
    view.stages[0].first = Some((ago(30), 34));
    assert_eq!(view.sentence(), "figures: 35/95, 9 min left, 7.0 articles/min");
}

#[test]
fn no_line_is_wider_than_the_terminal_however_narrow() {
    for width in [20, 32, 40, 60, 80, 200] {
        for line in view().lines(width) {
            assert!(line.width() <= width, "{width}: {line}");
            assert!(!line.contains('\u{1b}'), "{line:?}");
        }
    }
}

#[test]
fn a_pipe_gets_one_sentence_and_a_machine_the_numbers() {
    assert_eq!(
        view().sentence(),
        "model: 25/75, 4 min left, 3.2 articles/min, 812 tokens/s; problems: 14 flags"
    );
    let event = view().event();
    assert_eq!((&event["done"], &event["flags"]), (&25.into(), &14.into()));
    assert!(
        (239..=241).contains(&event["seconds_left"].as_u64().unwrap()),
        "{event}"
    );
}

#[test]
fn times_are_said_in_words() {
    for (seconds, words) in [
        (5, "5 s"),
        (61, "1 min"),
        (7_800, "2 h 10 min"),
        (100_000, "1 d 3 h"),
    ] {
        assert_eq!(in_words(Duration::from_secs(seconds)), words);
    }
}
