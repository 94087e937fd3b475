//! The number gate: compares generated text with its source, figure by figure. No model, no I/O.
