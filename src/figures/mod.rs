//! The number grammar: text in, [`Figure`](crate::record::Figure)s out. No model, no I/O.
