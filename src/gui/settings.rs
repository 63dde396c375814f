//! What the window remembers from session to session. Nothing of science lives here, and a file that cannot be read is
//! as good as none.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The version of the settings; others are not read.
const VERSION: u32 = 1;
/// The most projects that are remembered.
const MOST_RECENT: usize = 8;

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThemeChoice {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    version: u32,
    /// Light or dark.
    pub theme: ThemeChoice,
    /// The size of all text and spacing; 1 is normal.
    pub text_scale: f32,
    /// Projects, the latest first.
    pub recent: Vec<PathBuf>,
    /// Which views lie where; `None` for the usual layout.
    pub layout: Option<serde_json::Value>,
    /// Whether the project panel is shown.
    pub show_project: bool,
    /// Whether the first visit is over.
    pub welcomed: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: VERSION,
            theme: ThemeChoice::System,
            text_scale: 1.0,
            recent: Vec::new(),
            layout: None,
            show_project: true,
            welcomed: false,
        }
    }
}

impl Settings {
    /// The sizes of text that are offered.
    pub const SCALES: std::ops::RangeInclusive<f32> = 0.7..=2.0;

    /// Reads settings; the usual ones when the text is of another version or no settings at all.
    #[must_use]
    pub fn decode(text: &str) -> Self {
        let settings: Option<Self> = serde_json::from_str(text).ok();
        let known = settings.filter(|settings| settings.version == VERSION);
        known.map(|settings| Self { text_scale: clamp_scale(settings.text_scale), ..settings }).unwrap_or_default()
    }

    /// The text to keep.
    #[must_use]
    pub fn encode(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Puts a project at the head of the recent ones.
    pub fn remember(&mut self, folder: PathBuf) {
        self.recent.retain(|other| *other != folder);
        self.recent.insert(0, folder);
        self.recent.truncate(MOST_RECENT);
    }

    /// Makes all text larger or smaller by a step.
    pub fn scale_text(&mut self, steps: i8) {
        self.text_scale = clamp_scale(self.text_scale + 0.1 * f32::from(steps));
    }
}

fn clamp_scale(scale: f32) -> f32 {
    if scale.is_finite() { scale.clamp(*Settings::SCALES.start(), *Settings::SCALES.end()) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_and_other_versions_fall_back() {
        let mut settings = Settings { theme: ThemeChoice::Dark, ..Settings::default() };
        settings.remember("a".into());
        settings.scale_text(2);
        assert_eq!(Settings::decode(&settings.encode()), settings);
        assert_eq!(
            Settings::decode(&settings.encode().replace("\"version\": 1", "\"version\": 2")),
            Settings::default()
        );
        assert_eq!(Settings::decode("{"), Settings::default());
        assert_eq!(Settings::decode(""), Settings::default());
    }

    #[test]
    fn recent_projects_are_few_and_each_once() {
        let mut settings = Settings::default();
        for name in ["a", "b", "a", "c", "d", "e", "f", "g", "h", "i"] {
            settings.remember(name.into());
        }
        assert_eq!(settings.recent.len(), MOST_RECENT);
        assert_eq!(settings.recent[0], PathBuf::from("i"));
        assert_eq!(settings.recent.iter().filter(|path| path.as_os_str() == "a").count(), 1);
    }

    #[test]
    fn text_stays_legible() {
        let mut settings = Settings::default();
        settings.scale_text(100);
        assert!(settings.text_scale <= 2.0);
        settings.scale_text(-100);
        assert!(settings.text_scale >= 0.7);
        let broken = Settings { text_scale: f32::MAX, ..Settings::default() };
        assert!(Settings::decode(&broken.encode()).text_scale <= 2.0);
    }
}
