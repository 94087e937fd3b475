//! Templates in the forms that models ship, rendered like Python's transformers renders them
//! (tests/templates/render.py).

#![allow(clippy::unwrap_used)] // the helpers of a test are part of it

use depeche::backend::Message;
use depeche::engine::chat::ChatTemplate;
use depeche::engine::tokenizer::Span;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
struct Case {
    template: String,
    conversation: String,
    messages: Vec<Message>,
    enable_thinking: bool,
    rendered: Option<String>,
}

fn text(spans: &[Span<'_>]) -> String {
    let of = |span: &Span<'_>| match span {
        Span::Template(text) => text.clone(),
        Span::Content(text) => (*text).to_owned(),
    };
    spans.iter().map(of).collect()
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/templates")
}

fn template(name: &str, enable_thinking: bool) -> ChatTemplate {
    let source = std::fs::read_to_string(folder().join(name)).unwrap();
    let names = [("bos_token", "<s>"), ("eos_token", "</s>")];
    let names: BTreeMap<String, String> = names.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    let args = BTreeMap::from([("enable_thinking".to_owned(), enable_thinking.into())]);
    ChatTemplate::new(&source, &names, &args).unwrap()
}

#[test]
fn every_rendering_equals_the_reference() {
    let cases = std::fs::read_to_string(folder().join("expected.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&cases).unwrap();
    assert!(cases.len() >= 40);
    for case in &cases {
        let rendered = template(&case.template, case.enable_thinking).render(&case.messages);
        let place = format!("{}, {}", case.template, case.conversation);
        match (&case.rendered, rendered) {
            (Some(expected), Ok(spans)) => assert_eq!(&text(&spans), expected, "{place}"),
            (Some(_), Err(error)) => panic!("{place}: {error}"),
            // The reference refuses a system message; here it joins the question.
            (None, Ok(spans)) => {
                assert_eq!(case.template, "turns_without_system.jinja", "{place}");
                let system = &case.messages[0].content;
                assert!(
                    text(&spans).starts_with(&format!("<s><start_of_turn>user\n{system}\n\n")),
                    "{place}"
                );
            }
            (None, Err(_)) => {}
        }
    }
}

#[test]
fn thinking_is_off_by_default() {
    let source = std::fs::read_to_string(folder().join("chatml_thinking.jinja")).unwrap();
    let template = ChatTemplate::new(&source, &BTreeMap::new(), &BTreeMap::new()).unwrap();
    let message = Message {
        role: depeche::backend::Role::User,
        content: "Oui ?".to_owned(),
    };
    assert!(text(&template.render(&[message]).unwrap()).ends_with("<think>\n\n</think>\n\n"));
}
