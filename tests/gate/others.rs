//! Translations and summaries written by others, who had seen neither the rules nor the planter, each with several wrong
//! versions of it: the errors that a language model makes.

use crate::{read, what_it_says};
use depeche::gate::{Scope, check_text};
use depeche::record::Lang;
use serde::Deserialize;

/// `tests/corpora/gate_others.jsonl`.
#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    /// `translation` or `summary`.
    check: String,
    from: Lang,
    to: Lang,
    source: String,
    text: String,
    wrong: Vec<Wrong>,
}

#[derive(Debug, Deserialize)]
struct Wrong {
    text: String,
    what: String,
}

/// Wrong versions found at least, and false alarms at most, as they are found today.
const FLOORS: &[(&str, f64, usize)] = &[("translation", 0.935, 11), ("summary", 0.77, 26)];

#[test]
fn errors_of_language_models_are_found_and_faithful_texts_let_pass() {
    let cases: Vec<Case> = read("gate_others.jsonl");
    for (check, floor, most_alarms) in FLOORS {
        let scope = match *check {
            "summary" => Scope::Subset,
            _ => Scope::Complete,
        };
        let (mut errors, mut missed, mut alarms) = (0, Vec::new(), Vec::new());
        for case in cases.iter().filter(|case| case.check == *check) {
            let said = |text: &str| -> Vec<_> {
                check_text(&case.source, case.from, text, case.to, scope)
                    .iter()
                    .map(|finding| (what_it_says(finding), finding.message.clone()))
                    .collect()
            };
            let clean = said(&case.text);
            alarms.extend(clean.iter().map(|(_, message)| format!("{}: {message}", case.id)));
            for wrong in &case.wrong {
                errors += 1;
                let found = said(&wrong.text);
                if found.iter().all(|finding| clean.contains(finding)) && found.len() <= clean.len() {
                    missed.push(format!("{}: {}", case.id, wrong.what));
                }
            }
        }
        let found = 1.0 - missed.len() as f64 / f64::from(errors);
        println!(
            "{check}: {:.1} % of {errors} errors found, {} false alarms",
            found * 100.0,
            alarms.len()
        );
        if std::env::var_os("DEPECHE_MISSES").is_some() {
            println!("{missed:#?}\n{alarms:#?}");
        }
        assert!(found >= *floor, "{check}: {found}: {missed:#?}");
        assert!(alarms.len() <= *most_alarms, "{check}: {alarms:#?}");
    }
}
