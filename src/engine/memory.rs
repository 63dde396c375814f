//! The memory that tensors come and go in: the program's allocator, and how long it keeps what is free.

/// The system's allocator gives the pages of large tensors back each time; a real batch took half as long again with it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// mimalloc's `purge_delay`, in milliseconds; its bindings name no options but the oldest.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;
/// What it is in the version that we build: anything else was set by the person, or is another option.
const USUAL_DELAY: std::ffi::c_long = 1_000;
/// A minute, in milliseconds.
const DELAY: std::ffi::c_long = 60_000;

/// Lets the program keep free memory for a minute instead of a second: a training step of a large network spends a tenth of
/// its time on pages that were given back and are cleared anew.
///
/// # Safety
///
/// The options of the allocator are plain variables: no other thread may run yet.
#[allow(unsafe_code)] // the bindings have no safe way
pub unsafe fn keep_free_pages() {
    // SAFETY: the option is a number that the allocator knows, and the caller has seen to the threads.
    unsafe {
        if libmimalloc_sys::mi_option_get(PURGE_DELAY) == USUAL_DELAY {
            libmimalloc_sys::mi_option_set(PURGE_DELAY, DELAY);
        }
    }
}
