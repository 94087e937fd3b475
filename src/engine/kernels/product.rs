//! What a product of packed weights is given, whatever the hardware that computes it.

use super::packed::Packed;

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
