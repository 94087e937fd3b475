//! The model at work: tokens and constraints in, tokens out. It knows no task.

pub mod constraint;
