//! Chat templates as models ship them, rendered so that nothing in a message can act as template or
//! special token.
//!
//! Templates are written for Python's Jinja2 inside `transformers`; the differences to minijinja are
//! bridged here: Python methods, `tojson` that does not escape for HTML, `{% generation %}`,
//! `raise_exception`, `strftime_now`, trimmed blocks.
//!
//! A message's content never enters the template. The template is given an unguessable name for it, and
//! where the name comes out, the content is put back as a [`Span::Content`]. So the content cannot be
//! read as Jinja, nor its `<|im_end|>` as a token, nor can it steer a template that looks for
//! `</think>` or `<tool_response>` in it.

use super::tokenizer::Span;
use crate::backend::{Message, Role};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde};
use minijinja::{Environment, ErrorKind, Value, context};
use serde::Serialize;
use std::collections::BTreeMap;

/// Why a chat template could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChatError {
    /// The model ships none.
    #[error("expected a chat template with the model, but found none")]
    Missing,
    /// It is not a template.
    #[error("the chat template cannot be compiled: line {line}: {reason}")]
    Syntax {
        /// Line, from 1; 0 when not known.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// It refused the messages.
    #[error("the chat template cannot be rendered: {0}")]
    Render(String),
}

impl ChatError {
    /// What the user can do about it, where something can be said.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Missing => {
                Some("take the model's instruction-tuned variant: base models have no chat template")
            }
            _ => None,
        }
    }
}

/// A model's chat template.
pub struct ChatTemplate {
    environment: Environment<'static>,
    variables: BTreeMap<String, serde_json::Value>,
}

/// A plain ChatML conversation, for models whose vocabulary has its tokens but that ship no template.
pub const CHATML: &str = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

const NAME: &str = "chat";

impl ChatTemplate {
    /// Compiles a template. `names` are the special tokens that it writes by name (`bos_token`), `args`
    /// further variables; they win over the defaults, which switch thinking off.
    ///
    /// # Errors
    /// When it is not a template.
    pub fn new(
        source: &str,
        names: &BTreeMap<String, String>,
        args: &BTreeMap<String, serde_json::Value>,
    ) -> Result<ChatTemplate, ChatError> {
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()
            .map_err(syntax_error)?;
        environment.set_syntax(syntax);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_filter("tojson", to_json);
        environment.add_function("raise_exception", raise_exception);
        environment.add_function("strftime_now", strftime_now);
        // A template is someone's program: it may not run for ever.
        environment.set_fuel(Some(5_000_000));
        environment
            .add_template_owned(NAME, without_generation_blocks(source))
            .map_err(syntax_error)?;
        let mut variables: BTreeMap<String, serde_json::Value> = BTreeMap::new();
        variables.insert("add_generation_prompt".to_owned(), true.into());
        variables.insert("enable_thinking".to_owned(), false.into());
        variables.extend(
            names
                .iter()
                .map(|(name, spelling)| (name.clone(), spelling.clone().into())),
        );
        variables.extend(args.iter().map(|(name, value)| (name.clone(), value.clone())));
        Ok(ChatTemplate {
            environment,
            variables,
        })
    }

    /// Renders a conversation that the model is to continue. Contents are trimmed.
    ///
    /// A template that knows no system message gets its text at the head of the first user message.
    ///
    /// # Errors
    /// When the template refuses the messages or leaves one of them out.
    pub fn render<'m>(&self, messages: &'m [Message]) -> Result<Vec<Span<'m>>, ChatError> {
        let turns: Vec<Turn<'m>> = messages
            .iter()
            .map(|message| Turn {
                role: message.role,
                contents: vec![message.content.trim()],
            })
            .collect();
        match self.render_turns(&turns) {
            Err(error) => match folded(&turns) {
                Some(folded) => self.render_turns(&folded),
                None => Err(error),
            },
            done => done,
        }
    }

    fn render_turns<'m>(&self, turns: &[Turn<'m>]) -> Result<Vec<Span<'m>>, ChatError> {
        let names = Names::for_turns(turns);
        let messages: Vec<BTreeMap<&str, String>> = turns
            .iter()
            .enumerate()
            .map(|(index, turn)| {
                let role = match turn.role {
                    Role::System => "system",
                    Role::User => "user",
                    Role::Assistant => "assistant",
                };
                BTreeMap::from([("role", role.to_owned()), ("content", names.of(index))])
            })
            .collect();
        let variables = context! {
            messages => Value::from(Serde(&messages)),
            ..Value::from(Serde(&self.variables))
        };
        let rendered = self
            .environment
            .get_template(NAME)
            .and_then(|template| template.render(variables))
            .map_err(|error| ChatError::Render(reason(&error)))?;
        names.put_back(&rendered, turns)
    }
}

/// A message whose content may be several texts, kept apart by a blank line.
struct Turn<'m> {
    role: Role,
    contents: Vec<&'m str>,
}

/// The system message at the head of the first user message; none when there is nothing to move.
fn folded<'m>(turns: &[Turn<'m>]) -> Option<Vec<Turn<'m>>> {
    let [system, user, rest @ ..] = turns else {
        return None;
    };
    if system.role != Role::System || user.role != Role::User {
        return None;
    }
    let contents = system.contents.iter().chain(&user.contents).copied().collect();
    let rest = rest.iter().map(|turn| Turn {
        role: turn.role,
        contents: turn.contents.clone(),
    });
    Some(
        [Turn {
            role: Role::User,
            contents,
        }]
        .into_iter()
        .chain(rest)
        .collect(),
    )
}

/// Names under which the contents go through the template.
struct Names {
    prefix: String,
}

impl Names {
    /// The prefix is a hash of all contents, so that none of them can contain it.
    fn for_turns(turns: &[Turn<'_>]) -> Names {
        let mut hasher = blake3::Hasher::new();
        for content in turns.iter().flat_map(|turn| &turn.contents) {
            hasher
                .update(&content.len().to_le_bytes())
                .update(content.as_bytes());
        }
        Names {
            prefix: format!("\u{e000}{}:", &hasher.finalize().to_hex()[..32]),
        }
    }

    fn of(&self, index: usize) -> String {
        format!("{}{index}\u{e001}", self.prefix)
    }

    /// The rendering with each content in the place of its name.
    fn put_back<'m>(&self, rendered: &str, turns: &[Turn<'m>]) -> Result<Vec<Span<'m>>, ChatError> {
        let mut spans = Vec::new();
        let mut seen = vec![false; turns.len()];
        let mut pieces = rendered.split(&self.prefix);
        let mut template = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let lost = || ChatError::Render("the template changes the text of a message".to_owned());
            let (index, rest) = piece.split_once('\u{e001}').ok_or_else(lost)?;
            let index: usize = index.parse().map_err(|_| lost())?;
            let turn = turns.get(index).ok_or_else(lost)?;
            seen[index] = true;
            for (position, content) in turn.contents.iter().enumerate() {
                let between = if position == 0 {
                    std::mem::take(&mut template)
                } else {
                    "\n\n".to_owned()
                };
                spans.push(Span::Template(between));
                spans.push(Span::Content(content));
            }
            template = rest.to_owned();
        }
        if let Some(missing) = seen.iter().position(|seen| !seen) {
            return Err(ChatError::Render(format!(
                "the template leaves message {} out",
                missing + 1
            )));
        }
        if template.trim_end().ends_with("<think>") {
            // The template opens the thinking for the model: it is closed, there is nothing to think.
            template.truncate(template.trim_end().len());
            template.push_str("\n\n</think>\n\n");
        }
        spans.push(Span::Template(template));
        spans.retain(|span| !matches!(span, Span::Template(text) if text.is_empty()));
        Ok(spans)
    }
}

/// What follows the thinking block of an answer, if there is one.
pub fn without_thinking(answer: &str) -> &str {
    if let Some((_, after)) = answer.rsplit_once("</think>") {
        return after.trim_start();
    }
    match answer.trim_start().strip_prefix("<think>") {
        // A thinking block that was cut: nothing was said.
        Some(_) => "",
        None => answer,
    }
}

/// `{% generation %}` marks text for training. Its tags become tags that do nothing, with the same
/// white space control.
fn without_generation_blocks(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find("{%") {
        let (before, tag) = rest.split_at(start);
        out.push_str(before);
        let Some(end) = tag.find("%}") else {
            rest = tag;
            break;
        };
        let (tag, after) = tag.split_at(end + 2);
        let inside = tag[2..tag.len() - 2].trim_matches(['-', '+']).trim();
        match inside {
            "generation" => out.push_str(&tag.replacen("generation", "if true", 1)),
            "endgeneration" => out.push_str(&tag.replacen("endgeneration", "endif", 1)),
            _ => out.push_str(tag),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn syntax_error(error: minijinja::Error) -> ChatError {
    ChatError::Syntax {
        line: error.line().unwrap_or(0),
        reason: reason(&error),
    }
}

/// What went wrong, without the template around it.
fn reason(error: &minijinja::Error) -> String {
    error
        .detail()
        .map_or_else(|| error.kind().to_string(), str::to_owned)
}

fn raise_exception(message: String) -> Result<Value, minijinja::Error> {
    Err(minijinja::Error::new(ErrorKind::InvalidOperation, message))
}

/// Templates write today's date into the prompt. The same article must give the same answer on any day,
/// so the day stands still: it is the one that Llama's template falls back to.
fn strftime_now(format: String) -> String {
    let day = jiff::civil::date(2024, 7, 26).at(12, 0, 0, 0);
    jiff::fmt::strtime::format(&format, day).unwrap_or_else(|_| "26 Jul 2024".to_owned())
}

/// Python's `json.dumps(value, ensure_ascii=False)`.
fn to_json(value: &Value, kwargs: Kwargs) -> Result<String, minijinja::Error> {
    let indent: Option<usize> = kwargs.get("indent")?;
    for ignored in ["ensure_ascii", "separators", "sort_keys"] {
        let _: Option<Value> = kwargs.get(ignored)?;
    }
    kwargs.assert_all_used()?;
    let failed = |error: serde_json::Error| {
        minijinja::Error::new(ErrorKind::BadSerialization, "a value cannot be written as JSON")
            .with_source(error)
    };
    let mut out = Vec::new();
    match indent {
        Some(indent) => {
            let spaces = " ".repeat(indent.min(16));
            let formatter = serde_json::ser::PrettyFormatter::with_indent(spaces.as_bytes());
            value
                .serialize(&mut serde_json::Serializer::with_formatter(&mut out, formatter))
                .map_err(failed)?;
        }
        None => {
            value
                .serialize(&mut serde_json::Serializer::with_formatter(&mut out, Spaced))
                .map_err(failed)?;
        }
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// `", "` and `": "`.
struct Spaced;

impl serde_json::ser::Formatter for Spaced {
    fn begin_array_value<W: ?Sized + std::io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + std::io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + std::io::Write>(&mut self, out: &mut W) -> std::io::Result<()> {
        out.write_all(b": ")
    }
}

#[cfg(test)]
mod tests;
