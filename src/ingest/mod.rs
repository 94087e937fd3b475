//! A path becomes [`Article`](crate::record::Article)s: discover, decode, extract, clean, segment.
