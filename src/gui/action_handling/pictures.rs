//! Images on their way to the screen: asked for once, drawn by the file threads.

use super::Controller;
use crate::{
    gui::state::{AtlasKey, Details, ImageTarget, Moment},
    worker::files::FileRequest,
};

impl Controller {
    /// A view lacks a picture.
    pub(super) fn need_picture(&mut self, key: &AtlasKey) {
        if !self.state.pictures.is_missing(key) {
            return;
        }
        match (&key.target, key.moment) {
            (ImageTarget::Run { folder, .. }, _)
                if self.state.runs.get(folder).is_some_and(|run| run.details == Details::NotLoaded) =>
            {
                let folder = folder.clone();
                self.load_run(&folder);
            }
            (ImageTarget::Run { folder, experiment }, Moment::At(iterations_done)) => {
                let (folder, experiment) = (folder.clone(), *experiment);
                if self.state.pictures.begin(key).is_some() {
                    let contrast = key.contrast;
                    self.services.request(FileRequest::LoadFrame { folder, experiment, iterations_done, contrast });
                }
            }
            (ImageTarget::SetFile(path), _) if !self.state.sets.contains_key(path) => {
                let path = path.clone();
                if self.state.pictures.begin(key).is_some() {
                    self.services.request(FileRequest::LoadSet { path });
                }
            }
            _ => self.draw(key),
        }
    }

    /// The images of a target are new: what shows the latest of them is drawn again.
    pub(super) fn redraw(&mut self, target: &ImageTarget) {
        for key in self.state.pictures.known(target) {
            self.draw(&key);
        }
    }

    /// Has a set drawn.
    pub(super) fn draw(&mut self, key: &AtlasKey) {
        let set = match &key.target {
            ImageTarget::Run { folder, experiment } => {
                let run = self.state.runs.get(folder);
                run.and_then(|run| run.experiments.get(*experiment)).and_then(|experiment| experiment.set.clone())
            }
            ImageTarget::SetFile(path) => self.state.sets.get(path).map(|loaded| loaded.set.clone()),
        };
        let Some(set) = set else { return };
        if let Some(ticket) = self.state.pictures.begin(key) {
            self.services.request(FileRequest::DrawSet { ticket, set, contrast: key.contrast });
        }
    }
}
