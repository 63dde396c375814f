//! How far an outer iteration is, told to whoever may stop it.

/// Where within an outer iteration a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepProgress {
    /// The inner step `t`, from 0.
    pub inner_step: usize,
    /// Epochs of training the network after it that are done; `None` while gradients are matched.
    pub network_epochs: Option<usize>,
}

/// Told the progress often; says whether to go on.
pub type GoOn<'a> = &'a mut dyn FnMut(StepProgress) -> bool;
