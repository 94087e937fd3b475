#![allow(unsafe_code)]
//! The numbers of a batch's rows.

use super::packed::Lines;
use std::ops::{Deref, DerefMut};

/// Floats that begin at a cache line, in large pages where there are many of them: a row of the allocator's begins in
/// the middle of a line, and each sixteen numbers that are written lie in two.
#[derive(Debug, Default)]
pub struct Floats {
    lines: Lines,
    count: usize,
}

impl Floats {
    /// Makes room for `count` numbers. What they are is not said, but where there is room already they are those of before.
    pub fn resize(&mut self, count: usize) {
        let bytes = count * size_of::<f32>();
        if self.lines.bytes().len() < bytes {
            self.lines = Lines::zeroed(bytes);
        }
        self.count = count;
    }
}

impl Deref for Floats {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        // SAFETY: there are bytes for so many numbers, aligned to 64, and any four bytes are a number.
        unsafe { std::slice::from_raw_parts(self.lines.bytes().as_ptr().cast(), self.count) }
    }
}

impl DerefMut for Floats {
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: as above, borrowed mutably.
        unsafe { std::slice::from_raw_parts_mut(self.lines.bytes_mut().as_mut_ptr().cast(), self.count) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_begin_at_a_cache_line_and_stay_where_there_is_room() {
        let mut floats = Floats::default();
        assert!(floats.is_empty());
        for count in [3, 1 << 20] {
            floats.resize(count);
            assert_eq!((floats.len(), floats.as_ptr().align_offset(64)), (count, 0));
            floats[count - 1] = 1.5;
        }
        floats.resize(2);
        floats.resize(1 << 20);
        assert_eq!(floats[(1 << 20) - 1], 1.5);
    }
}
