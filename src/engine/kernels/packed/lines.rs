#![allow(unsafe_code)]
//! Zeroed bytes that begin at a cache line, in large pages where there are many of them.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::ptr::NonNull;

/// A large page. Weights are read from end to end in every step: with small pages a good part of the time
/// goes into finding them, and the hardware's prefetching stops at each one's end.
const LARGE: usize = 2 << 20;

/// Bytes that begin at a cache line, zero at first. Many of them take up memory only once they are written.
pub(in super::super) struct Lines {
    data: NonNull<u8>,
    bytes: usize,
    /// What was mapped for them, where they were not allocated.
    #[cfg(unix)]
    mapping: Option<Mapping>,
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
            let mapping = Some(mapping);
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

/// Memory of the system's own: the allocator would write all of it to bring zeros to an alignment.
#[cfg(unix)]
struct Mapping {
    start: *mut std::ffi::c_void,
    bytes: usize,
}

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

impl Drop for Lines {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(mapping) = &self.mapping {
            // SAFETY: mapped by us, and nobody has it any more.
            let _ = unsafe { rustix::mm::munmap(mapping.start, mapping.bytes) };
            return;
        }
        if self.bytes > 0 {
            // SAFETY: allocated with this layout.
            unsafe { dealloc(self.data.as_ptr(), layout(self.bytes)) }
        }
    }
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{} bytes", self.bytes)
    }
}
