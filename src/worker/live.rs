//! The images of a run while they change, for whoever watches.

use std::{path::PathBuf, time::Duration};

use super::{Throttle, outlet::Outlet};
use crate::{condensation::CondensationError, domain::LiveImages};

/// How often the images are shown: eight times a second.
const INTERVAL: Duration = Duration::from_millis(125);

/// A moment of a run: the experiment, its outer iterations done, and the image updates of the next one that are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub experiment: usize,
    pub iterations_done: usize,
    pub inner_step: usize,
}

/// Shows the images of one run.
pub(super) struct LiveView {
    folder: PathBuf,
    throttle: Throttle,
    /// The moment of the images that were shown last.
    shown: Option<Moment>,
}

impl LiveView {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, throttle: Throttle::new(INTERVAL), shown: None }
    }

    /// Shows the images of `moment` if someone watches, they are new, and it is time; only then are they read.
    pub fn offer(
        &mut self,
        outlet: &Outlet,
        moment: Moment,
        read: impl FnOnce() -> Result<Vec<f32>, CondensationError>,
    ) {
        if outlet.shows_images() && self.shown != Some(moment) && self.throttle.opens() {
            // A device that gives nothing back fails in the next step of the work too, and that is where it is told.
            if let Ok(images) = read() {
                self.show(outlet, moment, images);
            }
        }
    }

    /// Shows the images of `moment`, whoever watches and whenever the last ones were shown.
    pub fn show(&mut self, outlet: &Outlet, moment: Moment, images: Vec<f32>) {
        self.shown = Some(moment);
        let Moment { experiment, iterations_done, inner_step } = moment;
        outlet.show(LiveImages { folder: self.folder.clone(), experiment, iterations_done, inner_step, images });
    }
}
