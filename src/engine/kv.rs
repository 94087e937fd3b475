//! Keys and values of past tokens, in pages that sequences share.
//!
//! [`pool`] keeps the books (which page belongs to whom, which prefix is already there); [`store`]
//! holds the numbers.

pub mod pool;
pub mod store;

pub use super::kernels::attention::PAGE;
