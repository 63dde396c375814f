//! The gallery in use: pointer, keyboard, scrolling, and what is read out.

use std::sync::Arc;

use egui::{Key, Pos2, Rect, Vec2, vec2};
use egui_kittest::{Harness, kittest::Queryable};

use super::*;
use crate::domain::{Atlas, ImageShape};

const TILE: f32 = 16.0;

/// Classes in a gallery, and what it last answered.
struct Shown {
    names: Vec<String>,
    textures: [GalleryTexture; 2],
    atlas: Arc<Atlas>,
    classes: Option<Vec<usize>>,
    selected: Option<usize>,
    activated: Option<usize>,
    hovered: Option<TileHit>,
    zoom: f32,
    drawn: (Range<usize>, usize),
    rects: [Rect; 2],
    /// Two galleries side by side.
    two: bool,
}

impl Shown {
    fn new(classes: usize, each: usize) -> Self {
        let shape = ImageShape::new(1, 8, 8);
        let labels = (0..classes * each).map(|image| image / each).collect();
        let values = vec![7_u8; classes * each * shape.values()];
        Self {
            names: (0..classes).map(|class| format!("class {class}")).collect(),
            textures: Default::default(),
            atlas: Arc::new(Atlas::new(shape, labels, &values, |_, _, value| value)),
            classes: None,
            selected: None,
            activated: None,
            hovered: None,
            zoom: 2.0,
            drawn: (0..0, 0),
            rects: [Rect::NOTHING; 2],
            two: false,
        }
    }

    fn show(&mut self, ui: &mut Ui, index: usize) {
        let texture = &mut self.textures[index];
        texture.update(ui.ctx(), &self.atlas);
        let mut gallery = Gallery::new(["Left", "Right"][index], &self.names).zoom(self.zoom).selected(self.selected);
        if let Some(classes) = &self.classes {
            gallery = gallery.classes(classes);
        }
        if self.two {
            gallery = gallery.in_step(Id::unique("both"));
        }
        let answer = gallery.show(ui, texture);
        self.rects[index] = answer.response.rect;
        if index == 0 {
            self.selected = answer.selected.or(self.selected);
            self.activated = answer.activated.or(self.activated);
            self.zoom = answer.zoom.unwrap_or(self.zoom);
            self.hovered = answer.hovered;
            self.drawn = (answer.drawn_rows, answer.drawn_images);
        }
    }
}

fn harness<'a>(shown: Shown, size: Vec2) -> Harness<'a, Shown> {
    Harness::builder().with_size(size).build_ui_state(
        |ui, shown: &mut Shown| {
            if shown.two {
                ui.columns(2, |columns| (0..2).for_each(|index| shown.show(&mut columns[index], index)));
            } else {
                shown.show(ui, 0);
            }
        },
        shown,
    )
}

/// The centre of the tile in a column of the row that is read out as `row`.
fn tile(harness: &Harness<Shown>, row: &str, column: usize) -> Pos2 {
    let name = harness.get_by_label(row).rect();
    name.right_center() + vec2(column as f32 * (TILE + tokens::TILE_GAP) + TILE / 2.0, 0.0)
}

fn click(harness: &mut Harness<Shown>, position: Pos2) {
    harness.hover_at(position);
    harness.drag_at(position);
    harness.drop_at(position);
    harness.run();
}

#[test]
fn a_click_selects_the_tile_under_it() {
    let mut harness = harness(Shown::new(4, 3), vec2(400.0, 300.0));
    let position = tile(&harness, "class 2, 3 images", 1);
    click(&mut harness, position);
    assert_eq!(harness.state().selected, Some(7));
    harness.hover_at(position);
    harness.run();
    let hit = harness.state().hovered.unwrap();
    assert_eq!((hit.index, hit.class, hit.position), (7, 2, 1));
    assert_eq!((hit.x, hit.y), (4, 4), "the middle of 8 x 8 pixels");
    assert_eq!(harness.get_by_label("Left").value().as_deref(), Some("class 2, image 2 of 3"));
}

#[test]
fn the_filter_keeps_the_order_it_is_given() {
    let mut shown = Shown::new(4, 3);
    shown.classes = Some(vec![3, 1, 99]);
    let mut harness = harness(shown, vec2(400.0, 300.0));
    assert!(harness.query_by_label("class 0, 3 images").is_none());
    let (first, second) = (tile(&harness, "class 3, 3 images", 0), tile(&harness, "class 1, 3 images", 0));
    assert!(first.y < second.y);
    click(&mut harness, first);
    assert_eq!(harness.state().selected, Some(9));
}

#[test]
fn only_what_is_visible_is_drawn() {
    let harness = harness(Shown::new(100, 50), vec2(400.0, 300.0));
    let (rows, images) = harness.state().drawn.clone();
    assert_eq!(rows.start, 0);
    assert!((12..20).contains(&rows.len()), "{rows:?}");
    assert!(images > 10 * rows.len() && images < 20 * rows.len(), "{images}");
}

#[test]
fn arrows_move_the_selection_and_scroll_to_it() {
    let mut harness = harness(Shown::new(100, 50), vec2(400.0, 300.0));
    let position = tile(&harness, "class 0, 50 images", 0);
    click(&mut harness, position);
    for key in [Key::ArrowRight, Key::ArrowDown, Key::ArrowDown, Key::ArrowLeft] {
        harness.key_press(key);
        harness.run();
    }
    assert_eq!(harness.state().selected, Some(100), "two rows of 50 down, and back at the left");
    harness.key_press(Key::End);
    harness.run_steps(8);
    assert_eq!(harness.state().selected, Some(149));
    for _ in 0..30 {
        harness.key_press(Key::ArrowDown);
        harness.run_steps(2);
    }
    harness.run_steps(8);
    assert_eq!(harness.state().selected, Some(149 + 30 * 50));
    assert!(harness.state().drawn.0.contains(&32), "{:?}", harness.state().drawn);
    harness.key_press(Key::Enter);
    harness.key_press(Key::Plus);
    harness.run();
    assert_eq!(harness.state().activated, Some(1649));
    assert!((harness.state().zoom - 4.0).abs() < 1e-6);
}

#[test]
fn galleries_in_step_scroll_together() {
    let mut shown = Shown::new(100, 50);
    shown.two = true;
    let mut harness = harness(shown, vec2(800.0, 300.0));
    harness.run();
    let before = harness.get_all_by_label("class 5, 50 images").map(|node| node.rect().top()).collect::<Vec<_>>();
    assert_eq!(before.len(), 2);
    harness.hover_at(harness.state().rects[1].center());
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, -60.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: egui::Modifiers::NONE,
    });
    harness.run_steps(12);
    let after = harness.get_all_by_label("class 5, 50 images").map(|node| node.rect().top()).collect::<Vec<_>>();
    assert!(after[1] < before[1] - 20.0, "{before:?} {after:?}");
    assert!((after[0] - after[1]).abs() < 0.5, "{after:?}");
}

#[test]
fn an_empty_gallery_answers_nothing() {
    let mut harness = harness(Shown::new(0, 0), vec2(300.0, 200.0));
    click(&mut harness, Pos2::new(150.0, 50.0));
    assert_eq!((harness.state().selected, harness.state().drawn.1), (None, 0));
}
