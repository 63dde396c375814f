//! The order of rows: by a column, upwards or downwards.

use std::cmp::Ordering;

/// By which column rows are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Sorting {
    /// The column.
    pub column: usize,
    /// The largest first.
    pub descending: bool,
}

impl Sorting {
    /// A click on the title of `column`.
    pub fn toggle(&mut self, column: usize) {
        *self = Self { column, descending: self.column == column && !self.descending };
    }

    /// The rows from 0 to `count` in order; `key` gets the column and a row. Equal rows keep their order, and those
    /// without a value stand last either way.
    #[must_use]
    pub fn order(self, count: usize, mut key: impl FnMut(usize, usize) -> SortKey) -> Vec<usize> {
        let keys: Vec<SortKey> = (0..count).map(|row| key(self.column, row)).collect();
        let mut rows: Vec<usize> = (0..count).collect();
        rows.sort_by(|&a, &b| match (&keys[a], &keys[b]) {
            (SortKey::Missing, SortKey::Missing) => Ordering::Equal,
            (SortKey::Missing, _) => Ordering::Greater,
            (_, SortKey::Missing) => Ordering::Less,
            (a, b) if self.descending => b.compare(a),
            (a, b) => a.compare(b),
        });
        rows
    }
}

/// What a row is sorted by.
#[derive(Debug, Clone, PartialEq)]
pub enum SortKey {
    /// By figures.
    Number(f64),
    /// By letters, with numbers in it by their size.
    Text(String),
    /// Nothing there.
    Missing,
}

impl From<Option<f64>> for SortKey {
    fn from(value: Option<f64>) -> Self {
        value.filter(|value| !value.is_nan()).map_or(Self::Missing, Self::Number)
    }
}

impl From<&str> for SortKey {
    /// Small and large letters alike.
    fn from(text: &str) -> Self {
        Self::Text(text.to_lowercase())
    }
}

impl SortKey {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => compare_texts(a, b),
            (Self::Number(_), _) => Ordering::Less,
            (_, Self::Number(_)) => Ordering::Greater,
            _ => Ordering::Equal,
        }
    }
}

/// "run 2" stands before "run 10".
fn compare_texts(mut a: &str, mut b: &str) -> Ordering {
    let digits = |text: &str| text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    loop {
        let (in_a, in_b) = (digits(a), digits(b));
        let order = if in_a > 0 && in_b > 0 {
            let (number_a, number_b) = (a[..in_a].trim_start_matches('0'), b[..in_b].trim_start_matches('0'));
            (a, b) = (&a[in_a..], &b[in_b..]);
            number_a.len().cmp(&number_b.len()).then_with(|| number_a.cmp(number_b))
        } else {
            let (mut rest_a, mut rest_b) = (a.chars(), b.chars());
            let (first_a, first_b) = (rest_a.next(), rest_b.next());
            if first_a.is_none() && first_b.is_none() {
                return Ordering::Equal;
            }
            (a, b) = (rest_a.as_str(), rest_b.as_str());
            first_a.cmp(&first_b)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_values_stand_last_either_way() {
        let values = [None, Some(2.0), Some(f64::NAN), Some(-1.0)];
        let order = |descending| Sorting { column: 0, descending }.order(4, |_, row| values[row].into());
        assert_eq!(order(false), [3, 1, 0, 2]);
        assert_eq!(order(true), [1, 3, 0, 2]);
    }

    #[test]
    fn numbers_in_texts_count_by_size() {
        let names = ["run 10", "Run 2", "run 2b", "a", "run", ""];
        let order = Sorting::default().order(names.len(), |_, row| names[row].into());
        assert_eq!(order, [5, 3, 4, 1, 2, 0]);
    }
}
