//! How far an outer iteration is, told to whoever may stop it or look at the images of the moment.

use super::CondensationError;
use crate::engine::{Maps, transfer};

/// Where within an outer iteration a run is.
#[derive(Clone, Copy)]
pub struct StepProgress<'a> {
    /// The inner step `t`, from 0.
    pub inner_step: usize,
    /// Epochs of training the network after it that are done; `None` while gradients are matched.
    pub network_epochs: Option<usize>,
    pub(super) images: &'a Maps,
}

impl StepProgress<'_> {
    /// Image updates of this outer iteration that are done.
    #[must_use]
    pub const fn image_updates(&self) -> usize {
        self.inner_step + self.network_epochs.is_some() as usize
    }

    /// The images of this moment, in normalised space, `[n, c, h, w]`, ordered by class. Waits for all queued work.
    ///
    /// # Errors
    ///
    /// When the device fails.
    pub fn read_images(&self) -> Result<Vec<f32>, CondensationError> {
        Ok(transfer::images_to_host(self.images.clone())?)
    }
}

/// Told the progress often; says whether to go on.
pub type GoOn<'a> = &'a mut dyn FnMut(&StepProgress) -> bool;
