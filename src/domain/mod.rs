//! The vocabulary: plain values that are entered, stored, drawn or passed between threads.
//!
//! Nothing here holds a tensor, opens a file or starts a thread; the only dependencies are `serde` and `thiserror`.

mod architecture;
mod architecture_search;
mod augmentation;
mod condensation_config;
mod condensation_plan;
mod continual;
mod dataset_info;
mod dataset_source;
mod dc_bench;
mod dd_ranking;
mod device_choice;
mod evaluation_config;
mod evaluation_table;
pub mod experiment;
mod export;
mod figure;
mod image_batch;
mod image_shape;
mod loop_schedule;
mod matching;
mod method;
mod normalization;
mod picture;
mod presets;
mod project_snapshot;
mod range;
mod rank;
mod run_history;
mod run_name;
mod run_snapshot;
mod seed;
mod set_origin;
mod stats;
mod synthetic_set;
pub mod units;

pub use architecture::{
    Activation, Architecture, ConvNetSpec, EvaluationMode, NormalizationLayer, Pooling, UnknownArchitecture,
    UnknownEvaluationMode,
};
pub use architecture_search::{
    Proxy, RankPoint, SearchConfig, SearchResults, SearchSummary, SearchedNetwork, WHOLE_SET, search_grid,
};
pub use augmentation::{Augmentation, DsaOperation, DsaStrategy};
pub use condensation_config::{
    CondensationConfig, ConfigError, ImagesPerClass, Initialization, InvalidImagesPerClass, NetworkSteps,
};
pub use condensation_plan::{CondensationPlan, REAL_DATA_LOOPS, default_image_learning_rate};
pub use continual::{ContinualConfig, ContinualResults, Distillation, MemoryKind, StageResult};
pub use dataset_info::{DatasetInfo, NormalizationSource};
pub use dataset_source::{BuiltinDataset, DatasetSource, IdxFiles, ReadOptions, Split};
pub use dc_bench::{DC_BENCH_AUGMENTATIONS, DC_BENCH_REPEATS, DcBenchScores, dc_bench_scores};
pub use dd_ranking::{
    BestAccuracy, DD_RANKING_EPOCHS, DD_RANKING_REPEATS, DdRankingAccuracies, DdRankingMeasurements, DdRankingProtocol,
    DdRankingScores, SetAndRandom,
};
pub use device_choice::{AdapterKind, DeviceChoice, DeviceInfo, InvalidDeviceChoice};
pub use evaluation_config::{Baseline, EvaluationAugmentation, EvaluationConfig};
pub use evaluation_table::{EvaluationCell, EvaluationTable, NetworkResult};
pub use export::{Export, PlotData, PlotFormat, PlotSeries, SetFormat, TableFormat, TableText};
pub use figure::{
    BarsFigure, FigureData, FigureSeries, FigureText, FigureValue, HeatmapFigure, LinesFigure, ScatterFigure,
    ScatterSeries,
};
pub use image_batch::ImageBatch;
pub use image_shape::ImageShape;
pub use loop_schedule::{LoopSchedule, loops_of, published_loops};
pub use matching::{DistanceKind, MatchingLevel, UnknownName};
pub use method::{Method, NetworkData, published_network_images};
pub use normalization::Normalization;
pub use picture::{Atlas, Contrast, Picture};
pub use presets::{BuiltinPreset, builtin_presets, quick_look};
pub use project_snapshot::{
    BrokenRun, CostEstimate, DatasetEntry, ExperimentDetails, Finding, Preset, ProjectRecord, ProjectSnapshot,
    RecipeSummary, RunDetails, RunNotes, RunStatus, RunSummary, SetEntry,
};
pub use rank::{ranks, spearman};
pub use run_history::{AccuracyCheck, AccuracyChecks, HistoryPoint, RunHistory};
pub use run_name::run_name;
pub use run_snapshot::{ClassDistance, IterationReport, LiveImages, RunStage, RunState};
pub use seed::Seed;
pub use set_origin::{OriginKind, PixelScale, RecordedAccuracies, SetOrigin};
pub use stats::{Summary, mean, standard_deviation};
pub use synthetic_set::{SyntheticSet, SyntheticSetError};
