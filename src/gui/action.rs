//! Everything a view can ask for. Views send actions; `action_handling/` alone carries them out.

use std::path::PathBuf;

use super::{
    UiCommand,
    settings::ThemeChoice,
    state::{
        AtlasKey, DatasetSection, Dialog, EvaluateField, FormField, JobId, LogLevel, Moment, NetworkRule, PathPurpose,
        PlotKind, RoleChoice, SelectedCell, SortBy, ToastAction,
    },
};
use crate::domain::{
    Architecture, Augmentation, Baseline, Contrast, DatasetSource, DeviceChoice, DistanceKind, EvaluationAugmentation,
    Export, Initialization, MatchingLevel, Method, NetworkData, Preset, RecipeSummary,
    experiment::{DatasetRole, Effort, ExperimentName},
};

/// A wish of a person, or of a view that lacks something to draw.
#[derive(Debug, Clone)]
pub enum Action {
    /// A command of the menus, the palette or the keyboard.
    Command(UiCommand),
    /// About the project.
    Project(ProjectAction),
    /// About runs.
    Run(RunAction),
    /// About datasets.
    Dataset(DatasetAction),
    /// About the form of a new run.
    Form(FormAction),
    /// About jobs.
    Queue(QueueAction),
    /// About galleries.
    Gallery(GalleryAction),
    /// About plots.
    Plots(PlotsAction),
    /// About the comparison.
    Compare(CompareAction),
    /// About evaluations.
    Evaluate(EvaluateAction),
    /// About the papers' experiments.
    Experiments(ExperimentsAction),
    /// Opens the dialog of an export with a suggested file name.
    AskExport {
        /// What.
        export: Export,
        /// The suggested name.
        name: String,
    },
    /// Exports what the dialog says.
    Export,
    /// Files were dropped on the window, or chosen.
    Dropped(Vec<PathBuf>),
    /// Opens, changes or, with `None`, closes the dialog in front.
    Dialog(Option<Dialog>),
    /// Opens what a path was typed for.
    OpenPath(PathPurpose, PathBuf),
    /// Asks for a path with the system's dialog; the answer comes to the dialog in front.
    Browse,
    /// The device of new jobs.
    Device(DeviceChoice),
    /// Light or dark.
    Theme(ThemeChoice),
    /// The palette's text and the selected line.
    Palette {
        /// The text.
        query: String,
        /// The line.
        selected: usize,
    },
    /// Closes the palette.
    ClosePalette,
    /// A notice was closed, or its offer taken.
    Toast {
        /// The notice.
        id: u64,
        /// The offer, when it was taken.
        taken: Option<ToastAction>,
    },
    /// A view lacks a picture.
    NeedPicture(AtlasKey),
    /// The answer to the question before closing.
    Close {
        /// Whether to stop and close.
        stop: bool,
    },
}

/// About the project.
#[derive(Debug, Clone)]
pub enum ProjectAction {
    /// Opens the project in a folder, or begins one there.
    Open(PathBuf),
    /// Copies it to a folder, and opens the copy.
    SaveAs(PathBuf),
    /// Its name.
    Rename(String),
    /// The text that listed runs must hold.
    Filter(String),
    /// The order of the runs.
    Sort(SortBy),
    /// Keeps settings under a name.
    AddPreset(Box<Preset>),
    /// Takes a preset out.
    RemovePreset(String),
    /// Takes a set from a file out; the file stays.
    RemoveSet(PathBuf),
}

/// About runs.
#[derive(Debug, Clone)]
pub enum RunAction {
    /// Shows a run in all views.
    Select(PathBuf),
    /// Goes on with a run.
    Resume(PathBuf),
    /// Goes on with several runs.
    ResumeAll(Vec<PathBuf>),
    /// Moves a run out of the way; it can be brought back.
    Remove(PathBuf),
    /// Title and notes.
    Describe {
        /// The run.
        folder: PathBuf,
        /// The title; empty for the folder's name.
        title: String,
        /// Notes.
        notes: String,
    },
    /// Takes its settings into the form.
    CloneSettings(PathBuf),
    /// Reads it from disk.
    Load(PathBuf),
    /// Adds a run from elsewhere.
    Link(PathBuf),
}

/// About datasets.
#[derive(Debug, Clone)]
pub enum DatasetAction {
    /// Opens a dataset, adds it to the project, and shows it.
    Open(DatasetSource),
    /// Opens what lies at the typed path.
    OpenPath(String),
    /// The path that is being typed.
    TypePath(String),
    /// Shows a dataset of the project.
    Show(DatasetSource),
    /// Takes it out of the project; its files stay.
    Remove(DatasetSource),
    /// Turns to a page.
    Page {
        /// The dataset.
        source: DatasetSource,
        /// The class; `None` for all.
        class: Option<usize>,
        /// Images of each class passed over.
        skip: usize,
    },
    /// Looks at an image of the page closely, or at none.
    Pick(DatasetSource, Option<usize>),
    /// Shows a part of the view where there is no room for all.
    Section(DatasetSection),
    /// The side that is being typed, to which pictures of different sizes are scaled.
    TypeSide(String),
    /// Opens a folder of pictures again, all scaled to the side that is typed.
    Rescale(DatasetSource),
    /// Takes it into the form of a new run.
    Condense(DatasetSource),
    /// Sees to it that a dataset is open, without showing it.
    Need(DatasetSource),
}

/// About the form of a new run.
#[derive(Debug, Clone)]
pub enum FormAction {
    /// The dataset.
    Source(DatasetSource),
    /// The text of a field.
    Text(FormField, String),
    /// The method; what follows from it changes with it, unless it was chosen.
    Method(Method),
    /// The distance.
    Distance(DistanceKind),
    /// The level.
    Level(MatchingLevel),
    /// What the images begin as.
    Initialization(Initialization),
    /// The augmentation while condensing.
    Augmentation(Augmentation),
    /// The rule for the network's epochs.
    Rule(NetworkRule),
    /// What the network is trained on.
    NetworkData(NetworkData),
    /// Whether the images are kept within what pixels can be.
    ClampImages(bool),
    /// Whether the set is evaluated at the end.
    Evaluate(bool),
    /// Adds a baseline, or takes it out.
    Baseline(Baseline, bool),
    /// Whether the accuracy is checked on the way.
    CheckAccuracy(bool),
    /// Folds the advanced fields.
    Advanced(bool),
    /// Takes a preset, by name.
    Preset(String),
    /// The name that is typed for settings to be kept.
    PresetName(String),
    /// Takes the settings of a recipe, and opens its dataset.
    Recipe(Box<RecipeSummary>),
    /// Puts a job into the queue.
    Start,
    /// Puts a job a distance into the queue, alike in all else, and compares them.
    CompareDistances(Vec<DistanceKind>),
}

/// About jobs.
#[derive(Debug, Clone, Copy)]
pub enum QueueAction {
    /// Lets the running job hold still.
    Pause,
    /// Lets it go on.
    Continue,
    /// Stops the running job; what is done is saved.
    Stop,
    /// Takes a waiting job out.
    Cancel(JobId),
    /// Moves a waiting job one place towards the front.
    Earlier(JobId),
    /// Moves a waiting job one place back.
    Later(JobId),
    /// Whether no waiting job is to begin.
    Hold(bool),
    /// Takes the jobs that are over from the list.
    ClearDone,
    /// Takes all messages from the log.
    ClearLog,
    /// Shows messages instead of jobs, where there is no room for both.
    ShowLog(bool),
    /// Shows only messages that are as grave as this, or graver.
    Level(LogLevel),
    /// Unfolds a message, or folds it.
    Unfold(Option<u64>),
}

/// About galleries.
#[derive(Debug, Clone)]
pub enum GalleryAction {
    /// The moment of every gallery.
    Moment(Moment),
    /// The experiment.
    Experiment(usize),
    /// Points across an image; `None` fits the width.
    Tile(Option<f32>),
    /// The contrast.
    Contrast(Contrast),
    /// The text that shown classes must hold.
    ClassFilter(String),
    /// Whether the images at the beginning stand beside.
    ShowInitial(bool),
    /// Whether real images stand beside.
    ShowReal(bool),
    /// Picks an image, or none.
    Pick(Option<(super::state::ImageTarget, usize)>),
    /// Searches the real images nearest to the picked one.
    FindNearest,
    /// Shows a set from a file instead of the selected run, or the run again.
    ShowSet(Option<PathBuf>),
}

/// About plots.
#[derive(Debug, Clone)]
pub enum PlotsAction {
    /// Shows a plot, or hides it.
    Show(PlotKind, bool),
    /// Whether distances are on a logarithmic axis.
    Log(bool),
    /// Smoothing from 0 towards 1.
    Smoothing(f32),
    /// Whether the horizontal axes move together.
    Linked(bool),
    /// From and to which iteration is shown; `None` for all.
    XLimits([Option<f64>; 2]),
    /// From and to which distance is shown; `None` for all.
    YLimits([Option<f64>; 2]),
    /// The class that stands out among many; `None` for none.
    Class(Option<usize>),
    /// The parameter that stands out among many; `None` for none.
    Parameter(Option<usize>),
    /// Whether each row of a heatmap has its own scale.
    PerRow(bool),
    /// Shows everything again.
    Reset,
}

/// About the comparison.
#[derive(Debug, Clone)]
pub enum CompareAction {
    /// Adds a run, or takes it out.
    Toggle(PathBuf),
    /// Compares these runs.
    Set(Vec<PathBuf>),
    /// Whether distances are on a logarithmic axis.
    Log(bool),
    /// Whether distances are divided by those of the first iteration.
    Relative(bool),
    /// Whether settings that are alike in all runs are left out.
    OnlyDiffering(bool),
}

/// About evaluations.
#[derive(Debug, Clone)]
pub enum EvaluateAction {
    /// Adds a run to the rows, or takes it out.
    Toggle(PathBuf),
    /// The text of a field.
    Text(EvaluateField, String),
    /// Adds a baseline, or takes it out.
    Baseline(Baseline, bool),
    /// The augmentation; `None` for that of each run.
    Augmentation(Option<EvaluationAugmentation>),
    /// Looks at a cell.
    Select(Option<SelectedCell>),
    /// Trains what the table lacks.
    Start,
    /// Trains the networks of a cell again.
    Again {
        /// The run.
        folder: PathBuf,
        /// The kind of set.
        set: String,
        /// The network.
        architecture: Architecture,
    },
}

/// About the papers' experiments.
#[derive(Debug, Clone)]
pub enum ExperimentsAction {
    /// The view lacks the list, or the experiment that is looked at.
    Need,
    /// The text that listed experiments must hold.
    Filter(String),
    /// Looks at an experiment, or at the list alone.
    Select(Option<ExperimentName>),
    /// `N` of the scale `1/N`.
    Divisor(usize),
    /// A number that is typed in place of the scale's.
    Effort(Effort, String),
    /// The images per class that are typed.
    ImagesPerClass(String),
    /// What takes a place.
    Role(DatasetRole, RoleChoice),
    /// Measures how fast the device of new jobs is.
    Measure,
    /// Puts what is left to do into the queue.
    Start,
    /// Takes the jobs of the experiment out of the queue, and stops the one that works.
    Stop,
}
