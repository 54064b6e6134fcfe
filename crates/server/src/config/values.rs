//! Values as text, read as what their settings say.

use super::error::ConfigError;
use super::settings::{Kind, SETTINGS, Setting};
use super::sources::Given;

/// The values of all settings.
pub struct Values<'a> {
    given: &'a [Given],
}

impl<'a> Values<'a> {
    /// Values in the order of the settings.
    pub fn new(given: &'a [Given]) -> Self {
        Self { given }
    }

    /// A text, if there is one. An empty one is none.
    pub fn optional(&self, name: &'static str) -> Result<Option<&'a str>, ConfigError> {
        let (_, given) = self.find(name)?;
        Ok(given.value.as_deref().filter(|value| !value.is_empty()))
    }

    /// A text.
    pub fn text(&self, name: &'static str) -> Result<&'a str, ConfigError> {
        self.optional(name)?.ok_or_else(|| self.wrong(name, "must not be empty".to_owned()))
    }

    /// The items of a list.
    pub fn list(&self, name: &'static str) -> Result<Vec<&'a str>, ConfigError> {
        let text = self.optional(name)?.unwrap_or_default();
        Ok(text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect())
    }

    /// A whole number within the setting's bounds.
    pub fn count<N: TryFrom<u64>>(&self, name: &'static str) -> Result<N, ConfigError> {
        let (setting, given) = self.find(name)?;
        let (least, most) = match setting.kind {
            Kind::Count(least, most) => (least, most),
            _ => (0, u64::MAX),
        };
        let text = given.value.as_deref().unwrap_or_default();
        let number: Option<u64> = text.trim().parse().ok().filter(|number| (least..=most).contains(number));
        number
            .and_then(|number| N::try_from(number).ok())
            .ok_or_else(|| self.wrong(name, format!("must be a whole number from {least} to {most}")))
    }

    /// One of the setting's words.
    pub fn choice(&self, name: &'static str) -> Result<&'a str, ConfigError> {
        let (setting, _) = self.find(name)?;
        let text = self.text(name)?;
        match setting.kind {
            Kind::Choice(words) if !words.contains(&text) => {
                Err(self.wrong(name, format!("must be one of {}", words.join(", "))))
            }
            _ => Ok(text),
        }
    }

    /// What is wrong with a value, and who gave it.
    pub fn wrong(&self, name: &'static str, problem: String) -> ConfigError {
        let from = self.find(name).map_or(super::sources::Source::Default, |(_, given)| given.source.clone());
        ConfigError::Value { from, name, problem }
    }

    fn find(&self, name: &'static str) -> Result<(&'static Setting, &'a Given), ConfigError> {
        SETTINGS.iter().zip(self.given).find(|(setting, _)| setting.name == name).ok_or_else(|| {
            ConfigError::Value {
                from: super::sources::Source::Default,
                name,
                problem: "is no setting".to_owned(),
            }
        })
    }
}
