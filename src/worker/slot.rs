//! A place for the latest value of something: the writer replaces it, the reader takes it, and neither waits for the
//! other for longer than it takes to move the value.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

/// Both ends of a slot.
#[derive(Debug)]
pub(super) struct Slot<T>(Arc<Inner<T>>);

#[derive(Debug)]
struct Inner<T> {
    value: Mutex<Option<T>>,
    /// Whether someone has looked.
    watched: AtomicBool,
}

impl<T> Slot<T> {
    pub fn empty() -> Self {
        Self(Arc::new(Inner { value: Mutex::new(None), watched: AtomicBool::new(false) }))
    }

    /// The other end.
    pub fn share(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    /// Puts `value` in place of what is there.
    pub fn put(&self, value: T) {
        let earlier = self.exchange(Some(value));
        // Freed after the lock is given back.
        drop(earlier);
    }

    /// Takes what was put last, if that was not taken before.
    pub fn take(&self) -> Option<T> {
        self.0.watched.store(true, Ordering::Relaxed);
        self.exchange(None)
    }

    /// Whether anything was ever taken or looked for: if not, values that cost something need not be made.
    pub fn is_watched(&self) -> bool {
        self.0.watched.load(Ordering::Relaxed)
    }

    fn exchange(&self, value: Option<T>) -> Option<T> {
        std::mem::replace(&mut *self.0.value.lock().unwrap_or_else(PoisonError::into_inner), value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_latest_value_is_taken_and_only_once() {
        let writer = Slot::empty();
        let reader = writer.share();
        writer.put(1);
        writer.put(2);
        assert!(!writer.is_watched());
        assert_eq!((reader.take(), reader.take()), (Some(2), None));
        assert!(writer.is_watched());
        writer.put(3);
        assert_eq!(reader.take(), Some(3));
    }
}
