//! The images of each class, by position.

/// For each class the positions of its images, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClassIndex {
    positions: Vec<Vec<usize>>,
}

impl ClassIndex {
    /// The index of `labels` over `classes` classes; a label beyond the last class is left out.
    #[must_use]
    pub fn new(labels: &[usize], classes: usize) -> Self {
        let mut positions = vec![Vec::new(); classes];
        for (position, &label) in labels.iter().enumerate() {
            if let Some(class) = positions.get_mut(label) {
                class.push(position);
            }
        }
        Self { positions }
    }

    /// The positions of the images of `class`, which must be below [`ClassIndex::classes`].
    #[must_use]
    pub fn of(&self, class: usize) -> &[usize] {
        &self.positions[class]
    }

    /// The number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.positions.len()
    }

    /// The number of images of each class.
    #[must_use]
    pub fn counts(&self) -> Vec<usize> {
        self.positions.iter().map(Vec::len).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_by_class() {
        let index = ClassIndex::new(&[2, 0, 2, 1, 9], 4);
        assert_eq!(index.classes(), 4);
        assert_eq!(index.of(0), [1]);
        assert_eq!(index.of(2), [0, 2]);
        assert_eq!(index.counts(), [1, 1, 2, 0]);
    }
}
