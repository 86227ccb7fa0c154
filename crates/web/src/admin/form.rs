//! Forms of the administration: fields as data, so that one template draws every form, and reading what was given with a
//! sentence for each thing that is wrong.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// What a field looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    Text,
    Number,
    Date,
    Password,
    /// Rows; the second says whether segments are counted.
    Area(u8, bool),
    Check,
    /// Value and words.
    Select(Vec<(String, String)>),
    /// Value and words; several may be chosen. The field's value holds them with blanks between.
    Checks(Vec<(String, String)>),
    /// Shown, not sent.
    Fixed,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) hint: String,
    pub(crate) value: String,
    pub(crate) input: Input,
    pub(crate) clause: Option<String>,
    pub(crate) required: bool,
    /// Takes the whole line, because what stands in it is long.
    pub(crate) wide: bool,
    /// What is wrong with it, and what to do.
    pub(crate) error: String,
}

impl Field {
    pub(crate) fn new(
        name: impl Into<String>,
        label: impl Into<String>,
        input: Input,
        value: impl Display,
    ) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            hint: String::new(),
            value: value.to_string(),
            input,
            clause: None,
            required: false,
            wide: false,
            error: String::new(),
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    pub(crate) fn clause(mut self, id: impl Into<String>) -> Self {
        self.clause = Some(id.into());
        self
    }

    pub(crate) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(crate) fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// Turns it into something to read only, with the words of what is chosen.
    pub(crate) fn fixed(mut self) -> Self {
        let words: Vec<String> = match &self.input {
            Input::Select(options) | Input::Checks(options) => {
                options.iter().filter(|(value, _)| self.has(value)).map(|(_, words)| words.clone()).collect()
            }
            Input::Check => vec![if self.value == "yes" { "yes" } else { "no" }.to_owned()],
            _ => vec![self.value.clone()],
        };
        self.value = words.join(", ");
        self.input = Input::Fixed;
        self
    }

    /// The ids of what describes it: its hint and its error.
    pub(crate) fn described(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("h-{}", self.name));
        let error = (!self.error.is_empty()).then(|| format!("e-{}", self.name));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }

    /// The `type` of its element.
    pub(crate) fn kind(&self) -> &'static str {
        match self.input {
            Input::Number => "number",
            Input::Date => "date",
            Input::Password => "password",
            _ => "text",
        }
    }

    /// Whether it takes the whole width of a form.
    pub(crate) fn is_wide(&self) -> bool {
        self.wide || matches!(self.input, Input::Area(..) | Input::Checks(_))
    }

    /// Whether this option is chosen.
    pub(crate) fn has(&self, option: &str) -> bool {
        match self.input {
            Input::Checks(_) => self.value.split(' ').any(|value| value == option),
            _ => self.value == option,
        }
    }
}

/// Options made of words that are their own value.
pub(crate) fn plain(options: &[&str]) -> Vec<(String, String)> {
    options.iter().map(|word| ((*word).to_owned(), (*word).to_owned())).collect()
}

/// What a form gave.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Given(pub(crate) Vec<(String, String)>);

impl Given {
    /// The value without blanks around it, with the line ends of Unix; empty when it is not there.
    pub(crate) fn text(&self, name: &str) -> String {
        self.0
            .iter()
            .find(|(given, _)| given == name)
            .map(|(_, value)| value.replace("\r\n", "\n").trim().to_owned())
            .unwrap_or_default()
    }

    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(given, value)| given == name && !value.is_empty())
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// What was chosen among options: what stood before keeps its order, what is new comes behind.
    pub(crate) fn chosen<T: PartialEq + Clone>(
        &self,
        name: &str,
        before: &[T],
        read: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let given: Vec<T> = self.all(name).iter().filter_map(|value| read(value)).collect();
        let kept = before.iter().filter(|one| given.contains(one)).cloned();
        let mut out: Vec<T> = kept.collect();
        out.extend(given.into_iter().filter(|one| !before.contains(one)));
        out
    }

    pub(crate) fn checked(&self, name: &str) -> bool {
        self.text(name) == "yes"
    }

    /// The version of the record that the form was made from; 0 for a new one.
    pub(crate) fn version(&self) -> u64 {
        self.text("expected").parse().unwrap_or(0)
    }

    pub(crate) fn reason(&self) -> String {
        self.text("reason").chars().take(500).collect()
    }

    /// A number of this range, or a sentence among the errors and the least of the range.
    pub(crate) fn number<T>(
        &self,
        name: &str,
        label: &str,
        range: RangeInclusive<T>,
        errors: &mut Vec<String>,
    ) -> T
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        match self.text(name).parse::<T>() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                errors.push(format!("{label}: give a number from {} to {}.", range.start(), range.end()));
                *range.start()
            }
        }
    }

    /// A text that must be there and not be too long.
    pub(crate) fn filled(&self, name: &str, label: &str, longest: usize, errors: &mut Vec<String>) -> String {
        let text = self.text(name);
        if text.is_empty() {
            errors.push(format!("{label}: this must not be empty."));
        } else if text.chars().count() > longest {
            errors.push(format!("{label}: at most {longest} characters."));
        }
        text
    }

    /// One of the options.
    pub(crate) fn choice(
        &self,
        name: &str,
        label: &str,
        options: &[(String, String)],
        errors: &mut Vec<String>,
    ) -> String {
        let text = self.text(name);
        if !options.iter().any(|(value, _)| *value == text) {
            errors.push(format!("{label}: choose one of the list."));
        }
        text
    }

    /// Puts what was given into the fields again, after something was wrong with it.
    pub(crate) fn back_into(&self, fields: &mut [Field]) {
        for field in fields {
            match field.input {
                Input::Fixed | Input::Password => {}
                Input::Checks(_) => field.value = self.all(&field.name).join(" "),
                Input::Check => field.value = if self.checked(&field.name) { "yes" } else { "" }.to_owned(),
                _ => field.value = self.text(&field.name),
            }
        }
    }
}

/// An id that people choose: small letters, digits, `-`, `_` and `.`, at most 40 characters.
pub(crate) fn check_id(id: &str, errors: &mut Vec<String>) {
    let well_written = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    if id.is_empty() || id.len() > 40 || id == "new" || !id.chars().all(well_written) {
        errors.push(
            "Id: use small letters, digits, “-”, “_” and “.”, at most 40, such as “snap-timing”.".to_owned(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Given {
        Given(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn numbers_out_of_range_are_told_with_the_range() {
        let mut errors = Vec::new();
        let form = given(&[("level", "9"), ("count", "3")]);
        assert_eq!(form.number::<u8>("count", "Count", 0..=5, &mut errors), 3);
        assert_eq!(form.number::<u8>("level", "Level", 1..=5, &mut errors), 1);
        assert_eq!(form.number::<u8>("none", "None", 1..=5, &mut errors), 1);
        assert_eq!(errors, ["Level: give a number from 1 to 5.", "None: give a number from 1 to 5."]);
    }

    #[test]
    fn what_was_given_stands_in_the_form_again() {
        let options = plain(&["sms", "chat"]);
        let mut fields = [
            Field::new("title", "Title", Input::Text, "old"),
            Field::new("channels", "Channels", Input::Checks(options), "sms"),
            Field::new("draft", "Draft", Input::Check, "yes"),
        ];
        given(&[("title", " new "), ("channels", "chat"), ("channels", "sms")]).back_into(&mut fields);
        assert_eq!(fields[0].value, "new");
        assert!(fields[1].has("sms") && fields[1].has("chat"));
        assert_eq!(fields[2].value, "");
    }

    #[test]
    fn what_was_chosen_before_keeps_its_order() {
        let form = given(&[("topics", "a"), ("topics", "b"), ("topics", "c")]);
        let before = ["c".to_owned(), "a".to_owned(), "x".to_owned()];
        assert_eq!(form.chosen("topics", &before, |value| Some(value.to_owned())), ["c", "a", "b"]);
    }

    #[test]
    fn ids_are_short_and_plain() {
        let wrong = |id: &str| {
            let mut errors = Vec::new();
            check_id(id, &mut errors);
            !errors.is_empty()
        };
        assert!(!wrong("snap-timing") && wrong("") && wrong("Snap") && wrong("new") && wrong("a b"));
    }
}
