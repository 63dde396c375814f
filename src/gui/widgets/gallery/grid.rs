//! Where the tiles of a gallery stand: one row a class, one column an image. Geometry alone.

use std::ops::Range;

use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// A class and its images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row<'a> {
    pub class: usize,
    pub images: &'a [usize],
}

/// The places of the tiles, in points from the upper left corner of the whole gallery.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid<'a> {
    pub rows: Vec<Row<'a>>,
    /// The size of a tile.
    pub tile: Vec2,
    /// From a tile to the next.
    pub pitch: Vec2,
    /// The width of the column of names.
    pub names: f32,
}

/// A step of the selection by keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Left,
    Right,
    Up,
    Down,
    First,
    Last,
}

impl Grid<'_> {
    pub(super) fn size(&self) -> Vec2 {
        let longest = self.rows.iter().map(|row| row.images.len()).max().unwrap_or(0);
        vec2(self.names + longest as f32 * self.pitch.x, self.rows.len() as f32 * self.pitch.y)
    }

    pub(super) fn tile_rect(&self, row: usize, column: usize) -> Rect {
        let y = row as f32 * self.pitch.y + ((self.pitch.y - self.tile.y) / 2.0).floor();
        Rect::from_min_size(pos2(self.names + column as f32 * self.pitch.x, y), self.tile)
    }

    /// The rows that cut `viewport`.
    pub(super) fn visible_rows(&self, viewport: Rect) -> Range<usize> {
        cells(viewport.min.y, viewport.max.y, self.pitch.y, self.rows.len())
    }

    /// The columns of `row` that cut `viewport`; the names cover the left of it.
    pub(super) fn visible_columns(&self, row: usize, viewport: Rect) -> Range<usize> {
        cells(viewport.min.x, viewport.max.x - self.names, self.pitch.x, self.rows[row].images.len())
    }

    /// The row and the column of the tile under a point.
    pub(super) fn tile_at(&self, point: Pos2) -> Option<(usize, usize)> {
        let row = self.visible_rows(Rect::from_min_max(point, point)).next()?;
        let column =
            cells(point.x - self.names, point.x - self.names, self.pitch.x, self.rows[row].images.len()).next()?;
        self.tile_rect(row, column).contains(point).then_some((row, column))
    }

    /// The row and the column of an image.
    pub(super) fn find(&self, index: usize) -> Option<(usize, usize)> {
        self.rows.iter().enumerate().find_map(|(row, entry)| Some((row, entry.images.binary_search(&index).ok()?)))
    }

    /// The image that a step from `selected` reaches; the first one where nothing is selected.
    pub(super) fn step(&self, selected: Option<usize>, step: Step) -> Option<usize> {
        let first = || self.rows.iter().find_map(|row| row.images.first().copied());
        let Some((row, column)) = selected.and_then(|index| self.find(index)) else { return first() };
        let images = self.rows[row].images;
        let last_of = |images: &[usize]| images.get(column.min(images.len().saturating_sub(1))).copied();
        match step {
            Step::Left => column.checked_sub(1).map(|column| images[column]),
            Step::Right => images.get(column + 1).copied(),
            Step::First => images.first().copied(),
            Step::Last => images.last().copied(),
            Step::Up => self.rows[..row].iter().rev().find_map(|entry| last_of(entry.images)),
            Step::Down => self.rows[row + 1..].iter().find_map(|entry| last_of(entry.images)),
        }
    }
}

/// The cells of `pitch` that cut the stretch from `low` to `high`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // not negative, and cut at `count`
fn cells(low: f32, high: f32, pitch: f32, count: usize) -> Range<usize> {
    if pitch <= 0.0 || high < 0.0 {
        return 0..0;
    }
    let first = (low.max(0.0) / pitch).floor() as usize;
    let end = ((high / pitch).floor() as usize).saturating_add(1).min(count);
    first.min(end)..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(rows: &[Vec<usize>]) -> Grid<'_> {
        let rows = rows.iter().enumerate().map(|(class, images)| Row { class, images }).collect();
        Grid { rows, tile: vec2(10.0, 10.0), pitch: vec2(12.0, 14.0), names: 50.0 }
    }

    #[test]
    fn a_point_finds_its_tile() {
        let rows = [vec![0, 1], vec![], vec![2, 3, 4]];
        let grid = grid(&rows);
        assert_eq!(grid.size(), vec2(86.0, 42.0));
        for (row, images) in rows.iter().enumerate() {
            for column in 0..images.len() {
                assert_eq!(grid.tile_at(grid.tile_rect(row, column).center()), Some((row, column)));
            }
        }
        assert_eq!(grid.tile_at(pos2(61.0, 5.0)), None, "between tiles");
        assert_eq!(grid.tile_at(pos2(20.0, 5.0)), None, "on the name");
        assert_eq!(grid.tile_at(pos2(55.0, 20.0)), None, "a row without images");
        assert_eq!(grid.tile_at(pos2(55.0, 500.0)), None);
        assert_eq!(grid.tile_at(pos2(-5.0, -5.0)), None);
    }

    #[test]
    fn only_what_cuts_the_viewport_is_visible() {
        let rows: Vec<Vec<usize>> = (0..100).map(|class| (50 * class..50 * class + 50).collect()).collect();
        let grid = grid(&rows);
        let viewport = Rect::from_min_size(pos2(120.0, 140.0), vec2(110.0, 28.0));
        assert_eq!(grid.visible_rows(viewport), 10..13);
        assert_eq!(grid.visible_columns(10, viewport), 10..16);
        assert_eq!(grid.visible_rows(Rect::from_min_size(pos2(0.0, 9e6), vec2(1.0, 1.0))), 100..100);
    }

    #[test]
    fn steps_stay_on_images() {
        let rows = [vec![0, 1], vec![], vec![2, 3, 4]];
        let grid = grid(&rows);
        assert_eq!(grid.step(None, Step::Down), Some(0));
        assert_eq!(grid.step(Some(0), Step::Left), None);
        assert_eq!(grid.step(Some(0), Step::Right), Some(1));
        assert_eq!(grid.step(Some(1), Step::Down), Some(3));
        assert_eq!(grid.step(Some(4), Step::Up), Some(1), "the nearest column of a shorter row");
        assert_eq!(grid.step(Some(4), Step::First), Some(2));
        assert_eq!(grid.step(Some(2), Step::Last), Some(4));
        assert_eq!(grid.step(Some(77), Step::Left), Some(0), "an image that is not shown");
    }
}
