//! The images of a dataset, page by page: some of every class, or many of one.

use std::sync::Arc;

use egui::{ComboBox, Id, Label, RichText, ScrollArea, Tooltip, Ui, UiBuilder};

use super::{Shown, name_width};
use crate::{
    domain::Atlas,
    gui::{
        Action,
        action::{DatasetAction, GalleryAction},
        context::ViewContext,
        state::{DatasetPageState, dataset_key},
        theme::{self, tokens},
        widgets::{
            gallery::{Gallery, GalleryTexture, TileHit},
            icon::{Icon, icon_button},
            tile::EnlargedTile,
        },
    },
};

/// The smallest and the largest side of an image that fits the width, in points.
const SIDES: (f32, f32) = (14.0, 72.0);
/// The side of the image that is looked at closely.
const CLOSE: f32 = 132.0;

/// Draws the toolbar and the page.
pub fn images(ui: &mut Ui, cx: &ViewContext, shown: Shown) {
    let key = dataset_key(shown.source);
    let nothing = DatasetPageState::default();
    let page = cx.state.dataset_view.pages.get(&key);
    if page.is_none() {
        turn(cx, shown, None, 0);
    }
    let page = page.unwrap_or(&nothing);
    toolbar(ui, cx, shown, page);
    // The first images are there as soon as the dataset is.
    let (atlas, page) = match &page.atlas {
        Some(atlas) => (atlas, page),
        None => (shown.samples, &nothing),
    };
    let mut caches = cx.caches.borrow_mut();
    let texture = caches.textures.entry(Id::unique(("dataset images", &key))).or_default();
    texture.update(ui.ctx(), atlas);
    // Below, so that the images stay where they are when one is picked.
    let picked = page.picked.filter(|&picked| picked < atlas.len());
    let room = if picked.is_some() { CLOSE + tokens::SPACE_M } else { 0.0 };
    let free = ui.available_rect_before_wrap();
    let (above, below) = free.split_top_bottom_at_y(free.bottom() - room);
    let part = UiBuilder::new().id_salt("page").max_rect(above);
    ui.scope_builder(part, |ui| gallery(ui, cx, shown, page, texture));
    if let Some(picked) = picked {
        let below = below.with_min_y(below.top() + tokens::SPACE_M);
        let part = UiBuilder::new().id_salt("close look").max_rect(below);
        ui.scope_builder(part, |ui| close_look(ui, cx, shown, page, texture, picked));
    }
}

fn turn(cx: &ViewContext, shown: Shown, class: Option<usize>, skip: usize) {
    cx.send(Action::Dataset(DatasetAction::Page { source: shown.source.clone(), class, skip }));
}

/// The class, and turning pages.
fn toolbar(ui: &mut Ui, cx: &ViewContext, shown: Shown, page: &DatasetPageState) {
    let (class, skip) = page.wanted.unwrap_or((page.class, page.skip));
    let size = DatasetPageState::size(class);
    let most = match class {
        Some(class) => shown.info.train_counts.get(class).copied().unwrap_or(0),
        None => shown.info.train_counts.iter().copied().max().unwrap_or(0),
    };
    ui.horizontal(|ui| {
        class_choice(ui, cx, shown, class);
        ui.add_enabled_ui(skip > 0, |ui| {
            if icon_button(ui, Icon::Left, "Previous images").clicked() {
                turn(cx, shown, class, skip.saturating_sub(size));
            }
        });
        ui.add_enabled_ui(skip + size < most, |ui| {
            if icon_button(ui, Icon::Right, "Next images").clicked() {
                turn(cx, shown, class, skip + size);
            }
        });
        let last = (skip + size).min(most);
        let text = match class {
            Some(_) => format!("{} to {last} of {most}", skip + 1),
            None => format!("{} to {last} of up to {most} a class", skip + 1),
        };
        let text = if page.wanted.is_some() { format!("{text}, loading…") } else { text };
        ui.add(Label::new(RichText::new(text).weak()).truncate());
        if cx.state.gallery.tile.is_some() {
            let fit = ui.button("Fit width").on_hover_text("Chooses the zoom at which a row fits, in every gallery.");
            if fit.clicked() {
                cx.send(Action::Gallery(GalleryAction::Tile(None)));
            }
        }
    });
    if let Some(problem) = &page.problem {
        ui.add(Label::new(RichText::new(problem).color(theme::of(ui).error)).wrap());
    }
}

fn class_choice(ui: &mut Ui, cx: &ViewContext, shown: Shown, class: Option<usize>) {
    let names = &shown.info.class_names;
    let chosen = class.and_then(|class| names.get(class)).map_or("All classes", String::as_str);
    let list = ComboBox::from_id_salt("class").selected_text(chosen).width(120.0).truncate();
    let list = list.show_ui(ui, |ui| {
        ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            if ui.selectable_label(class.is_none(), "All classes").clicked() {
                turn(cx, shown, None, 0);
            }
            for (index, name) in names.iter().enumerate() {
                if ui.selectable_label(class == Some(index), name).clicked() {
                    turn(cx, shown, Some(index), 0);
                }
            }
        });
    });
    list.response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Shown class");
        info.current_text_value = Some(chosen.to_owned());
        info
    });
    list.response.on_hover_text("All classes with some images each, or one class with many.");
}

/// What an image of the page is called.
fn caption(shown: Shown, page: &DatasetPageState, atlas: &Atlas, index: usize) -> String {
    let (class, number) = if let Some(class) = page.class {
        (class, index)
    } else {
        let class = atlas.labels[index];
        (class, atlas.labels[..index].iter().filter(|&&other| other == class).count())
    };
    let name = shown.info.class_names.get(class).map_or("", String::as_str);
    let count = shown.info.train_counts.get(class).copied().unwrap_or(0);
    format!("{name}, training image {} of {count}", page.skip + number + 1)
}

/// One image enlarged, with its values under the pointer.
fn close_look(
    ui: &mut Ui,
    cx: &ViewContext,
    shown: Shown,
    page: &DatasetPageState,
    texture: &GalleryTexture,
    picked: usize,
) {
    let caption = caption(shown, page, texture.atlas(), picked);
    ui.horizontal_top(|ui| {
        let response = EnlargedTile::new("Image enlarged", picked, CLOSE).show(ui, texture);
        ui.vertical(|ui| {
            ui.add(Label::new(&caption).wrap());
            let [r, g, b] = response.pixel.map_or([0; 3], |pixel| pixel.rgb);
            let value = match response.pixel {
                None => "Point at a pixel to read its value.".to_owned(),
                Some(pixel) if texture.is_grey(picked) => format!("row {}, column {}: {r}", pixel.y, pixel.x),
                Some(pixel) => format!("row {}, column {}: {r}, {g}, {b}", pixel.y, pixel.x),
            };
            ui.weak(value);
            if ui.button("Close the image").clicked() {
                cx.send(Action::Dataset(DatasetAction::Pick(shown.source.clone(), None)));
            }
        });
    });
}

fn gallery(ui: &mut Ui, cx: &ViewContext, shown: Shown, page: &DatasetPageState, texture: &GalleryTexture) {
    let atlas: &Arc<Atlas> = texture.atlas();
    let rows: Vec<String>;
    let names = if page.class.is_some() {
        let first = |row: usize| (page.skip + row * DatasetPageState::ROW + 1).to_string();
        rows = (0..atlas.len().div_ceil(DatasetPageState::ROW)).map(first).collect();
        rows.as_slice()
    } else {
        shown.info.class_names.as_slice()
    };
    let width = name_width(ui, names);
    let columns = DatasetPageState::size(page.class).min(12);
    let room = ui.available_width() - width - tokens::SPACE_L;
    let fitting = (room / columns as f32 - tokens::TILE_GAP).clamp(SIDES.0, SIDES.1);
    let side = cx.state.gallery.tile.unwrap_or(fitting);
    let pixels = atlas.tile_width.max(1) as f32;
    let gallery = Gallery::new("Training images", names).name_width(width).zoom(side / pixels).selected(page.picked);
    let response = gallery.show(ui, texture);
    let pick = response.selected.filter(|_| page.atlas.is_some());
    if pick.is_some() && pick != page.picked {
        cx.send(Action::Dataset(DatasetAction::Pick(shown.source.clone(), pick)));
    }
    if let Some(zoom) = response.zoom {
        cx.send(Action::Gallery(GalleryAction::Tile(Some(zoom * pixels))));
    }
    if let Some(TileHit { index, .. }) = response.hovered {
        let text = caption(shown, page, atlas, index);
        Tooltip::for_widget(&response.response).at_pointer().gap(tokens::SPACE_L).show(|ui| ui.label(text));
    }
}
