use super::*;
use crate::engine::random::{Family, RandomModel, Size};
use crate::engine::tokenizer::{Definition, TokenizerFiles};
use serde_json::json;

fn compiler(width: usize) -> (GrammarCompiler, Arc<TextTokenizer>) {
    let folder = tempfile::tempdir().unwrap();
    RandomModel::new(Family::Qwen3, Size::TINY, 1)
        .write_side_files(folder.path())
        .unwrap();
    let definition = Definition::read(&folder.path().join("tokenizer.json")).unwrap();
    let files = TokenizerFiles::default();
    let tokenizer = Arc::new(TextTokenizer::load(definition, &files, &[2, 0]).unwrap());
    let stop = tokenizer.stop_tokens().to_vec();
    (
        GrammarCompiler::new(tokenizer.clone(), width, &stop).unwrap(),
        tokenizer,
    )
}

fn lark(text: &str) -> Constraint {
    Constraint::Lark(text.to_owned())
}

/// Walks a grammar as the scheduler does, choosing among the allowed tokens with `choose`.
fn walk(
    constraint: &mut dyn TokenConstraint,
    tokenizer: &TextTokenizer,
    mut choose: impl FnMut(&[u32]) -> u32,
) -> Result<String, String> {
    let mut tokens = Vec::new();
    for _ in 0..2_000 {
        for token in constraint.forced() {
            constraint.commit(token)?;
            tokens.push(token);
        }
        let mask = match constraint.allowed()? {
            Allowed::Stop => return Ok(tokenizer.decode(&tokens)),
            Allowed::Tokens(mask) => mask,
        };
        let allowed: Vec<u32> = (0..mask.len() as u32 * 32)
            .filter(|t| mask[*t as usize / 32] >> (t % 32) & 1 == 1)
            .collect();
        let token = choose(&allowed);
        if tokenizer.stop_tokens().contains(&token) {
            return Ok(tokenizer.decode(&tokens));
        }
        constraint.commit(token)?;
        tokens.push(token);
    }
    Err("the grammar did not end".to_owned())
}

/// Numbers that look random and are the same on every machine.
fn dice(seed: u64) -> impl FnMut(&[u32]) -> u32 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |allowed| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        allowed[(state % allowed.len() as u64) as usize]
    }
}

#[test]
fn only_substrings_come_out_whatever_the_model_prefers() {
    let (mut compiler, tokenizer) = compiler(512);
    let text = "Le groupe « Altéo » a levé 12 M€ à Évry";
    let chunks: Vec<&str> = text.split_inclusive(' ').collect();
    let grammar = format!(
        "start: \"{{\\\"q\\\": \\\"\" Q \"\\\"}}\"\nS: %regex {}\nQ: S & /(?s:.{{3,20}})/\n",
        json!({ "substring_chunks": chunks })
    );
    let mut quotes = std::collections::BTreeSet::new();
    for seed in 0..40 {
        let mut constraint = compiler.compile(&lark(&grammar)).unwrap();
        let answer = walk(&mut *constraint, &tokenizer, dice(seed)).unwrap();
        let value: serde_json::Value = serde_json::from_str(&answer).unwrap();
        let quote = value["q"].as_str().unwrap().to_owned();
        assert!(text.contains(&quote), "{quote:?}");
        assert!((3..=20).contains(&quote.chars().count()), "{quote:?}");
        quotes.insert(quote);
    }
    assert!(quotes.len() > 10, "{quotes:?}");
}

#[test]
fn what_the_grammar_alone_decides_is_forced() {
    let (mut compiler, tokenizer) = compiler(512);
    let mut constraint = compiler
        .compile(&lark(r#"start: "{\"entities\": [" /[a-z]/ "]}""#))
        .unwrap();
    let forced = tokenizer.decode(&constraint.forced());
    assert!(
        r#"{"entities": ["#.starts_with(&forced) && forced.len() > 3,
        "{forced:?}"
    );
}

#[test]
fn a_complete_answer_stops_and_refuses_more() {
    let (mut compiler, tokenizer) = compiler(512);
    let mut constraint = compiler.compile(&lark(r#"start: "a""#)).unwrap();
    let a = tokenizer.encode_exact("a").unwrap()[0];
    let b = tokenizer.encode_exact("b").unwrap()[0];
    let _ = constraint.forced();
    assert!(constraint.commit(b).is_err());
    let mut constraint = compiler.compile(&lark(r#"start: "a""#)).unwrap();
    constraint.commit(a).unwrap();
    assert_eq!(constraint.allowed(), Ok(Allowed::Stop));
    assert!(constraint.forced().is_empty());
}

#[test]
fn the_trie_is_as_wide_as_the_logits() {
    // More logits than tokens, and fewer.
    for width in [700, 300] {
        let (mut compiler, tokenizer) = compiler(width);
        let mut constraint = compiler.compile(&lark("start: /[a-z ]{1,40}/")).unwrap();
        let mut most = 0;
        let answer = walk(&mut *constraint, &tokenizer, |allowed| {
            most = most.max(*allowed.last().unwrap());
            *allowed.last().unwrap()
        });
        assert!(answer.is_ok());
        assert!((most as usize) < width.min(512), "{most} of {width}");
    }
}

#[test]
fn special_tokens_are_never_spelled() {
    let (mut compiler, tokenizer) = compiler(512);
    let mut constraint = compiler.compile(&lark("start: /[<>|a-z_]{1,30}/")).unwrap();
    for token in tokenizer.encode_exact("<|im_end|>").unwrap() {
        constraint.commit(token).unwrap();
    }
    let Ok(Allowed::Tokens(mask)) = constraint.allowed() else {
        panic!()
    };
    assert_eq!(
        mask[0] & 0b111,
        0b101,
        "both end tokens are allowed, the start of a turn is not"
    );
}

#[test]
fn a_wrong_or_too_large_grammar_is_an_error() {
    let (mut compiler, _) = compiler(512);
    let mut explain = |text: &str| compiler.compile(&lark(text)).err().map(|error| error.to_string());
    for wrong in [
        "",
        "no: \"start\"",
        "start: other",
        "start: /(/",
        "start: /a(?=b)/",
        "start: \"a",
    ] {
        let error = explain(wrong).unwrap_or_else(|| panic!("{wrong} was taken"));
        assert!(!error.is_empty() && !error.contains("<state>"), "{error}");
    }
    let huge = format!("start: {}\n", "\"abc\" ".repeat(600_000));
    assert!(explain(&huge).is_some());
}

#[test]
fn a_grammar_is_compiled_once() {
    let (mut compiler, _) = compiler(512);
    for _ in 0..3 {
        compiler.compile(&lark("start: /[a-z]+/")).unwrap();
    }
    assert_eq!(compiler.compiled.len(), 1);
    for number in 0..KEPT + 5 {
        compiler.compile(&lark(&format!("start: \"a{number}\""))).unwrap();
    }
    assert_eq!(compiler.compiled.len(), KEPT);
}

#[test]
fn a_model_without_an_end_token_is_refused() {
    let (_, tokenizer) = compiler(512);
    assert!(GrammarCompiler::new(tokenizer, 512, &[9_999]).is_err());
}

#[test]
fn tokens_of_usual_characters_are_looked_up_at_once() {
    let (mut compiler, tokenizer) = compiler(512);
    let mut walked = |text: &str| {
        let constraint = lark(&format!("start: \"<\" {text} \">\""));
        compiler.compile(&constraint).unwrap();
        let mut matcher = compiler.compiled.back().unwrap().1.clone();
        for token in tokenizer.encode_exact("<").unwrap() {
            matcher.consume_token(token).unwrap();
        }
        matcher.compute_mask().unwrap();
        let stats = matcher.last_step_stats().unwrap();
        (stats.slices_applied, stats.trie_nodes_walked)
    };
    let (sets, few) = walked(&format!(r#"/[{USUAL_CHARACTERS}|"\\]{{1,200}}/"#));
    assert_eq!(sets, 1);
    // One character less, and every token has to be walked through.
    let (sets, many) = walked(&format!(r#"/[[{USUAL_CHARACTERS}]--[e]]{{1,200}}/"#));
    assert_eq!(sets, 0);
    assert!(few * 3 < many, "{few} and {many}");
    // Near the limit of a text they may be too long.
    assert_eq!(walked(&format!("/[{USUAL_CHARACTERS}]{{1,10}}/")).0, 0);
}
