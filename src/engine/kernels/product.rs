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
pub(super) enum Target<G> {
    Rows {
        out: *mut f32,
        stride: usize,
        bias: *const f32,
        add: Option<f32>,
    },
    Gate(G),
}

/// [`Part`] with its sizes checked.
pub(super) struct Job<'a, G> {
    pub(super) weights: &'a Packed,
    pub(super) target: Target<G>,
}

// SAFETY: units write disjoint parts of the targets, which the caller has borrowed mutably.
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
