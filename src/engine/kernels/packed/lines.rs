#![allow(unsafe_code)]
//! Zeroed bytes that begin at a cache line, in large pages where there are many of them.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::ptr::NonNull;
#[cfg(unix)]
use std::sync::{Arc, Mutex, PoisonError};

/// A large page. Weights are read from end to end in every step: with small pages a good part of the time
/// goes into finding them, and the hardware's prefetching stops at each one's end.
const LARGE: usize = 2 << 20;

/// Bytes that an arena maps at a time, and takes up once they are written.
const CHUNK: usize = 256 << 20;

/// Bytes that begin at a cache line, zero at first. Many of them take up memory only once they are written.
pub(in super::super) struct Lines {
    data: NonNull<u8>,
    bytes: usize,
    /// What was mapped for them, where they were not allocated.
    #[cfg(unix)]
    mapping: Option<Arc<Mapping>>,
}

// SAFETY: the memory is owned, and changed through `&mut` alone.
unsafe impl Send for Lines {}
// SAFETY: as above.
unsafe impl Sync for Lines {}

impl Lines {
    pub(in super::super) fn zeroed(bytes: usize) -> Self {
        let bytes = bytes.next_multiple_of(64);
        if bytes == 0 {
            return Self::default();
        }
        #[cfg(unix)]
        if bytes >= LARGE
            && let Some((mapping, data)) = Mapping::new(bytes)
        {
            let mapping = Some(Arc::new(mapping));
            return Self { data, bytes, mapping };
        }
        let layout = layout(bytes);
        // SAFETY: the size is not 0.
        let Some(data) = NonNull::new(unsafe { alloc_zeroed(layout) }) else {
            handle_alloc_error(layout)
        };
        Self {
            data,
            bytes,
            #[cfg(unix)]
            mapping: None,
        }
    }

    pub(in super::super) fn bytes(&self) -> &[u8] {
        // SAFETY: so many bytes were allocated, zeroed.
        unsafe { std::slice::from_raw_parts(self.data.as_ptr(), self.bytes) }
    }

    pub(in super::super) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, borrowed mutably.
        unsafe { std::slice::from_raw_parts_mut(self.data.as_ptr(), self.bytes) }
    }
}

fn layout(bytes: usize) -> Layout {
    Layout::from_size_align(bytes, 64).expect("OK because memory of this size is never asked for")
}

/// Room for what lives together, as the matrices of a model do: each behind the one before, so that small ones lie in large
/// pages too, which are no slower to have zeroed than a tenth as many bytes of small ones.
#[derive(Default)]
pub struct Arena {
    #[cfg(unix)]
    chunk: Mutex<Option<Chunk>>,
}

/// What is left of a mapping.
#[cfg(unix)]
struct Chunk {
    mapping: Arc<Mapping>,
    data: NonNull<u8>,
    bytes: usize,
}

// SAFETY: nobody else has this part of the mapping.
#[cfg(unix)]
unsafe impl Send for Chunk {}

impl Arena {
    pub(in super::super) fn zeroed(&self, bytes: usize) -> Lines {
        #[cfg(unix)]
        if let Some(lines) = self.take(bytes.next_multiple_of(64)) {
            return lines;
        }
        Lines::zeroed(bytes)
    }

    /// None of what is as large as a good part of a chunk.
    #[cfg(unix)]
    fn take(&self, bytes: usize) -> Option<Lines> {
        if bytes == 0 || bytes > CHUNK / 4 {
            return None;
        }
        let mut chunk = self.chunk.lock().unwrap_or_else(PoisonError::into_inner);
        if chunk.as_ref().is_none_or(|chunk| chunk.bytes < bytes) {
            let (mapping, data) = Mapping::new(CHUNK)?;
            *chunk = Some(Chunk {
                mapping: Arc::new(mapping),
                data,
                bytes: CHUNK,
            });
        }
        let chunk = chunk.as_mut()?;
        let lines = Lines {
            data: chunk.data,
            bytes,
            mapping: Some(Arc::clone(&chunk.mapping)),
        };
        // SAFETY: so many bytes are left.
        chunk.data = unsafe { chunk.data.add(bytes) };
        chunk.bytes -= bytes;
        Some(lines)
    }
}

/// Memory of the system's own: the allocator would write all of it to bring zeros to an alignment.
#[cfg(unix)]
struct Mapping {
    start: *mut std::ffi::c_void,
    bytes: usize,
}

// SAFETY: an address that is used once, to give the memory back.
#[cfg(unix)]
unsafe impl Send for Mapping {}
// SAFETY: as above.
#[cfg(unix)]
unsafe impl Sync for Mapping {}

#[cfg(unix)]
impl Mapping {
    /// Maps some more than `bytes`, and returns where the first large page in it begins.
    fn new(bytes: usize) -> Option<(Self, NonNull<u8>)> {
        use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};
        let mapped = bytes.checked_add(LARGE)?;
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: new memory, at an address of the system's choice.
        let start = unsafe { mmap_anonymous(std::ptr::null_mut(), mapped, access, MapFlags::PRIVATE).ok()? };
        let data = start.cast::<u8>();
        let data = data.wrapping_add(data.align_offset(LARGE));
        #[cfg(target_os = "linux")]
        // SAFETY: the bytes lie within the mapping; the advice changes no content. Where the system has no
        // large pages to give, small ones do.
        let _ = unsafe { rustix::mm::madvise(data.cast(), bytes, rustix::mm::Advice::LinuxHugepage) };
        let mapping = Self { start, bytes: mapped };
        Some((mapping, NonNull::new(data)?))
    }
}

#[repr(align(64))]
struct Line;

impl Default for Lines {
    fn default() -> Self {
        Self {
            // Aligned, as no numbers need it to be.
            data: NonNull::<Line>::dangling().cast(),
            bytes: 0,
            #[cfg(unix)]
            mapping: None,
        }
    }
}

#[cfg(unix)]
impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: mapped by us, and nobody has it any more.
        let _ = unsafe { rustix::mm::munmap(self.start, self.bytes) };
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        #[cfg(unix)]
        if self.mapping.is_some() {
            return;
        }
        if self.bytes > 0 {
            // SAFETY: allocated with this layout.
            unsafe { dealloc(self.data.as_ptr(), layout(self.bytes)) }
        }
    }
}

impl std::fmt::Debug for Arena {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Arena").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{} bytes", self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_an_arena_is_apart_and_outlives_it() {
        let arena = Arena::default();
        let sizes = [
            1,
            64,
            100,
            5 << 20,
            0,
            CHUNK / 4,
            CHUNK / 4,
            CHUNK / 4,
            CHUNK / 4,
            7,
            CHUNK / 2,
        ];
        let mut all: Vec<Lines> = sizes.iter().map(|bytes| arena.zeroed(*bytes)).collect();
        drop(arena);
        for (number, (lines, bytes)) in all.iter_mut().zip(sizes).enumerate() {
            let lines = lines.bytes_mut();
            assert!(lines.len() >= bytes && (lines.as_ptr() as usize).is_multiple_of(64));
            if let [first, .., last] = lines {
                assert_eq!((*first, *last), (0, 0));
                (*first, *last) = (number as u8 + 1, number as u8 + 1);
            }
        }
        all.swap_remove(3);
        for lines in &all {
            if let [first, .., last] = lines.bytes() {
                assert!(first == last && *first > 0);
            }
        }
    }
}
