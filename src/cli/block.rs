//! A block of lines that is drawn again and again in one place of a terminal.
//!
//! A progress bar fills its last line up to the edge, so that what the terminal shows of a Ctrl-C (`^C`) wraps and the
//! block is one line lower than whoever draws it believes: a line of it stayed behind. Here the cursor rests behind the
//! last word.

use console::Term;
use std::io;
use unicode_width::UnicodeWidthStr;

/// Columns that are left free: a full line wraps on some terminals, and the last one has `^C` behind it.
pub const FREE: usize = 3;

/// The block as it is on the terminal.
pub struct Block {
    term: Term,
    drawn: Vec<String>,
}

impl Block {
    /// Nothing yet, on standard error.
    pub fn new() -> Block {
        Block {
            term: Term::buffered_stderr(),
            drawn: Vec::new(),
        }
    }

    /// Draws these lines in place of those before, in one write so that nothing flickers.
    pub fn draw(&mut self, lines: Vec<String>) {
        if self.term.is_term() {
            // a terminal that is gone is no reason to stop the work
            let _ = self.try_draw(&lines);
        }
        self.drawn = lines;
    }

    fn try_draw(&self, lines: &[String]) -> io::Result<()> {
        let width = usize::from(self.term.size().1);
        if !self.drawn.is_empty() {
            self.term.write_str("\r")?;
            self.term.move_cursor_up(rows(&self.drawn, width) - 1)?;
            self.term.clear_to_end_of_screen()?;
        }
        self.term.write_str(&lines.join("\n"))?;
        self.term.flush()
    }

    /// Takes the block away: the cursor is where it began.
    pub fn clear(&mut self) {
        self.draw(Vec::new());
    }

    /// Says something above the block.
    pub fn above(&mut self, say: impl FnOnce()) {
        let lines = self.drawn.clone();
        self.clear();
        say();
        self.draw(lines);
    }

    /// Leaves the block as it is, with the cursor below it.
    pub fn leave(&mut self) {
        if self.term.is_term() && !self.drawn.is_empty() {
            let _ = self.term.write_str("\n").and_then(|()| self.term.flush());
        }
        self.drawn.clear();
    }
}

/// Rows that lines take on a terminal that may have become narrower since they were drawn.
fn rows(lines: &[String], width: usize) -> usize {
    let of = |line: &String| line.width().div_ceil(width.max(1)).max(1);
    lines.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_take_more_rows_when_the_terminal_becomes_narrower() {
        let lines = ["é".repeat(30), String::new(), "x".into()];
        assert_eq!(rows(&lines, 80), 3);
        assert_eq!(rows(&lines, 30), 3);
        assert_eq!(rows(&lines, 29), 4);
        assert_eq!(rows(&lines, 7), 7);
    }
}
