//! From the pack's files to a [`Pack`]: which file holds what, and every fault at once.
//!
//! Owns the list of files and their order. Whether the settings make sense together is `super::check`. To add a
//! file: name it here, give it a shape in [`super::model`], and check its references.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::catalogue::{Ambiguity, Clause, ClauseCatalogue, System};
use super::check;
use super::demo::{Approvals, Demo, DemoPerson, SampleText};
use super::error::PackError;
use super::model::{Agency, Pack, Presence, Queues, SmsSopVersion, WrapUp};
use super::source::{Place, Source};
use crate::appointment::AppointmentBook;
use crate::canned::{CannedKind, CannedResponse, CannedStatus};
use crate::intent::Topic;

/// `agency.toml`.
pub(super) const AGENCY: &str = "agency.toml";
/// `queues.toml`.
pub(super) const QUEUES: &str = "queues.toml";
/// `presence.toml`.
pub(super) const PRESENCE: &str = "presence.toml";
/// `wrap_up.toml`.
pub(super) const WRAP_UP: &str = "wrap_up.toml";
/// `sop/sms.toml`.
pub(super) const SOP_SMS: &str = "sop/sms.toml";
/// `appointments.toml`, which a pack may leave out.
pub(super) const APPOINTMENTS: &str = "appointments.toml";
/// `demo/people.toml`.
pub(super) const PEOPLE: &str = "demo/people.toml";
/// `demo/approvals.toml`.
pub(super) const APPROVALS: &str = "demo/approvals.toml";
/// `demo/day.toml`.
pub(super) const DAY: &str = "demo/day.toml";

/// Folders whose TOML files are read one and all.
const CANNED_FOLDER: &str = "canned/";
const CLAUSES_FOLDER: &str = "clauses/";

/// Parts of a pack that other parts of the program read; this loader leaves them alone.
const OTHER_FOLDERS: [&str; 1] = ["knowledge/"];

/// The largest file that is read, in bytes.
const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What could be read of a pack. A part is absent when its file is missing or has the wrong shape; checks that need
/// it are then left out, so that one slip does not raise a hundred false alarms.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) agency: Option<Agency>,
    pub(super) queues: Option<Queues>,
    pub(super) presence: Option<Presence>,
    pub(super) wrap_up: Option<WrapUp>,
    pub(super) sop_sms: Option<Vec<SmsSopVersion>>,
    pub(super) canned: Option<Vec<(Place, CannedResponse)>>,
    pub(super) clauses: Option<ClauseCatalogue>,
    pub(super) demo: Option<Demo>,
    pub(super) appointments: Option<AppointmentBook>,
}

/// Reads a pack from its files: path within the pack, with `/`, to text. Files that are not TOML are not looked at.
///
/// # Errors
/// Every fault found, ordered by file and line: syntax, unknown or missing keys, values out of range, references to
/// what does not exist.
pub fn parse(files: &BTreeMap<String, String>) -> Result<Pack, Vec<PackError>> {
    let mut reader = Reader { sources: BTreeMap::new(), faults: Vec::new() };
    reader.open(files);
    let parts = reader.read_parts();
    let mut faults = reader.faults;
    check::all(&parts, &reader.sources, &mut faults);
    faults.sort_by(|left, right| (&left.file, left.line).cmp(&(&right.file, right.line)));
    if !faults.is_empty() {
        return Err(faults);
    }
    parts.into_pack().ok_or_else(|| {
        let message = "the pack is incomplete".to_owned();
        vec![PackError { file: AGENCY.to_owned(), line: None, message }]
    })
}

impl Parts {
    fn into_pack(self) -> Option<Pack> {
        let mut sop_sms = self.sop_sms?;
        sop_sms.sort_by_key(|version| version.in_force_from);
        Some(Pack {
            agency: self.agency?,
            queues: self.queues?,
            presence: self.presence?,
            wrap_up: self.wrap_up?,
            sop_sms,
            canned: self.canned?.into_iter().map(|(_, response)| response).collect(),
            clauses: self.clauses?,
            demo: self.demo,
            appointments: self.appointments,
        })
    }
}

struct Reader<'a> {
    sources: BTreeMap<&'a str, Option<Source<'a>>>,
    faults: Vec<PackError>,
}

impl<'a> Reader<'a> {
    /// Parses every TOML file that belongs to a pack and refuses those that do not.
    fn open(&mut self, files: &'a BTreeMap<String, String>) {
        const KNOWN: [&str; 9] =
            [AGENCY, QUEUES, PRESENCE, WRAP_UP, SOP_SMS, APPOINTMENTS, PEOPLE, APPROVALS, DAY];
        for (file, text) in files {
            if !file.ends_with(".toml") || OTHER_FOLDERS.iter().any(|folder| file.starts_with(folder)) {
                continue;
            }
            let in_folder = file.starts_with(CANNED_FOLDER) || file.starts_with(CLAUSES_FOLDER);
            if !in_folder && !KNOWN.contains(&file.as_str()) {
                self.fault(file, "no part of a pack has this name; is it misspelt?");
            } else if text.len() > FILE_BYTES_MAX {
                self.fault(file, "the file is larger than 4 MiB");
            } else {
                let source = Source::parse(file, text, &mut self.faults);
                self.sources.insert(file, source);
            }
        }
    }

    fn fault(&mut self, file: &str, message: &str) {
        self.faults.push(PackError { file: file.to_owned(), line: None, message: message.to_owned() });
    }

    /// Reads a file that every pack has.
    fn required<T: DeserializeOwned>(&mut self, file: &str) -> Option<T> {
        match self.sources.get(file) {
            Some(Some(source)) => source.read(&mut self.faults),
            Some(None) => None,
            None => {
                self.fault(file, "the file is missing");
                None
            }
        }
    }

    /// Reads a file that a pack may leave out.
    fn optional<T: DeserializeOwned>(&mut self, file: &str) -> Option<T> {
        self.sources.contains_key(file).then(|| self.required(file)).flatten()
    }

    fn folder(&self, folder: &str) -> Vec<&'a str> {
        self.sources.keys().copied().filter(|file| file.starts_with(folder)).collect()
    }

    fn read_parts(&mut self) -> Parts {
        Parts {
            agency: self.required(AGENCY),
            queues: self.required(QUEUES),
            presence: self.required(PRESENCE),
            wrap_up: self.required(WRAP_UP),
            sop_sms: self.required::<SopFile>(SOP_SMS).map(|file| file.version),
            canned: self.canned(),
            clauses: self.clauses(),
            demo: self.demo(),
            appointments: self.optional(APPOINTMENTS),
        }
    }

    fn canned(&mut self) -> Option<Vec<(Place, CannedResponse)>> {
        let files = self.folder(CANNED_FOLDER);
        if files.is_empty() {
            self.fault(CANNED_FOLDER, "the library Canned Response is missing");
            return None;
        }
        let mut all = Some(Vec::new());
        for file in files {
            let entries = self.required::<CannedFile>(file).map(|read| read.response);
            all = all.zip(entries).map(|(mut all, entries)| {
                let list = Place::in_file(file).key("response");
                let placed =
                    |(index, entry): (usize, ResponseEntry)| (list.index(index), entry.into_response());
                all.extend(entries.into_iter().enumerate().map(placed));
                all
            });
        }
        all
    }

    /// Reads the catalogue. An id that is there twice is reported here, because a map cannot hold both.
    fn clauses(&mut self) -> Option<ClauseCatalogue> {
        let files = self.folder(CLAUSES_FOLDER);
        if files.is_empty() {
            self.fault(CLAUSES_FOLDER, "the clause catalogue is missing");
            return None;
        }
        let mut catalogue = Some(ClauseCatalogue::default());
        for file in files {
            let read = self.required::<ClauseFile>(file);
            let faults = &mut self.faults;
            catalogue = catalogue.zip(read).map(|(mut catalogue, read)| {
                read.merge_into(&mut catalogue, file, faults);
                catalogue
            });
        }
        catalogue
    }

    /// Reads `demo/`: all of it or none of it.
    fn demo(&mut self) -> Option<Demo> {
        if self.folder("demo/").is_empty() {
            return None;
        }
        let people = self.required::<PeopleFile>(PEOPLE);
        let approvals = self.required::<Approvals>(APPROVALS);
        let day = self.required::<DayFile>(DAY);
        Some(Demo { people: people?.person, approvals: approvals?, samples: day?.sample })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SopFile {
    version: Vec<SmsSopVersion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeopleFile {
    person: Vec<DemoPerson>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayFile {
    sample: Vec<SampleText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CannedFile {
    response: Vec<ResponseEntry>,
}

/// A response as the pack writes it. How often it was used is not the pack's to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResponseEntry {
    id: String,
    title: String,
    keywords: Vec<String>,
    channels: Vec<String>,
    #[serde(default)]
    topics: Vec<Topic>,
    kind: CannedKind,
    status: CannedStatus,
    #[serde(default)]
    clause: Option<String>,
    text: BTreeMap<String, String>,
    editable: bool,
    version: u32,
    #[serde(default)]
    note: String,
}

impl ResponseEntry {
    fn into_response(self) -> CannedResponse {
        CannedResponse {
            id: self.id,
            title: self.title,
            keywords: self.keywords,
            channels: self.channels,
            topics: self.topics,
            kind: self.kind,
            status: self.status,
            clause: self.clause,
            text: self.text,
            editable: self.editable,
            version: self.version,
            usage: 0,
            note: self.note,
        }
    }
}

/// A file of the catalogue. The policy catalogue carries further tables for parts of the program that read them
/// themselves; they are named so that a misspelt `[[clause]]` is still refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClauseFile {
    #[serde(default)]
    clause: Vec<Clause>,
    #[serde(default)]
    ambiguity: Vec<Ambiguity>,
    #[serde(default)]
    system: Vec<System>,
    #[serde(rename = "meta")]
    _meta: Option<IgnoredAny>,
    #[serde(rename = "memo")]
    _memo: Option<IgnoredAny>,
    #[serde(rename = "workflow")]
    _workflow: Option<IgnoredAny>,
    #[serde(rename = "computation")]
    _computation: Option<IgnoredAny>,
    #[serde(rename = "decision")]
    _decision: Option<IgnoredAny>,
    #[serde(rename = "navigation")]
    _navigation: Option<IgnoredAny>,
}

impl ClauseFile {
    fn merge_into(self, catalogue: &mut ClauseCatalogue, file: &str, faults: &mut Vec<PackError>) {
        let mut twice = |id: &str| {
            let message = format!("`{id}` is in the catalogue twice");
            faults.push(PackError { file: file.to_owned(), line: None, message });
        };
        for clause in self.clause {
            if let Some(first) = catalogue.clauses.insert(clause.id.clone(), clause) {
                twice(&first.id);
            }
        }
        for ambiguity in self.ambiguity {
            if let Some(first) = catalogue.ambiguities.insert(ambiguity.id.clone(), ambiguity) {
                twice(&first.id);
            }
        }
        catalogue.systems.extend(self.system);
    }
}
