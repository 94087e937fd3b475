//! What the model is told: the templates of `prompts/`, embedded, and the messages made of them.
//!
//! Every request is the system message, the article, and the instruction, in this order, so that all
//! tasks on an article begin with the same bytes and share their prefill. The article stands between
//! two marks that carry a hash of its content: a text cannot contain its own end mark by accident, and
//! hardly by intent. Templates never see article text as template: it comes in as values.

use super::part::Part;
use crate::backend::{Message, Role};
use crate::record::{Article, Lang};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Value, context};
use std::sync::LazyLock;

/// The kinds of request that the tasks make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Instruction {
    /// A summary.
    Summary,
    /// One passage of a summary again, after the number gate.
    Repair,
    /// One paragraph, in another language.
    Translation,
    /// Named entities.
    Extraction,
    /// What the figures measure.
    Labels,
}

const SYSTEM: &str = include_str!("../../prompts/system.md");
const ARTICLE: &str = include_str!("../../prompts/article.md");
const NOTES: &str = include_str!("../../prompts/notes.md");

impl Instruction {
    /// The template in the language that is wanted; anything but French is asked in English.
    fn template(self, lang: Lang) -> (&'static str, &'static str) {
        match (self, lang) {
            (Instruction::Summary, Lang::Fr) => ("summary.fr", include_str!("../../prompts/summary.fr.md")),
            (Instruction::Summary, _) => ("summary.en", include_str!("../../prompts/summary.en.md")),
            (Instruction::Repair, Lang::Fr) => ("repair.fr", include_str!("../../prompts/repair.fr.md")),
            (Instruction::Repair, _) => ("repair.en", include_str!("../../prompts/repair.en.md")),
            (Instruction::Translation, Lang::Fr) => {
                ("translation.fr", include_str!("../../prompts/translation.fr.md"))
            }
            (Instruction::Translation, _) => {
                ("translation.en", include_str!("../../prompts/translation.en.md"))
            }
            (Instruction::Extraction, Lang::Fr) => {
                ("extraction.fr", include_str!("../../prompts/extraction.fr.md"))
            }
            (Instruction::Extraction, _) => ("extraction.en", include_str!("../../prompts/extraction.en.md")),
            (Instruction::Labels, Lang::Fr) => ("labels.fr", include_str!("../../prompts/labels.fr.md")),
            (Instruction::Labels, _) => ("labels.en", include_str!("../../prompts/labels.en.md")),
        }
    }

    /// The instruction as text.
    pub(super) fn render(self, lang: Lang, values: Value) -> String {
        let (name, _) = self.template(lang);
        render(name, values)
    }
}

/// The tasks whose results are stored, for [`prompt_hash`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskKind {
    /// [`summarize`](super::summarize).
    Summary,
    /// [`translate`](super::translate).
    Translation,
    /// [`extract`](super::extract).
    Extraction,
}

/// Raised when the code around the prompts changes what a task yields (grammars, parsing, splitting).
const TASKS_VERSION: &str = "1";

/// BLAKE3, in hex, of everything that the wording of a task contributes to its result: part of the key
/// under which results are stored, so that a changed prompt is a changed task.
pub fn prompt_hash(task: TaskKind, lang: Lang) -> String {
    let instructions: &[Instruction] = match task {
        TaskKind::Summary => &[Instruction::Summary, Instruction::Repair],
        TaskKind::Translation => &[Instruction::Translation],
        TaskKind::Extraction => &[Instruction::Extraction, Instruction::Labels],
    };
    let mut hasher = blake3::Hasher::new();
    for text in [TASKS_VERSION, SYSTEM, ARTICLE, NOTES] {
        hasher.update(text.as_bytes()).update(&[0]);
    }
    for instruction in instructions {
        hasher
            .update(instruction.template(lang).1.as_bytes())
            .update(&[0]);
    }
    hasher.finalize().to_hex().to_string()
}

/// One point of a part's summary, as the merging request sees it.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Note {
    /// Paragraph numbers from 1, separated by commas.
    pub paragraphs: String,
    pub text: String,
}

/// The article, or one part of it, between its marks.
pub(super) fn article_block(article: &Article, part: &Part) -> String {
    let paragraphs: Vec<Value> = part
        .pieces
        .iter()
        .map(|piece| context! { number => piece.paragraph + 1, text => piece.text.as_str() })
        .collect();
    render(
        "article",
        context! { mark => mark(article), title => article.title.as_deref(), date => article.date.as_deref(), paragraphs },
    )
}

/// The points of the parts, in place of an article that does not fit.
pub(super) fn notes_block(article: &Article, notes: &[Note]) -> String {
    render(
        "notes",
        context! {
            mark => mark(article), title => article.title.as_deref(), date => article.date.as_deref(),
            notes => Value::from(minijinja::value::Serde(notes)),
        },
    )
}

/// The conversation: the same first message everywhere, then the block and what is asked about it.
pub(super) fn messages(block: &str, instruction: &str) -> Vec<Message> {
    vec![
        Message {
            role: Role::System,
            content: SYSTEM.trim().to_owned(),
        },
        Message {
            role: Role::User,
            content: format!("{block}\n\n{}", instruction.trim()),
        },
    ]
}

/// Eight hex digits of the content's hash.
fn mark(article: &Article) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher
        .update(article.title.as_deref().unwrap_or_default().as_bytes())
        .update(&[0]);
    hasher.update(article.text.as_bytes());
    hasher.finalize().to_hex()[..8].to_owned()
}

fn render(name: &str, values: Value) -> String {
    static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder()
            .build()
            .expect("OK because the default delimiters are valid");
        environment.set_syntax(syntax);
        // Plain text: nothing is escaped, whatever the template is called.
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        let mut add = |name: &'static str, source: &'static str| {
            environment
                .add_template(name, source)
                .expect("OK because every embedded template is compiled by a test");
        };
        add("article", ARTICLE);
        add("notes", NOTES);
        for instruction in ALL_INSTRUCTIONS {
            for lang in [Lang::Fr, Lang::En] {
                let (name, source) = instruction.template(lang);
                add(name, source);
            }
        }
        environment
    });
    TEMPLATES
        .get_template(name)
        .and_then(|template| template.render(values))
        .expect("OK because a test renders every embedded template with these values")
}

const ALL_INSTRUCTIONS: [Instruction; 5] = [
    Instruction::Summary,
    Instruction::Repair,
    Instruction::Translation,
    Instruction::Extraction,
    Instruction::Labels,
];
