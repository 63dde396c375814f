//! Room for what is forgotten as soon as it is used: large vectors are dear to make.

use std::cell::Cell;

thread_local! {
    static ROOM: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

/// `work` in room that this thread has used before, whatever is left there.
pub(super) fn with_room<T>(len: usize, work: impl FnOnce(&mut [f32]) -> T) -> T {
    let mut room = ROOM.take();
    if room.len() < len {
        room.resize(len, 0.0);
    }
    let result = work(&mut room[..len]);
    ROOM.set(room);
    result
}
