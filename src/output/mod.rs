//! The files that people open.
