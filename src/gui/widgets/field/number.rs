//! Numbers: whole or real, written as is usual, within a range.

use std::{fmt::Display, ops::RangeInclusive};

use egui::Ui;

use super::{FieldResponse, Frame, edit, forget};

/// What a [`NumberField`] can hold.
pub trait Number: Copy + PartialOrd {
    /// What it is called where it is missing.
    const KIND: &'static str;

    /// Reads it; `None` for what is none.
    fn parse(text: &str) -> Option<Self>;

    /// Writes it so that it is read as the same.
    fn write(self) -> String;
}

fn whole<T: TryFrom<u128>>(text: &str) -> Option<T> {
    let text: String = text.chars().filter(|letter| !matches!(letter, ' ' | '_')).collect();
    let direct = text.parse::<u128>().ok();
    // 1e4 is a whole number too.
    let scientific = || text.parse::<f64>().ok().filter(|value| value.fract() == 0.0 && (0.0..9e15).contains(value));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole, and below 2^53
    direct.or_else(|| scientific().map(|value| value as u128)).and_then(|value| T::try_from(value).ok())
}

macro_rules! whole_number {
    ($($type:ty),*) => {$(
        impl Number for $type {
            const KIND: &'static str = "a whole number, such as 100 or 1e4";

            fn parse(text: &str) -> Option<Self> {
                whole(text)
            }

            fn write(self) -> String {
                self.to_string()
            }
        }
    )*};
}

whole_number!(u32, u64, usize);

impl Number for f64 {
    const KIND: &'static str = "a number, such as 0.01 or 1e-3";

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().filter(|value: &Self| value.is_finite())
    }

    fn write(self) -> String {
        let size = self.abs();
        if size != 0.0 && !(1e-4..1e7).contains(&size) { format!("{self:e}") } else { self.to_string() }
    }
}

/// What a number field writes to.
enum Target<'a, T> {
    Plain(&'a mut T),
    Optional(&'a mut Option<T>),
}

/// A number to be entered.
#[must_use = "it is drawn by `show`"]
pub struct NumberField<'a, T> {
    frame: Frame<'a>,
    target: Target<'a, T>,
    range: Option<RangeInclusive<T>>,
    default: Option<T>,
    default_text: Option<&'a str>,
}

impl<'a, T: Number + Display> NumberField<'a, T> {
    /// A field called `label` for `value`.
    pub fn new(label: &'a str, value: &'a mut T) -> Self {
        Self::with(label, Target::Plain(value))
    }

    /// A field that may be empty: `None` stands for what [`Self::default_text`] says.
    pub fn optional(label: &'a str, value: &'a mut Option<T>) -> Self {
        Self::with(label, Target::Optional(value))
    }

    fn with(label: &'a str, target: Target<'a, T>) -> Self {
        let frame = Frame { label, ..Frame::default() };
        Self { frame, target, range: None, default: None, default_text: None }
    }

    /// The smallest and the largest value.
    pub fn range(mut self, range: RangeInclusive<T>) -> Self {
        self.range = Some(range);
        self
    }

    /// The value to go back to; an optional number goes back to empty.
    pub const fn default(mut self, default: T) -> Self {
        self.default = Some(default);
        self
    }

    /// What an empty field stands for, such as "10, as published".
    pub const fn default_text(mut self, text: &'a str) -> Self {
        self.default_text = Some(text);
        self
    }

    frame_settings!();

    /// Draws it.
    pub fn show(self, ui: &mut Ui) -> FieldResponse {
        let Self { frame, target, range, default, default_text } = self;
        let default_name = default_text.map(str::to_owned).or_else(|| default.map(T::write));
        let limits = range.as_ref().map(|range| format!("{} to {}", range.start().write(), range.end().write()));
        // An empty field shows its default itself.
        let hint = match &target {
            Target::Optional(None) => limits.clone(),
            _ => default_name.as_ref().map(|text| format!("default {text}")),
        };
        let hint = hint.unwrap_or_default();
        let help = match (&limits, frame.help) {
            (None, help) => help.to_owned(),
            (Some(limits), "") => limits.clone(),
            (Some(limits), help) => format!("{help}\n\n{limits}"),
        };
        let frame = Frame { hint: &hint, help: &help, ..frame };
        let check = |text: &str| {
            let value = T::parse(text).ok_or_else(|| format!("\"{text}\" is not {}", T::KIND))?;
            match &range {
                Some(range) if !range.contains(&value) => {
                    Err(format!("{} is not within {} to {}", value.write(), range.start().write(), range.end().write()))
                }
                _ => Ok(value),
            }
        };
        let id = frame.id(ui);
        match target {
            Target::Plain(value) => {
                let differs = default.filter(|default| default != value);
                let mut answer = frame.show(ui, differs.and(default_name.as_deref()), |ui, id| {
                    edit(
                        ui,
                        id,
                        value,
                        "",
                        |value| value.write(),
                        |text| if text.is_empty() { Err(format!("write {}", T::KIND)) } else { check(text) },
                    )
                });
                if let (true, Some(default)) = (answer.reset, default) {
                    *value = default;
                    forget(ui, id);
                    (answer.changed, answer.problem) = (true, None);
                }
                answer
            }
            Target::Optional(value) => {
                let goes_back = value.is_some().then(|| default_name.as_deref().unwrap_or("the default"));
                let empty = default_name.as_deref().unwrap_or("default");
                let mut answer =
                    frame.show(ui, goes_back, |ui, id| {
                        let to_text = |value: &Option<T>| value.map(T::write).unwrap_or_default();
                        edit(ui, id, value, empty, to_text, |text| {
                            if text.is_empty() { Ok(None) } else { check(text).map(Some) }
                        })
                    });
                if answer.reset {
                    *value = None;
                    forget(ui, id);
                    (answer.changed, answer.problem) = (true, None);
                }
                answer
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read() {
        for (text, value) in
            [("100", Some(100)), ("1e3", Some(1000)), ("1_000", Some(1000)), ("10 000", Some(10_000)), ("0", Some(0))]
        {
            assert_eq!(usize::parse(text), value, "{text}");
        }
        for text in ["", "-1", "1.5", "ten", "1e99", "NaN", "1e-3"] {
            assert_eq!(usize::parse(text), None, "{text}");
        }
        assert_eq!(u64::parse("18446744073709551615"), Some(u64::MAX));
        assert_eq!(u32::parse("4294967296"), None);
    }

    #[test]
    fn real_numbers_are_written_as_they_are_read() {
        for value in [0.0, 0.1, 1e-7, 123.456, 5e-4, -2.5, 1e12, f64::MIN_POSITIVE] {
            assert_eq!(f64::parse(&value.write()).map(f64::to_bits), Some(value.to_bits()), "{}", value.write());
        }
        assert_eq!(1e-7.write(), "1e-7");
        assert_eq!(f64::parse("inf"), None);
        assert_eq!(f64::parse("0,1"), None);
    }
}
