//! Experiments of the papers as plain values: which there are, at what scale one is run, what is to be computed for it,
//! and the table that comes out. How a plan is made and a table is filled is `crate::experiments`' business.

mod cost;
mod effort;
mod name;
mod overview;
mod plan;
mod role;
mod scale;
mod table;

pub use cost::{ExperimentCost, MachineSpeed};
pub use effort::Effort;
pub use name::{ExperimentInfo, ExperimentName};
pub use overview::{ExperimentListing, ExperimentOverview, ExperimentRequest, UnitOverview};
pub use plan::{
    BenchScore, CondensationUnit, ContinualUnit, ExperimentPlan, ExperimentStep, LayoutCell, LayoutRow, Measure,
    RankingScore, SearchScore, SearchUnit, TableLayout, Unit,
};
pub use role::{DatasetRole, RoleData};
pub use scale::{InvalidScale, Scale, Selection, is_large};
pub use table::{ExperimentCell, ExperimentRow, ExperimentTable, Published, Quantity};
