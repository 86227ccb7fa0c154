//! The pack's list of forms and hot tips: what the documents name, with what is known of each and what is not.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Engine;

/// A form, letter or chart of the forms manual.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ShippedForm {
    /// Its own number; never a memo's, even where they look alike (AMB-NUMBER-COLLISION).
    pub number: String,
    /// Title.
    pub title: String,
    /// Other names of the same form, in the menu or in memos.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// `in use`, `introduced`, `revised` or `named only`.
    pub status: String,
    /// The current version, or `unknown`.
    #[serde(default)]
    pub version: String,
    /// Memos that introduced or changed it, the oldest first.
    #[serde(default)]
    pub revisions: Vec<FormRevision>,
    /// Who sends it.
    #[serde(default)]
    pub sender: String,
    /// What it is for.
    #[serde(default)]
    pub text: String,
    /// A remark.
    #[serde(default)]
    pub note: String,
    /// Paragraphs that tell how it is used.
    #[serde(default, rename = "where")]
    pub places: Vec<FormPlace>,
}

/// What a memo did to a form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FormRevision {
    /// Number of the memo.
    pub memo: String,
    /// In words.
    pub change: String,
}

/// A paragraph about a form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FormPlace {
    /// Page.
    pub page: String,
    /// Paragraph.
    pub anchor: String,
}

/// A hot tip, or a memo, that the documents name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ShippedTip {
    /// Number; empty where none is printed.
    #[serde(default)]
    pub number: String,
    /// Year, where one is printed.
    #[serde(default)]
    pub year: Option<i16>,
    /// Title.
    pub title: String,
    /// `supplied` or `to be supplied` (AMB-MISSING-REFERENCES).
    pub status: String,
    /// Memos that rely on it.
    #[serde(default)]
    pub cited_by: Vec<String>,
}

#[derive(Deserialize)]
struct Forms {
    #[serde(default)]
    form: Vec<ShippedForm>,
}

#[derive(Deserialize)]
struct Tips {
    #[serde(default)]
    hot_tip: Vec<ShippedTip>,
    #[serde(default)]
    missing_memo: Vec<ShippedTip>,
}

/// Both lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Manual {
    /// The forms.
    pub forms: Vec<ShippedForm>,
    /// The hot tips.
    pub tips: Vec<ShippedTip>,
    /// Memos that are relied upon and were not supplied.
    pub missing_memos: Vec<ShippedTip>,
}

impl Manual {
    /// Reads `knowledge/forms.toml` and `knowledge/hot_tips.toml`, where they are there.
    pub(super) fn read(files: &BTreeMap<String, String>, faults: &mut Vec<String>) -> Self {
        let mut out = Self::default();
        if let Some(text) = files.get("knowledge/forms.toml") {
            match toml::from_str::<Forms>(text) {
                Ok(list) => out.forms = list.form,
                Err(error) => faults.push(format!("knowledge/forms.toml: {error}")),
            }
        }
        if let Some(text) = files.get("knowledge/hot_tips.toml") {
            match toml::from_str::<Tips>(text) {
                Ok(list) => (out.tips, out.missing_memos) = (list.hot_tip, list.missing_memo),
                Err(error) => faults.push(format!("knowledge/hot_tips.toml: {error}")),
            }
        }
        out
    }
}

impl Engine {
    /// The pack's list of forms.
    #[must_use]
    pub fn forms_manual(&self) -> &[ShippedForm] {
        &self.inner.shipped.manual.forms
    }

    /// The pack's hot tips, and the memos that the documents rely on and did not bring.
    #[must_use]
    pub fn hot_tips(&self) -> (&[ShippedTip], &[ShippedTip]) {
        let manual = &self.inner.shipped.manual;
        (&manual.tips, &manual.missing_memos)
    }
}
