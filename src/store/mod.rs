//! What a run keeps, in SQLite, so that finished work is never redone or lost.
