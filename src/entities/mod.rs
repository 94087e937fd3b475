//! Names, organizations, products and places by rule. No model, no I/O.
