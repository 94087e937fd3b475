//! What the scheduler asks of a grammar, token by token.

/// The tokens that may come next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// Bit `t % 32` of word `t / 32` is set when token `t` may come next. May be shorter than the
    /// model's logits: what lies beyond is not allowed.
    Tokens(Vec<u32>),
    /// The answer is complete: nothing may follow.
    Stop,
}

/// A grammar over tokens, with the state of one sequence.
pub trait TokenConstraint: Send {
    /// The tokens that may come next.
    ///
    /// # Errors
    /// When the grammar's limits were hit; the sequence is ended and the error reported.
    fn allowed(&mut self) -> Result<Allowed, String>;

    /// Tokens that the grammar alone decides from here: they are appended without sampling, and the
    /// caller commits them through [`TokenConstraint::commit`] like any other. May be empty.
    fn forced(&mut self) -> Vec<u32>;

    /// Takes one token in.
    ///
    /// # Errors
    /// When the token was not allowed.
    fn commit(&mut self, token: u32) -> Result<(), String>;
}
