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
    /// Single tokens of several spans whose first `shared` tokens are the same pages: they go through
    /// these together, then each through the rest of its own.
    Shared { spans: Vec<usize>, shared: usize },
}

/// Cuts the spans into units of up to `step` tokens, those with most keys first. What is shared is shared by whole blocks
/// of `block` keys, between which the softmax is rescaled.
pub(in super::super) fn works(spans: &[Span], step: usize, block: usize) -> Vec<Work> {
    let (singles, runs): (Vec<usize>, Vec<usize>) =
        (0..spans.len()).partition(|index| spans[*index].tokens == 1);
    let mut works = shared(spans, singles, step, block);
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
                let own = members.iter().map(|index| spans[*index].start + 1 - shared);
                shared + own.sum::<usize>()
            }
        })
    });
    works
}

/// Groups single tokens by the beginning that their sequences share: answers about one article read its
/// keys and values once for all of them.
fn shared(spans: &[Span], mut singles: Vec<usize>, step: usize, block: usize) -> Vec<Work> {
    // Whole blocks before the token itself.
    let blocks = |span: &Span| span.start / block;
    let common = |a: &Span, b: &Span| {
        let same = a.pages.iter().zip(b.pages).take_while(|(a, b)| a == b).count();
        (same * PAGE / block).min(blocks(a)).min(blocks(b))
    };
    singles.sort_by(|a, b| spans[*a].pages.cmp(spans[*b].pages).then(a.cmp(b)));
    let mut groups: Vec<(Vec<usize>, usize)> = Vec::new();
    for index in singles {
        if let Some((members, shared)) = groups.last_mut() {
            let with = common(&spans[members[0]], &spans[index]);
            // A member that shares little would cost the others what they share among themselves.
            if members.len() < step && with > 0 && with * 4 >= 3 * blocks(&spans[index]).min(*shared) {
                *shared = with.min(*shared);
                members.push(index);
                continue;
            }
        }
        groups.push((vec![index], blocks(&spans[index])));
    }
    let work = |(members, shared): (Vec<usize>, usize)| match members[..] {
        [span] => Work::Tokens {
            span,
            first: 0,
            tokens: 1,
        },
        _ => Work::Shared {
            spans: members,
            shared: shared * block,
        },
    };
    groups.into_iter().map(work).collect()
}
