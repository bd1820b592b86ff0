//! What a disk may hold after a power cut: everything that was synced, and any part of what was not.
//!
//! The disk promises no more than POSIX does. A write, a change of a file's length, and a name's coming or going are
//! each there or not, whatever came after them, until a sync of that file, or of the directory for names, has ended that
//! began after them. Of writes any sectors may be there. What was pending when a sync failed may be lost for good: the
//! system counts it as written, and later syncs succeed without it.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::fate::{Fate, Kept};
use crate::log::{Event, FileId, Log};

/// The files of a directory by their names.
pub(crate) type Image = BTreeMap<String, Vec<u8>>;

/// The directory, as the shim numbers it.
pub(crate) const DIRECTORY: FileId = 1;
/// Files that were there before get numbers from here until the shim names theirs.
const UNOPENED: FileId = 0x8000_0000;

/// A directory on a disk, at one moment of a log.
pub(crate) struct Disk<'a> {
    log: &'a Log,
    /// What of each file is on disk for certain.
    synced: BTreeMap<FileId, Vec<u8>>,
    /// Which names are.
    names: BTreeMap<String, FileId>,
    /// What is on its way, in order.
    pending: Vec<Pending<'a>>,
}

struct Pending<'a> {
    event: usize,
    /// A sync failed that should have brought it to the disk.
    given_up: bool,
    change: Change<'a>,
}

#[derive(Clone, Copy)]
enum Change<'a> {
    Write { file: FileId, at: usize, bytes: &'a Range<usize> },
    Resize { file: FileId, length: usize },
    Name { name: &'a str, file: FileId },
    Unname { name: &'a str },
    Rename { from: &'a str, to: &'a str },
}

impl Change<'_> {
    /// Whose sync brings it to the disk.
    fn owner(self) -> FileId {
        match self {
            Self::Write { file, .. } | Self::Resize { file, .. } => file,
            Self::Name { .. } | Self::Unname { .. } | Self::Rename { .. } => DIRECTORY,
        }
    }

    fn is_of_names(self) -> bool {
        self.owner() == DIRECTORY
    }

    /// The name that stands for something else afterwards.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Name { name, .. } | Self::Unname { name } | Self::Rename { to: name, .. } => Some(name),
            Self::Write { .. } | Self::Resize { .. } => None,
        }
    }
}

impl<'a> Disk<'a> {
    /// The disk before the first event, with these files on it.
    pub(crate) fn over(base: &Image, log: &'a Log) -> Self {
        let numbered = || (UNOPENED..).zip(base);
        Self {
            log,
            synced: numbered().map(|(file, (_, bytes))| (file, bytes.clone())).collect(),
            names: numbered().map(|(file, (name, _))| (name.clone(), file)).collect(),
            pending: Vec::new(),
        }
    }

    /// How many changes are not on disk for certain.
    pub(crate) fn pending_count(&self) -> usize {
        self.pending.len()
    }

    /// Goes on by one event of the log.
    pub(crate) fn apply(&mut self, number: usize) {
        let log = self.log;
        match &log.events[number] {
            Event::Create { file, name } => {
                self.synced.insert(*file, Vec::new());
                self.put(number, Change::Name { name, file: *file });
            }
            Event::Exists { file, name } => self.number_file(name, *file),
            Event::Write { file, at, bytes } => {
                self.put(number, Change::Write { file: *file, at: *at, bytes });
            }
            Event::Resize { file, length } => {
                self.put(number, Change::Resize { file: *file, length: *length });
            }
            Event::Unlink { name } => self.put(number, Change::Unname { name }),
            Event::Rename { from, to } => self.put(number, Change::Rename { from, to }),
            Event::SyncEnd { file, began } => self.sync(*file, *began),
            Event::SyncFailed { file } => self.give_up(*file),
            Event::SyncBegin { .. } | Event::Note(_) => {}
        }
    }

    fn put(&mut self, event: usize, change: Change<'a>) {
        self.pending.push(Pending { event, given_up: false, change });
    }

    fn number_file(&mut self, name: &str, file: FileId) {
        let number = self.names.get_mut(name).expect("the file was there before");
        let bytes = self.synced.remove(number).expect("every name has a file");
        *number = file;
        self.synced.insert(file, bytes);
    }

    /// Everything of `owner` that came before event `began` is on disk now.
    fn sync(&mut self, owner: FileId, began: usize) {
        let (arrived, pending): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.pending).into_iter().partition(|pending| {
                pending.change.owner() == owner && pending.event < began && !pending.given_up
            });
        self.pending = pending;
        for Pending { event, change, .. } in arrived {
            self.pending.retain(|older| older.event > event || !replaces(change, older.change));
            make(&mut self.synced, &mut self.names, self.log, change);
        }
    }

    fn give_up(&mut self, owner: FileId) {
        for pending in self.pending.iter_mut().filter(|pending| pending.change.owner() == owner) {
            pending.given_up = true;
        }
    }

    /// What a power cut leaves now.
    pub(crate) fn image(&self, fate: &mut Fate) -> Image {
        let mut files = self.synced.clone();
        let mut names = self.names.clone();
        for (place, Pending { change, .. }) in self.pending.iter().enumerate() {
            match fate.of(place, change.is_of_names()) {
                Kept::Whole => make(&mut files, &mut names, self.log, *change),
                Kept::Nothing => {}
                torn => self.make_torn(&mut files, *change, &torn, fate),
            }
        }
        let named = names.into_iter();
        named.map(|(name, file)| (name, files.get(&file).cloned().unwrap_or_default())).collect()
    }

    /// A part of a write. Changes of length cannot be torn.
    fn make_torn(
        &self,
        files: &mut BTreeMap<FileId, Vec<u8>>,
        change: Change<'_>,
        torn: &Kept,
        fate: &mut Fate,
    ) {
        let Change::Write { file, at, bytes } = change else { return };
        let contents = files.get_mut(&file).expect("a file is made before it is written");
        let data = self.log.data(bytes);
        if *torn == Kept::LengthOnly {
            let length = contents.len();
            if at + data.len() > length {
                contents.resize(at + data.len(), 0);
                fate.fill(&mut contents[length..]);
            }
            return;
        }
        for part in fate.parts(torn, at, data.len()) {
            write_at(contents, at + part.start, &data[part]);
        }
    }
}

/// Whether nothing of `older` can be seen any more once `newer` is on disk.
fn replaces(newer: Change<'_>, older: Change<'_>) -> bool {
    match (newer, older) {
        (Change::Write { file, at, bytes }, Change::Write { file: of, at: older_at, bytes: older_bytes }) => {
            file == of && at <= older_at && older_at + older_bytes.len() <= at + bytes.len()
        }
        (Change::Resize { file, .. }, Change::Resize { file: of, .. }) => file == of,
        (Change::Resize { file, length }, Change::Write { file: of, at, .. }) => file == of && at >= length,
        _ => newer.name().is_some() && newer.name() == older.name(),
    }
}

fn make(
    files: &mut BTreeMap<FileId, Vec<u8>>,
    names: &mut BTreeMap<String, FileId>,
    log: &Log,
    change: Change<'_>,
) {
    match change {
        Change::Write { file, at, bytes } => {
            let contents = files.get_mut(&file).expect("a file is made before it is written");
            write_at(contents, at, log.data(bytes));
        }
        Change::Resize { file, length } => {
            files.get_mut(&file).expect("a file is made before it is cut").resize(length, 0);
        }
        Change::Name { name, file } => {
            names.insert(name.to_owned(), file);
        }
        Change::Unname { name } => {
            names.remove(name);
        }
        Change::Rename { from, to } => {
            if let Some(file) = names.remove(from) {
                names.insert(to.to_owned(), file);
            }
        }
    }
}

fn write_at(contents: &mut Vec<u8>, at: usize, data: &[u8]) {
    if contents.len() < at + data.len() {
        contents.resize(at + data.len(), 0);
    }
    contents[at..at + data.len()].copy_from_slice(data);
}
