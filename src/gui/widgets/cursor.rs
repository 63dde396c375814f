//! A place in rows and columns that the arrow keys move, so that what a pointer reads can be read without one.

use egui::{EventFilter, Key, Modifiers, Response, Ui};

/// The column and the row that the arrow keys have reached in something of `[columns, rows]`; begins in the middle, and is
/// there only while `response` has the keyboard.
pub(super) fn grid_cursor(ui: &Ui, response: &Response, [columns, rows]: [usize; 2]) -> Option<[usize; 2]> {
    if !response.has_focus() || columns == 0 || rows == 0 {
        return None;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: rows > 1, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
    let id = response.id.with("cursor");
    let before = ui.data(|data| data.get_temp::<[usize; 2]>(id)).unwrap_or([columns / 2, rows / 2]);
    let moved = |place: usize, forwards, backwards, count: usize| {
        (place + pressed(forwards)).saturating_sub(pressed(backwards)).min(count - 1)
    };
    let mut after = [moved(before[0], Key::ArrowRight, Key::ArrowLeft, columns), before[1].min(rows - 1)];
    if rows > 1 {
        after[1] = moved(before[1], Key::ArrowDown, Key::ArrowUp, rows);
    }
    ui.data_mut(|data| data.insert_temp(id, after));
    Some(after)
}
