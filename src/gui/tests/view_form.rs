//! The form of a new run and the dataset view, by what stands on them.
