//! Kernels of the encoder-decoder: layer norms, activations, attention over rows that are listed one
//! by one, and the search for the best tokens.
//!
//! The rule of [`super`] holds here too: what is computed for a row depends on that row alone.

pub mod attention;
pub mod elementwise;
pub mod int8;
pub mod top;
