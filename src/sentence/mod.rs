//! Sentence boundaries of French and English news. No model, no I/O.
