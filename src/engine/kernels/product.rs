#![allow(unsafe_code)]
//! Products of packed weights, whatever the hardware that computes them: what they are given, where they go, and how
//! they are cut into units of work.

use super::packed::{BAND, Packed};
use super::pool::Pool;

/// Activations of some tokens, in the form in which products read them.
pub trait Input: Default + std::fmt::Debug + Send + Sized {
    /// How many tokens.
    fn tokens(&self) -> usize;

    /// How many numbers each has.
    fn columns(&self) -> usize;

    /// Fills in all tokens; `fill(token, row)` writes the numbers of one.
    fn fill(&mut self, tokens: usize, columns: usize, fill: impl Fn(usize, &mut [f32]) + Sync);

    /// Fills in all tokens from `rows` (`[tokens, columns]`).
    ///
    /// # Panics
    /// When there are fewer rows.
    fn copy(&mut self, tokens: usize, columns: usize, rows: &[f32]) {
        self.fill(tokens, columns, |token, row| {
            row.copy_from_slice(&rows[token * columns..(token + 1) * columns]);
        });
    }

    /// Products with several matrices.
    ///
    /// # Panics
    /// When sizes do not fit together, or a matrix is of a type that the hardware has no product for.
    fn product(&self, parts: Vec<Part<Self>>);
}

/// Where a product goes. `A` are the activations of the hardware.
#[derive(Debug)]
pub enum Out<'a, A> {
    /// Rows of `stride` floats, one for each token: written.
    Set(&'a mut [f32], usize, Option<&'a [f32]>),
    /// The same: added, times a factor.
    Add(&'a mut [f32], usize, Option<&'a [f32]>, f32),
    /// Activations of the next product, of so many columns: `silu(gate) * up`, where every band holds sixteen
    /// rows of the gate and the sixteen of the other matrix that belong to them. There are pairs of bands,
    /// filled up with zeros.
    Gate(&'a mut A, usize),
    /// Logits, of which not all need be written.
    Logits(Logits<'a>),
}

/// Where the logits of some tokens go.
pub struct Logits<'a> {
    /// Rows as long as the matrix has rows, for those that are written.
    pub written: &'a mut [f32],
    /// For each token its row there.
    pub rows: &'a [Option<usize>],
    /// Factor on all of them.
    pub factor: f32,
    /// Is handed those of the other tokens piece by piece, in any order: the token, the first row of the matrix, and the
    /// numbers of that row and of those behind it.
    pub seen: &'a (dyn Fn(usize, usize, &[f32]) + Sync),
}

impl std::fmt::Debug for Logits<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Logits")
            .field("rows", &self.rows)
            .field("factor", &self.factor)
            .finish_non_exhaustive()
    }
}

/// One matrix at work.
#[derive(Debug)]
pub struct Part<'a, A> {
    /// The matrix.
    pub weights: &'a Packed,
    /// Where its product goes.
    pub out: Out<'a, A>,
}

/// [`Out`] with its sizes checked and its borrows turned into pointers, which units share. `G` is where the hardware
/// writes gated activations.
#[derive(Clone, Copy)]
pub(super) enum Target<'a, G> {
    Rows {
        out: *mut f32,
        stride: usize,
        bias: *const f32,
        add: Option<f32>,
    },
    Gate(G),
    Logits(Places<'a>),
}

/// [`Logits`], likewise.
#[derive(Clone, Copy)]
pub(super) struct Places<'a> {
    written: *mut f32,
    width: usize,
    rows: &'a [Option<usize>],
    factor: f32,
    seen: &'a (dyn Fn(usize, usize, &[f32]) + Sync),
}

impl Places<'_> {
    /// Takes some of a token's logits, from that of row `first` of the matrix on; what lies behind its last row is
    /// left out.
    ///
    /// # Safety
    /// The job's sizes were checked, and no other thread has the same logits.
    pub(super) unsafe fn take(self, token: usize, first: usize, numbers: &mut [f32]) {
        let count = numbers.len().min(self.width.saturating_sub(first));
        let numbers = &mut numbers[..count];
        if self.factor != 1.0 {
            numbers.iter_mut().for_each(|x| *x *= self.factor);
        }
        match self.rows[token] {
            // SAFETY: every row that is named has been found to be there.
            Some(row) => unsafe {
                let out = self.written.add(row * self.width + first);
                std::ptr::copy_nonoverlapping(numbers.as_ptr(), out, count);
            },
            None => (self.seen)(token, first, numbers),
        }
    }
}

/// [`Part`] with its sizes checked.
pub(super) struct Job<'a, G> {
    pub(super) weights: &'a Packed,
    pub(super) target: Target<'a, G>,
}

// SAFETY: units write disjoint parts of the targets, which the caller has borrowed mutably, and what is handed logits is
// `Sync`.
unsafe impl<G> Sync for Job<'_, G> {}

impl<'a, G> Job<'a, G> {
    /// `gate(next, columns)` makes room for `x`'s tokens in the next activations.
    ///
    /// # Panics
    /// When sizes do not fit together.
    pub(super) fn new<A: Input>(
        x: &A,
        part: &'a mut Part<A>,
        gate: impl FnOnce(&'a mut A, usize) -> G,
    ) -> Self {
        let weights = part.weights;
        assert_eq!(weights.columns, x.columns(), "columns of a matrix and its input");
        let rows = |out: &'a mut [f32], stride: usize, bias: Option<&'a [f32]>, add| {
            assert!(stride >= weights.rows && out.len() >= (x.tokens() - 1) * stride + weights.rows);
            assert!(bias.is_none_or(|bias| bias.len() >= weights.rows));
            Target::Rows {
                out: out.as_mut_ptr(),
                stride,
                bias: bias.map_or(std::ptr::null(), <[f32]>::as_ptr),
                add,
            }
        };
        let target = match &mut part.out {
            Out::Set(out, stride, bias) => rows(out, *stride, *bias, None),
            Out::Add(out, stride, bias, factor) => rows(out, *stride, *bias, Some(*factor)),
            Out::Gate(next, columns) => {
                assert_eq!(weights.rows, 2 * columns.next_multiple_of(BAND), "pairs of bands");
                Target::Gate(gate(next, *columns))
            }
            Out::Logits(Logits {
                written,
                rows,
                factor,
                seen,
            }) => {
                let width = weights.rows;
                assert_eq!(rows.len(), x.tokens(), "a place for each token");
                assert!(
                    rows.iter()
                        .flatten()
                        .all(|row| (row + 1) * width <= written.len())
                );
                Target::Logits(Places {
                    written: written.as_mut_ptr(),
                    width,
                    rows,
                    factor: *factor,
                    seen: *seen,
                })
            }
        };
        Self { weights, target }
    }
}

/// What one thread does at a time: bands of one matrix by blocks of tokens.
#[derive(Clone, Copy)]
pub(super) struct Unit {
    pub(super) job: usize,
    pub(super) bands: (usize, usize),
    pub(super) blocks: (usize, usize),
}

/// Cuts jobs on `blocks` blocks of tokens into units of at most `most_bands` bands, an even number, by `most_blocks`
/// blocks: enough of them that a thread which is held up does not hold up the others.
pub(super) fn units<G>(jobs: &[Job<G>], blocks: usize, most_bands: usize, most_blocks: usize) -> Vec<Unit> {
    let all: usize = jobs.iter().map(|job| job.weights.bands()).sum();
    let bands = (all / (Pool::global().threads() * 4)).clamp(2, most_bands) / 2 * 2;
    let mut units = Vec::new();
    for (index, job) in jobs.iter().enumerate() {
        for first in (0..blocks).step_by(most_blocks) {
            for band in (0..job.weights.bands()).step_by(bands) {
                units.push(Unit {
                    job: index,
                    bands: (band, job.weights.bands().min(band + bands)),
                    blocks: (first, blocks.min(first + most_blocks)),
                });
            }
        }
    }
    units
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::packed::Blocks;
    use super::super::packed::samples::packed;
    use super::*;
    use std::sync::Mutex;

    /// Checks that `product(tokens, columns, parts)`, of any activations that it has, writes and hands over the logits that
    /// it writes as rows.
    pub(in super::super) fn logits_are_written_and_handed_over_by<A>(
        product: impl Fn(usize, usize, Vec<Part<A>>),
    ) {
        // Rows that fill no band, several units of them, and one block of tokens to many.
        let (rows, columns, factor) = (1000, 256, 0.5);
        let weights = packed(Blocks::Q8_0, rows, columns);
        for tokens in [1, 7, 33, 100] {
            let mut expected = vec![0.0; tokens * rows];
            let out = Out::Set(&mut expected, rows, None);
            let weights = &weights;
            product(tokens, columns, vec![Part { weights, out }]);
            expected.iter_mut().for_each(|x| *x *= factor);

            let places: Vec<_> = (0..tokens)
                .map(|token| (token % 3 == 1).then_some(token / 3))
                .collect();
            let mut written = vec![0.0; places.iter().flatten().count() * rows];
            let found = Mutex::new(vec![f32::NAN; tokens * rows]);
            let out = Out::Logits(Logits {
                written: &mut written,
                rows: &places,
                factor,
                seen: &|token, first, numbers| {
                    let from = token * rows + first;
                    let mut found = found.lock().unwrap();
                    let found = &mut found[from..from + numbers.len()];
                    assert!(found.iter().all(|x| x.is_nan()), "handed over once");
                    found.copy_from_slice(numbers);
                },
            });
            product(tokens, columns, vec![Part { weights, out }]);
            let found = found.into_inner().unwrap();
            for token in 0..tokens {
                let row = |numbers: &[f32], row: usize| numbers[row * rows..(row + 1) * rows].to_vec();
                let found = match places[token] {
                    Some(place) => row(&written, place),
                    None => row(&found, token),
                };
                assert!(found == row(&expected, token), "token {token} of {tokens}");
            }
        }
    }
}
