//! The cut with the greatest sum of scores: Viterbi's algorithm, as `unigram_model.cc`,
//! `EncodeOptimized`, does it, with its types and its order where scores are equal.

use super::Cut;
use super::model::{Kind, Model};

/// What an unknown character costs beyond the worst piece.
const UNKNOWN_PENALTY: f32 = 10.0;

/// The best way to a place in the text.
#[derive(Clone, Copy)]
struct Way {
    score: f32,
    /// Where its last piece begins; none yet where nothing ends here.
    from: Option<usize>,
    id: Option<usize>,
}

pub(super) fn cut<'t>(model: &Model, text: &'t str) -> Vec<Cut<'t>> {
    let normal = model.pieces.iter().filter(|piece| piece.kind == Kind::Normal);
    let (least, most) = normal.fold((f32::MAX, f32::MIN_POSITIVE), |(least, most), piece| {
        (least.min(piece.score), most.max(piece.score))
    });
    let unknown = least - UNKNOWN_PENALTY;
    let nowhere = Way {
        score: 0.0,
        from: None,
        id: None,
    };
    let mut ways = vec![nowhere; text.len() + 1];
    for (start, character) in text.char_indices() {
        let here = ways[start].score;
        let single = character.len_utf8();
        let mut has_single = false;
        let ends = text[start..].char_indices().map(|(at, c)| at + c.len_utf8());
        for length in ends.take_while(|length| *length <= model.longest) {
            let Some(id) = model.cuttable(&text[start..start + length]) else {
                continue;
            };
            let score = match model.pieces[id].kind {
                Kind::Unused => continue,
                Kind::UserDefined => f64::from(length as f32 * most) - 0.1,
                _ => f64::from(model.pieces[id].score),
            };
            has_single |= length == single;
            take(
                &mut ways[start + length],
                score + f64::from(here),
                start,
                Some(id),
            );
        }
        if !has_single {
            let score = f64::from(unknown + here);
            take(&mut ways[start + single], score, start, None);
        }
    }
    let mut cuts = Vec::new();
    let mut end = text.len();
    while let Some(start) = ways[end].from {
        cuts.push((&text[start..end], ways[end].id));
        end = start;
    }
    cuts.reverse();
    cuts
}

fn take(way: &mut Way, score: f64, from: usize, id: Option<usize>) {
    if way.from.is_none() || score > f64::from(way.score) {
        *way = Way {
            score: score as f32,
            from: Some(from),
            id,
        };
    }
}
