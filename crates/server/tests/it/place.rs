//! A folder for one test: settings, secret, key, data, and a pack whose clocks run in seconds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::id::StaffId;
use domain::permission::Role;
use engine::records::{ACCOUNT as ACCOUNT_RECORD, Account};
use store::sqlite::{Options, SqliteStore};
use store::vault::Vault;
use store::{Commit, RecordChange, Store as _};
use tempfile::TempDir;

use crate::reading::block_on;
use crate::{ACCOUNT, PUBLIC_URL, TOKEN};

/// The password of every account that a test makes.
pub(crate) const PASSWORD: &str = "a river under stones";

/// What is written for one test. The folder goes with it.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    /// Settings with nothing but folders: no carrier, the pack inside the program.
    pub(crate) fn bare() -> Self {
        let place = Self { folder: TempDir::new().unwrap() };
        place.write_settings("");
        place
    }

    /// With a carrier whose REST interface is on this machine, and a pack that is always open and quick.
    pub(crate) fn with_carrier(rest_port: u16) -> Self {
        let place = Self { folder: TempDir::new().unwrap() };
        std::fs::write(place.path("token"), format!("{TOKEN}\n")).unwrap();
        place.write_pack();
        place.write_settings(&format!(
            "pack = {:?}\n\n[[carrier]]\nkind = \"twilio\"\nlines = [\"sms-main\"]\naccount_sid = \"{ACCOUNT}\"\n\
             auth_token = {{ file = {:?} }}\napi_base = \"http://127.0.0.1:{rest_port}\"\n",
            place.path("pack"),
            place.path("token"),
        ));
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn settings(&self) -> PathBuf {
        self.path("hearthline.toml")
    }

    pub(crate) fn data_file(&self) -> PathBuf {
        self.path("data/hearthline.sqlite")
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.path("keys/hearthline.key")
    }

    pub(crate) fn vault(&self) -> Vault {
        Vault::open(&self.key_file()).unwrap().unwrap()
    }

    /// The settings file: the folders, a free port, and what is given besides.
    pub(crate) fn write_settings(&self, more: &str) {
        std::fs::create_dir_all(self.path("keys")).unwrap();
        let text = format!(
            "data = {:?}\nkey_file = {:?}\nlisten = \"127.0.0.1:0\"\npublic_url = \"{PUBLIC_URL}\"\n{more}",
            self.path("data"),
            self.key_file(),
        );
        std::fs::write(self.settings(), text).unwrap();
    }

    /// The shipped pack, always open, with clocks of two seconds that act by themselves (AMB-44), and a quick line.
    fn write_pack(&self) {
        let whole_day = "[\"00:00-24:00\"]";
        let mut edits = BTreeMap::from([
            (
                "sop/sms.toml",
                vec![
                    (
                        "customer_silent_seconds = { value = 180,".to_owned(),
                        "customer_silent_seconds = { value = 2,".to_owned(),
                    ),
                    (
                        "delay_reply_seconds = { value = 300,".to_owned(),
                        "delay_reply_seconds = { value = 2,".to_owned(),
                    ),
                    (
                        "check_in_seconds = { value = 180,".to_owned(),
                        "check_in_seconds = { value = 2,".to_owned(),
                    ),
                ],
            ),
            ("agency.toml", vec![("pace_per_second = 3".to_owned(), "pace_per_second = 60".to_owned())]),
        ]);
        let mut queues = vec![("delay_automatic = false".to_owned(), "delay_automatic = true".to_owned())];
        for day in ["monday", "tuesday", "wednesday", "thursday", "friday"] {
            queues.push((format!("{day} = [\"06:00-18:00\"]"), format!("{day} = {whole_day}")));
        }
        for day in ["saturday", "sunday"] {
            queues.push((format!("{day} = []"), format!("{day} = {whole_day}")));
        }
        queues.push(("{ date = \"20".to_owned(), "{ date = \"19".to_owned()));
        edits.insert("queues.toml", queues);
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agency/missouri-fsd");
        copy_pack(&shipped, &shipped, &self.path("pack"), &mut edits);
        assert!(edits.is_empty(), "the shipped pack has no file {edits:?}");
    }

    /// Accounts, before the program runs for the first time: the data file is made here with them in it.
    pub(crate) fn write_people(&self, people: &[(&str, Role)]) {
        std::fs::create_dir_all(self.path("data")).unwrap();
        let vault = Vault::open_or_create(&self.key_file()).unwrap();
        let store = SqliteStore::open(&self.data_file(), vault, &Options::default()).unwrap();
        let hash = block_on(web::password::hash(PASSWORD.to_owned())).unwrap();
        let records = people.iter().map(|(name, role)| RecordChange {
            kind: ACCOUNT_RECORD.to_owned(),
            id: (*name).to_owned(),
            expected: Some(0),
            data: Some(serde_json::to_string(&account(name, *role, &hash)).unwrap()),
            at: 0,
            actor: "test".to_owned(),
        });
        block_on(store.commit(Commit { records: records.collect(), ..Commit::default() })).unwrap();
    }
}

fn account(name: &str, role: Role, hash: &str) -> Account {
    Account {
        id: StaffId::from(name),
        name: format!("Test {name}"),
        first_name: "Test".to_owned(),
        roles: vec![role],
        office: "csc-central".to_owned(),
        programmes: Vec::new(),
        supervisor: None,
        skills: BTreeMap::from([("sms".to_owned(), 5), ("spanish".to_owned(), 5)]),
        sms_capacity: 200,
        password_hash: hash.to_owned(),
        disabled: false,
        demo: false,
        failed_sign_ins: 0,
        locked_until: 0,
    }
}

fn copy_pack(root: &Path, from: &Path, to: &Path, edits: &mut BTreeMap<&str, Vec<(String, String)>>) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_pack(root, &path, &target, edits);
            continue;
        }
        let mut text = std::fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        for (old, new) in edits.remove(name.as_str()).unwrap_or_default() {
            assert!(text.contains(&old), "{name} does not hold `{old}` any more");
            text = text.replace(&old, &new);
        }
        std::fs::write(target, text).unwrap();
    }
}
