//! What goes through its keys together.

use super::{PAGE, Span};

/// What goes through its keys together, for each key head.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) enum Work {
    /// Some tokens of one span.
    Tokens {
        span: usize,
        first: usize,
        tokens: usize,
    },
    /// The few tokens of each of several spans whose first `shared` tokens are the same pages: they go through
    /// these together, then each span's through the rest of its own.
    Shared { spans: Vec<usize>, shared: usize },
}

/// Cuts the spans into units of up to `step` tokens, those with most keys first. What is shared is shared by whole blocks
/// of `block` keys, between which the softmax is rescaled.
pub(in super::super) fn works(spans: &[Span], step: usize, block: usize) -> Vec<Work> {
    // The next tokens of answers: guessed ones and those that a grammar decides come several at a time.
    let (answers, runs): (Vec<usize>, Vec<usize>) =
        (0..spans.len()).partition(|index| 2 * spans[*index].tokens <= step);
    let mut works = shared(spans, answers, step, block);
    for span in runs {
        let all = spans[span].tokens;
        works.extend((0..all).step_by(step).map(|first| {
            let tokens = step.min(all - first);
            Work::Tokens { span, first, tokens }
        }));
    }
    works.sort_by_key(|work| {
        std::cmp::Reverse(match work {
            Work::Tokens { span, first, tokens } => spans[*span].start + first + tokens,
            Work::Shared {
                spans: members,
                shared,
            } => {
                let own = members
                    .iter()
                    .map(|index| spans[*index].start + spans[*index].tokens - shared);
                shared + own.sum::<usize>()
            }
        })
    });
    works
}

/// Groups answers by the beginning that their sequences share: those about one article read its keys and values once
/// for all of them.
fn shared(spans: &[Span], mut answers: Vec<usize>, step: usize, block: usize) -> Vec<Work> {
    struct Group {
        members: Vec<usize>,
        tokens: usize,
        /// Blocks that all of them share.
        shared: usize,
    }
    // Whole blocks before the tokens themselves.
    let blocks = |span: &Span| span.start / block;
    let common = |a: &Span, b: &Span| {
        let same = a.pages.iter().zip(b.pages).take_while(|(a, b)| a == b).count();
        (same * PAGE / block).min(blocks(a)).min(blocks(b))
    };
    answers.sort_by(|a, b| spans[*a].pages.cmp(spans[*b].pages).then(a.cmp(b)));
    let mut groups: Vec<Group> = Vec::new();
    for index in answers {
        let span = &spans[index];
        if let Some(group) = groups.last_mut() {
            let with = common(&spans[group.members[0]], span);
            // A member that shares little would cost the others what they share among themselves.
            let much = with > 0 && with * 4 >= 3 * blocks(span).min(group.shared);
            if much && group.tokens + span.tokens <= step {
                group.shared = with.min(group.shared);
                group.tokens += span.tokens;
                group.members.push(index);
                continue;
            }
        }
        groups.push(Group {
            members: vec![index],
            tokens: span.tokens,
            shared: blocks(span),
        });
    }
    let work = |group: Group| match group.members[..] {
        [span] => Work::Tokens {
            span,
            first: 0,
            tokens: group.tokens,
        },
        _ => Work::Shared {
            spans: group.members,
            shared: group.shared * block,
        },
    };
    groups.into_iter().map(work).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_about_one_article_go_together_whatever_they_guess() {
        // Two articles of eight pages; answers with two pages of their own each, and a question that is being read.
        let tables: Vec<Vec<u32>> = (0..7)
            .map(|i| {
                (0..8)
                    .map(|page| i % 2 * 8 + page)
                    .chain([16 + 2 * i, 17 + 2 * i])
                    .collect()
            })
            .collect();
        let span = |index: usize, tokens| Span {
            row: 0,
            tokens,
            start: 300,
            pages: &tables[index],
        };
        let tokens = [1, 1, 4, 8, 3, 16, 2];
        let spans: Vec<Span> = tokens
            .into_iter()
            .enumerate()
            .map(|(index, tokens)| span(index, tokens))
            .collect();
        let mut works = works(&spans, 16, 64);
        works.sort_by_key(|work| format!("{work:?}"));
        let shared = |spans: Vec<usize>| Work::Shared { spans, shared: 256 };
        let question = Work::Tokens {
            span: 5,
            first: 0,
            tokens: 16,
        };
        // 1 + 4 + 3 + 2 tokens, and 1 + 8.
        assert_eq!(works, [shared(vec![0, 2, 4, 6]), shared(vec![1, 3]), question]);
    }

    #[test]
    fn no_more_tokens_go_together_than_there_is_room_for() {
        let tables: Vec<Vec<u32>> = (0..5).map(|i| (0..4).chain([4 + i]).collect()).collect();
        let spans: Vec<Span> = tables
            .iter()
            .map(|pages| Span {
                row: 0,
                tokens: 3,
                start: 130,
                pages,
            })
            .collect();
        let members = |work: &Work| match work {
            Work::Shared { spans, .. } => spans.len(),
            Work::Tokens { .. } => 1,
        };
        let works = works(&spans, 8, 64);
        let mut counts: Vec<usize> = works.iter().map(members).collect();
        counts.sort_unstable();
        assert_eq!(counts, [1, 2, 2]);
    }
}
