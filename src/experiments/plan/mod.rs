//! Plans: what an experiment computes on the datasets at hand, at a scale, and the layout of its table.

mod ablations;
mod benchmarks;
mod builder;
mod datasets;
mod jiang;
mod methods;
mod siamese;
mod studies;
mod zhao;

use super::{ExperimentError, catalogue};
use crate::domain::experiment::{Effort, ExperimentName, ExperimentPlan, RoleData, Scale, Selection, TableLayout};
use builder::Builder;

/// The plan of the experiment `name` on those of `datasets` that have a place in it. Without any, the digits that the
/// program draws take the first place; what is left out is said in the plan's notes.
///
/// # Errors
///
/// When a number of the scale cannot be used, nothing is left to compute, or the program's own digits cannot be drawn.
pub fn plan(
    name: ExperimentName,
    datasets: &[RoleData],
    scale: &Scale,
    selection: &Selection,
) -> Result<ExperimentPlan, ExperimentError> {
    scale.check()?;
    let info = catalogue::info(name);
    let (chosen, notes) = datasets::choose(&info, datasets, selection)?;
    let images_per_class = if selection.images_per_class.is_empty() {
        info.images_per_class.to_vec()
    } else {
        selection.images_per_class.clone()
    };
    // Where widths are compared, each is what it is called.
    let scale = &if name == ExperimentName::Width { scale.clone().without(Effort::Width) } else { scale.clone() };
    let mut builder = Builder::new(scale, chosen, images_per_class, notes);
    let layout = lay_out(name, &mut builder);
    let plan = builder.finish(name, selection.clone(), layout);
    if plan.units.is_empty() {
        return Err(ExperimentError::Empty { name, reason: plan.notes.join("; ") });
    }
    Ok(plan)
}

fn lay_out(name: ExperimentName, builder: &mut Builder) -> TableLayout {
    match name {
        ExperimentName::Table1 => zhao::table_1(builder),
        ExperimentName::Figure3 => zhao::figure_3(builder),
        ExperimentName::Table2 => zhao::table_2(builder),
        ExperimentName::Table3 => zhao::table_3(builder),
        ExperimentName::Width => ablations::width(builder),
        ExperimentName::Depth => ablations::depth(builder),
        ExperimentName::Activation => ablations::activation(builder),
        ExperimentName::Pooling => ablations::pooling(builder),
        ExperimentName::Normalization => ablations::normalization(builder),
        ExperimentName::Distance => ablations::distance(builder),
        ExperimentName::Levels => jiang::levels(builder),
        ExperimentName::JiangDistances => jiang::distances(builder),
        ExperimentName::Mda => jiang::mda(builder),
        ExperimentName::JiangCross => jiang::cross(builder),
        ExperimentName::Dsa => siamese::datasets(builder),
        ExperimentName::DsaOperations => siamese::operations(builder),
        ExperimentName::Methods => methods::compared(builder),
        ExperimentName::Continual => studies::continual(builder),
        ExperimentName::Nas => studies::search(builder),
        ExperimentName::DcBench => benchmarks::dc_bench(builder),
        ExperimentName::DdRanking => benchmarks::dd_ranking(builder),
    }
}

#[cfg(test)]
mod tests;
