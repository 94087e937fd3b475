//! The engine on small random models: every architecture loads and computes, batches do not change
//! a bit, memory is kept within bounds, broken files are errors.

#![allow(clippy::unwrap_used)]

mod invariance;
mod loading;
mod malformed;
mod scheduling;
mod support;
