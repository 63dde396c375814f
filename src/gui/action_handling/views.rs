//! Galleries, plots and the comparison.

use std::path::PathBuf;

use super::Controller;
use crate::{
    gui::{
        action::{CompareAction, GalleryAction, PlotsAction},
        layout::View,
        state::{CompareState, ImageTarget, NearestState, PickedImage, PlotState},
    },
    worker::files::FileRequest,
};

/// How many nearest real images are shown.
const NEAREST: usize = 5;

impl Controller {
    pub(super) fn change_gallery(&mut self, action: GalleryAction) {
        let gallery = &mut self.state.gallery;
        match action {
            GalleryAction::Moment(moment) => gallery.moment = moment,
            GalleryAction::Experiment(experiment) => (gallery.experiment, gallery.picked) = (experiment, None),
            GalleryAction::Tile(tile) => gallery.tile = tile,
            GalleryAction::Contrast(contrast) => gallery.contrast = contrast,
            GalleryAction::ClassFilter(filter) => gallery.class_filter = filter,
            GalleryAction::ShowInitial(show) => gallery.show_initial = show,
            GalleryAction::ShowReal(show) => gallery.show_real = show,
            GalleryAction::Pick(picked) => {
                gallery.picked =
                    picked.map(|(target, index)| PickedImage { target, index, nearest: NearestState::Idle });
            }
            GalleryAction::FindNearest => self.find_nearest(),
            GalleryAction::ShowSet(path) => self.show_set(path),
        }
    }

    /// Shows a set from a file, or the selected run again.
    fn show_set(&mut self, path: Option<PathBuf>) {
        self.state.gallery.picked = None;
        if let Some(path) = &path {
            self.layout.show(View::Gallery);
            if !self.state.sets.contains_key(path) {
                // One that could not be read is tried again.
                self.state.pictures.forget(&ImageTarget::SetFile(path.clone()));
            }
        }
        self.state.gallery.set_file = path;
    }

    fn find_nearest(&mut self) {
        let Some(picked) = &self.state.gallery.picked else { return };
        let (set, source) = match &picked.target {
            ImageTarget::Run { folder, experiment } => {
                let Some(run) = self.state.runs.get(folder) else { return };
                let set = run.experiments.get(*experiment).and_then(|experiment| experiment.set.clone());
                (set, Some(run.summary.source.clone()))
            }
            ImageTarget::SetFile(path) => {
                let Some(loaded) = self.state.sets.get(path) else { return };
                let recipe = loaded.recipe.as_ref().map(|recipe| recipe.source.clone());
                (Some(loaded.set.clone()), recipe.or_else(|| self.state.dataset_view.source.clone()))
            }
        };
        let image = picked.index;
        let (Some(set), Some(source)) = (set, source) else { return };
        self.next_toast += 1;
        let ticket = self.next_toast;
        if let Some(picked) = &mut self.state.gallery.picked {
            picked.nearest = NearestState::Searching(ticket);
        }
        self.services.request(FileRequest::FindNearest { ticket, source, set, image, count: NEAREST });
    }

    pub(super) fn change_plots(&mut self, action: &PlotsAction) {
        let plots = &mut self.state.plots;
        match *action {
            PlotsAction::Show(kind, shown) => {
                plots.shown.retain(|other| *other != kind);
                if shown {
                    plots.shown.push(kind);
                    let place = |kind| crate::gui::state::PlotKind::ALL.iter().position(|other| *other == kind);
                    plots.shown.sort_by_key(|kind| place(*kind));
                }
            }
            PlotsAction::Log(log) => plots.log = log,
            PlotsAction::Smoothing(smoothing) => plots.smoothing = smoothing.clamp(0.0, 0.99),
            PlotsAction::Linked(linked) => plots.linked = linked,
            PlotsAction::XLimits(limits) => plots.x_limits = limits,
            PlotsAction::YLimits(limits) => plots.y_limits = limits,
            PlotsAction::Class(class) => plots.class = class,
            PlotsAction::Parameter(parameter) => plots.parameter = parameter,
            PlotsAction::PerRow(per_row) => plots.per_row = per_row,
            PlotsAction::Reset => {
                let PlotState { shown, resets, .. } = std::mem::take(plots);
                *plots = PlotState { shown, resets: resets + 1, ..PlotState::default() };
            }
        }
    }

    pub(super) fn change_comparison(&mut self, action: CompareAction) {
        match action {
            CompareAction::Toggle(folder) => {
                let runs = &mut self.state.compare.runs;
                if let Some(position) = runs.iter().position(|run| *run == folder) {
                    runs.remove(position);
                } else if runs.len() < CompareState::MOST {
                    runs.push(folder.clone());
                    self.load_run(&folder);
                }
            }
            CompareAction::Set(folders) => {
                for folder in &folders {
                    self.load_run(folder);
                }
                self.state.compare.runs = folders.into_iter().take(CompareState::MOST).collect();
            }
            CompareAction::Log(log) => self.state.compare.log = log,
            CompareAction::Relative(relative) => self.state.compare.relative = relative,
            CompareAction::OnlyDiffering(only) => self.state.compare.only_differing = only,
        }
    }
}
