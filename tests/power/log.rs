//! What the shim wrote down.

use std::ops::Range;
use std::path::Path;

/// Which file, as the shim counts them; a file that is made anew under an old name is another file.
pub(crate) type FileId = u32;

/// How long a record is before its data, bytes.
const HEAD_BYTES: usize = 24;

/// One thing that a process did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    /// A file was made.
    Create { file: FileId, name: String },
    /// A file that had been there before the process was opened for the first time.
    Exists { file: FileId, name: String },
    /// These bytes of the log were written at `at`.
    Write { file: FileId, at: usize, bytes: Range<usize> },
    /// A file was made this long.
    Resize { file: FileId, length: usize },
    /// A sync began.
    SyncBegin { file: FileId },
    /// The sync that began at event `began` ended well.
    SyncEnd { file: FileId, began: usize },
    /// A sync failed.
    SyncFailed { file: FileId },
    /// A name was taken away.
    Unlink { name: String },
    /// A file got another name.
    Rename { from: String, to: String },
    /// The process asked for something, or was answered.
    Note(String),
}

impl Event {
    /// Whether a power cut after it may leave something else than one before it.
    pub(crate) fn changes_the_disk(&self) -> bool {
        !matches!(self, Self::Note(_) | Self::Exists { .. } | Self::SyncBegin { .. })
    }
}

/// Everything that a process did, in order.
pub(crate) struct Log {
    bytes: Vec<u8>,
    pub(crate) events: Vec<Event>,
}

impl Log {
    /// Reads a log. A process that died may have left its last record unfinished; what that tells of had no effect yet,
    /// or none that anybody was told of.
    pub(crate) fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut events = Vec::new();
        let mut at = 0;
        while let Some((event, next)) = record(&bytes, at) {
            events.push(event);
            at = next;
        }
        Self { bytes, events }
    }

    /// What was written.
    pub(crate) fn data(&self, range: &Range<usize>) -> &[u8] {
        &self.bytes[range.clone()]
    }
}

/// The record at a place, and where the next one is.
fn record(bytes: &[u8], at: usize) -> Option<(Event, usize)> {
    let head = bytes.get(at..at + HEAD_BYTES)?;
    let word = |at: usize| u32::from_ne_bytes(head[at..at + 4].try_into().unwrap());
    let long = |at: usize| usize::try_from(u64::from_ne_bytes(head[at..at + 8].try_into().unwrap())).unwrap();
    let (kind, file, place, length) = (word(0), word(4), long(8), long(16));
    let range = at + HEAD_BYTES..at + HEAD_BYTES + length;
    let data = bytes.get(range.clone())?;
    let text = || String::from_utf8(data.to_owned()).expect("names and notes are UTF-8");
    let event = match kind {
        1 => Event::Create { file, name: text() },
        2 => Event::Exists { file, name: text() },
        3 => Event::Write { file, at: place, bytes: range.clone() },
        4 => Event::Resize { file, length: place },
        5 => Event::SyncBegin { file },
        6 => Event::SyncEnd { file, began: place },
        7 => Event::SyncFailed { file },
        8 => Event::Unlink { name: text() },
        9 => {
            let both = text();
            let (from, to) = both.split_once('/').expect("two names are divided by a slash");
            Event::Rename { from: from.to_owned(), to: to.to_owned() }
        }
        10 => Event::Note(text()),
        other => panic!("the shim writes no record of kind {other}"),
    };
    Some((event, range.end))
}
