//! MLP: two hidden layers of 128 units.

use super::Builder;

pub(super) fn build(builder: &mut Builder, classes: usize) {
    const HIDDEN: usize = 128;
    builder.linear("fc1", HIDDEN);
    builder.relu();
    builder.linear("fc2", HIDDEN);
    builder.relu();
    builder.linear("fc3", classes);
}
