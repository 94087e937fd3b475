//! The books of the page pool: who uses which page, and which prefixes are already computed.
//!
//! A page holds [`PAGE`] consecutive tokens of a sequence. A full page whose keys and values are
//! computed is filed under a hash of all tokens up to its end, so that another sequence that begins
//! with the same tokens takes it instead of computing it again. Pages that nobody uses stay filed
//! until room is needed; then the one that was used least recently goes, ends of sequences before
//! their beginnings. Room that was never written takes no memory yet: beyond the usual number of pages it is written only
//! when no filed page can go.
//!
//! No numbers here: the pool works the same for every device.

use super::PAGE;
use std::collections::{BTreeMap, HashMap};

/// Names the content of a page and of all pages before it: 128 bits of BLAKE3 over the tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PrefixHash([u8; 16]);

impl PrefixHash {
    /// Nothing before the first page.
    pub const EMPTY: PrefixHash = PrefixHash([0; 16]);

    /// The prefix that this one and one page of tokens make.
    pub fn then(self, tokens: &[u32]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.0);
        for token in tokens {
            hasher.update(&token.to_le_bytes());
        }
        let mut hash = [0; 16];
        hash.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self(hash)
    }

    /// The hashes of all whole pages of `tokens`.
    pub fn chain(tokens: &[u32]) -> Vec<Self> {
        let mut hash = Self::EMPTY;
        let pages = tokens.chunks_exact(PAGE);
        pages
            .map(|page| {
                hash = hash.then(page);
                hash
            })
            .collect()
    }
}

#[derive(Debug, Clone, Default)]
struct Page {
    users: usize,
    filed: Option<PrefixHash>,
    /// When its last user left; key into `idle`.
    left: u64,
}

/// The pool's books.
#[derive(Debug)]
pub struct PagePool {
    pages: Vec<Page>,
    /// Pages that are written before any is forgotten.
    usual: usize,
    /// Empty pages that were in use before; and how many were, from the first on.
    free: Vec<u32>,
    written: u32,
    filed: HashMap<PrefixHash, u32>,
    /// Filed pages without users, by the time when the last one left.
    idle: BTreeMap<u64, u32>,
    clock: u64,
}

impl PagePool {
    /// A pool of `pages` empty pages, of which `usual` are written before any filed one is forgotten.
    pub fn new(pages: usize, usual: usize) -> Self {
        let pages = pages.min(u32::MAX as usize);
        Self {
            pages: vec![Page::default(); pages],
            usual: usual.min(pages),
            free: Vec::new(),
            written: 0,
            filed: HashMap::new(),
            idle: BTreeMap::new(),
            clock: 0,
        }
    }

    /// Pages in all.
    pub fn capacity(&self) -> usize {
        self.pages.len()
    }

    /// Pages that can be taken now: empty ones and filed ones that nobody uses.
    pub fn available(&self) -> usize {
        self.free.len() + self.idle.len() + self.never_written()
    }

    /// Pages in use with which as many more stay within the usual number.
    pub fn is_usual(&self, more: usize) -> bool {
        self.in_use() + more <= self.usual
    }

    fn in_use(&self) -> usize {
        self.written as usize - self.free.len() - self.idle.len()
    }

    fn never_written(&self) -> usize {
        self.pages.len() - self.written as usize
    }

    /// The page filed under a prefix, if it is still there; not taken yet.
    pub fn find(&self, prefix: PrefixHash) -> Option<u32> {
        self.filed.get(&prefix).copied()
    }

    /// Whether nobody uses the page: taking it makes one page less available.
    pub fn is_idle(&self, page: u32) -> bool {
        self.pages[page as usize].users == 0
    }

    /// Whether the page may be written: one user, and not filed for others to find.
    pub fn is_writable(&self, page: u32) -> bool {
        let page = &self.pages[page as usize];
        page.users == 1 && page.filed.is_none()
    }

    /// Takes an empty page, if need be by forgetting the filed page that was used least recently.
    pub fn take(&mut self) -> Option<u32> {
        let page = match self.free.pop() {
            Some(page) => page,
            None if (self.written as usize) < self.usual => self.write(),
            None => match self.forget() {
                Some(page) => page,
                None if self.never_written() > 0 => self.write(),
                None => return None,
            },
        };
        self.pages[page as usize].users = 1;
        Some(page)
    }

    /// Room that was never written.
    fn write(&mut self) -> u32 {
        self.written += 1;
        self.written - 1
    }

    /// Empties the filed page that was used least recently.
    fn forget(&mut self) -> Option<u32> {
        let (_, page) = self.idle.pop_first()?;
        if let Some(prefix) = self.pages[page as usize].filed.take() {
            self.filed.remove(&prefix);
        }
        Some(page)
    }

    /// One more user of a page that [`PagePool::find`] found.
    pub fn share(&mut self, page: u32) {
        let entry = &mut self.pages[page as usize];
        if entry.users == 0 {
            self.idle.remove(&entry.left);
        }
        entry.users += 1;
    }

    /// One user less. A page that is filed stays to be found.
    pub fn leave(&mut self, page: u32) {
        self.clock += 1;
        let entry = &mut self.pages[page as usize];
        entry.users = entry.users.saturating_sub(1);
        if entry.users > 0 {
            return;
        }
        if entry.filed.is_some() {
            entry.left = self.clock;
            self.idle.insert(self.clock, page);
        } else {
            self.free.push(page);
        }
    }

    /// One user less of all pages of a sequence. The last page leaves first, so that it is also
    /// forgotten first: a prefix is of use without its continuation, but not the other way round.
    pub fn leave_all(&mut self, pages: &[u32]) {
        for page in pages.iter().rev() {
            self.leave(*page);
        }
    }

    /// Files a full, computed page under its prefix. Another page under the same prefix stays, and
    /// this one goes unfiled.
    pub fn file(&mut self, page: u32, prefix: PrefixHash) {
        if self.filed.contains_key(&prefix) {
            return;
        }
        let entry = &mut self.pages[page as usize];
        if entry.filed.is_none() {
            entry.filed = Some(prefix);
            self.filed.insert(prefix, page);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(pages: usize, first: u32) -> Vec<u32> {
        (first..).take(pages * PAGE).collect()
    }

    #[test]
    fn a_prefix_is_named_by_everything_before_it() {
        let (a, b) = (PrefixHash::chain(&tokens(3, 0)), PrefixHash::chain(&tokens(3, 1)));
        assert_eq!(a.len(), 3);
        assert!(a.iter().all(|hash| !b.contains(hash)));
        let mut long = tokens(2, 0);
        long.push(7);
        assert_eq!(PrefixHash::chain(&long), a[..2]);
    }

    #[test]
    fn the_least_recently_used_end_is_forgotten_first() {
        let mut pool = PagePool::new(4, 3);
        let hashes = PrefixHash::chain(&tokens(3, 0));
        let pages: Vec<u32> = (0..3).map(|_| pool.take().unwrap()).collect();
        for (page, hash) in pages.iter().zip(&hashes) {
            pool.file(*page, *hash);
        }
        pool.leave_all(&pages);
        assert_eq!(pool.available(), 4);
        pool.take().unwrap();
        assert_eq!(pool.find(hashes[2]), None);
        assert_eq!(pool.find(hashes[1]), Some(pages[1]));
        assert_eq!(pool.available(), 3);
    }

    #[test]
    fn more_than_the_usual_memory_is_taken_only_for_what_is_in_use() {
        let mut pool = PagePool::new(1024, 150);
        let mut most = 0;
        // Articles of 100 pages, two at a time.
        let mut before: Option<Vec<u32>> = None;
        for article in 0..40 {
            let hashes = PrefixHash::chain(&tokens(100, article * 7));
            let pages: Vec<u32> = (0..100).map(|_| pool.take().unwrap()).collect();
            for (page, hash) in pages.iter().zip(&hashes) {
                pool.file(*page, *hash);
            }
            most = most.max(pages.iter().copied().max().unwrap_or(0));
            // What was used last is still there.
            if let Some(before) = before.replace(pages) {
                pool.leave_all(&before);
            }
            assert!(hashes.iter().all(|hash| pool.find(*hash).is_some()));
        }
        assert_eq!(most, 2 * 100 - 1);
        assert!(!pool.is_usual(51) && pool.is_usual(50));
        assert_eq!(pool.available(), 1024 - 100);
        // All of it can still be had.
        assert_eq!(std::iter::from_fn(|| pool.take()).count(), 1024 - 100);
    }

    #[test]
    fn a_shared_page_is_not_writable_and_not_forgotten() {
        let mut pool = PagePool::new(2, 2);
        let page = pool.take().unwrap();
        assert!(pool.is_writable(page));
        pool.file(page, PrefixHash::EMPTY.then(&tokens(1, 0)));
        assert!(!pool.is_writable(page));
        pool.share(page);
        pool.leave(page);
        assert!(!pool.is_idle(page));
        assert!(pool.take().is_some());
        assert_eq!(pool.take(), None);
        pool.leave(page);
        assert_eq!(pool.take(), Some(page));
    }
}
