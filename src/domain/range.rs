//! The ranges that numbers of configurations must lie in; the error names the field.

use std::fmt::Display;

use super::ConfigError;

type Checked = Result<(), ConfigError>;

fn each<T: Copy + Display>(
    fields: impl IntoIterator<Item = (&'static str, T)>,
    range: &str,
    fits: impl Fn(T) -> bool,
) -> Checked {
    match fields.into_iter().find(|&(_, value)| !fits(value)) {
        None => Ok(()),
        Some((field, value)) => Err(ConfigError::new(field, format!("must be {range}, but is {value}"))),
    }
}

pub(super) fn at_least_one(fields: impl IntoIterator<Item = (&'static str, usize)>) -> Checked {
    each(fields, "at least 1", |value| value > 0)
}

pub(super) fn above_zero(fields: impl IntoIterator<Item = (&'static str, f64)>) -> Checked {
    each(fields, "a number above 0", |value| value.is_finite() && value > 0.0)
}

pub(super) fn from_zero(fields: impl IntoIterator<Item = (&'static str, f64)>) -> Checked {
    each(fields, "a number from 0 on", |value| value.is_finite() && value >= 0.0)
}

pub(super) fn below_one(fields: impl IntoIterator<Item = (&'static str, f64)>) -> Checked {
    each(fields, "at least 0 and below 1", |value| (0.0..1.0).contains(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_number_out_of_its_range_is_named() {
        let problem = |checked: Checked| checked.unwrap_err().to_string();
        assert_eq!(problem(at_least_one([("a", 1), ("b", 0), ("c", 0)])), "b must be at least 1, but is 0");
        assert_eq!(problem(above_zero([("rate", f64::NAN)])), "rate must be a number above 0, but is NaN");
        assert_eq!(problem(from_zero([("decay", -0.5)])), "decay must be a number from 0 on, but is -0.5");
        assert_eq!(problem(below_one([("momentum", 1.0)])), "momentum must be at least 0 and below 1, but is 1");
        assert!(above_zero([("rate", 0.0)]).is_err() && from_zero([("decay", 0.0)]).is_ok());
        assert!(at_least_one([("a", 1)]).is_ok() && below_one([("momentum", 0.0)]).is_ok());
    }
}
