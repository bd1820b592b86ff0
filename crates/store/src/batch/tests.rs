use farthing_core::ids::{MerchantId, RequestId};
use farthing_core::rows::{ConfigVersion, RequestKey, Row};

use super::*;

fn version(version: i64) -> ConfigVersion {
    ConfigVersion { row: ConfigVersion::ROW, version }
}

fn request_key(target: &str) -> RequestKey {
    RequestKey {
        merchant_id: MerchantId::new("M"),
        operation: "pay".to_owned(),
        request_id: RequestId::new("R"),
        target: target.to_owned(),
    }
}

fn loaded(rows: &[(RowKey, Option<Row>)]) -> Rows {
    let mut loaded = Rows::default();
    for (key, row) in rows {
        loaded.put(key.clone(), row.clone());
    }
    loaded
}

fn job(id: &str, keys: Vec<RowKey>, decide: impl Fn(&Rows) -> Option<Change> + Send + 'static) -> Job {
    Job::new(JobId::new(id), keys, decide)
}

/// Adds one to the version, whether the row is there or not.
fn count_up(id: &str) -> Job {
    let key = version(0).key();
    job(id, vec![key.clone()], move |rows| {
        Some(match rows.find::<ConfigVersion>(&key) {
            Some(found) => Change::default().update(version(found.version + 1)),
            None => Change::default().insert(version(1)),
        })
    })
}

fn rows_written(decided: &Decided) -> Vec<Write> {
    decided.written.as_ref().map(|batch| batch.writes[1..].to_vec()).unwrap_or_default()
}

/// An insert and two updates of one row by three jobs become one insert of the last state.
#[test]
fn each_row_is_written_once() {
    let rows = loaded(&[(version(0).key(), None)]);
    let decided = decide(&[count_up("1"), count_up("2"), count_up("3")], rows);
    assert_eq!(decided.verdicts, [Ok(()), Ok(()), Ok(())]);
    assert_eq!(rows_written(&decided), [Write::Insert(version(3).into_row())]);
    let rows = loaded(&[(version(0).key(), Some(version(7).into_row()))]);
    let decided = decide(&[count_up("1"), count_up("2")], rows);
    assert_eq!(rows_written(&decided), [Write::Update(version(9).into_row())]);
}

/// The batch is called after its first job, and is sealed from the start when it has no entries.
#[test]
fn the_batch_has_its_own_row() {
    let decided = decide(&[count_up("1"), count_up("2")], loaded(&[(version(0).key(), None)]));
    let batch = decided.written.unwrap();
    let commit = Commit { commit_id: JobId::new("1"), entry_count: 0, seal_number: Some(0) };
    assert_eq!(batch.commit_id, commit.commit_id);
    assert_eq!(batch.writes[0], Write::Insert(commit.into_row()));
}

/// A batch of refusals commits nothing at all.
#[test]
fn nothing_written_is_nothing_committed() {
    let decided = decide(&[job("1", vec![], |_| None)], Rows::default());
    assert_eq!((decided.written, decided.verdicts), (None, vec![Ok(())]));
}

/// A panic takes nothing with it, not even what its own change would have held.
#[test]
fn a_panic_is_one_jobs_own() {
    let broken = job("2", vec![version(0).key()], |_| panic!("broken on purpose"));
    let decided = decide(&[count_up("1"), broken, count_up("3")], loaded(&[(version(0).key(), None)]));
    let panicked =
        StoreError::DecisionPanicked { job: JobId::new("2"), message: "broken on purpose".to_owned() };
    assert_eq!(decided.verdicts, [Ok(()), Err(panicked), Ok(())]);
    assert_eq!(rows_written(&decided), [Write::Insert(version(2).into_row())]);
}

/// A second insert of a key is refused for that job alone, and nothing of its change is kept.
#[test]
fn a_second_insert_is_one_jobs_own() {
    let claim = |id: &str, target: &'static str| {
        job(id, vec![version(0).key()], move |rows| {
            let found = rows.find::<ConfigVersion>(&version(0).key());
            let counted = version(found.map_or(1, |found| found.version + 1));
            let change = Change::default();
            let change = if found.is_some() { change.update(counted) } else { change.insert(counted) };
            Some(change.insert(request_key(target)))
        })
    };
    let decided = decide(&[claim("1", "a"), claim("2", "b")], loaded(&[(version(0).key(), None)]));
    assert_eq!(decided.verdicts[0], Ok(()));
    assert!(matches!(&decided.verdicts[1], Err(StoreError::Conflict { .. })));
    let expected = [Write::Insert(version(1).into_row()), Write::Insert(request_key("a").into_row())];
    assert_eq!(rows_written(&decided), expected);
}

/// An update needs a row that exists and that the job named, or made itself.
#[test]
fn updates_are_of_named_rows_that_exist() {
    let update = |_: &Rows| Some(Change::default().update(version(5)));
    let key = version(0).key();
    let decided = decide(
        &[job("1", vec![key.clone()], update), job("2", vec![], update)],
        loaded(&[(key.clone(), None)]),
    );
    let unnamed = StoreError::UnnamedRow { job: JobId::new("2"), key: key.clone() };
    assert_eq!(decided.verdicts, [Err(StoreError::WrongRowCount { key, row_count: 0 }), Err(unnamed)]);
    assert_eq!(decided.written, None);
    let both = job("1", vec![], |_| Some(Change::default().insert(version(1)).update(version(2))));
    let decided = decide(&[both], Rows::default());
    assert_eq!(rows_written(&decided), [Write::Insert(version(2).into_row())]);
}

/// Keys are loaded once each, in the order that keeps two databases' writers from a deadlock.
#[test]
fn keys_are_sorted_and_unique() {
    let (low, high) = (version(0).key(), request_key("a").key());
    let jobs = [job("1", vec![high.clone(), low.clone()], |_| None), job("2", vec![low.clone()], |_| None)];
    assert_eq!(keys(&jobs), [low, high]);
}

/// In debug builds a row that only another job named is not there.
#[test]
#[cfg(debug_assertions)]
fn a_job_sees_only_what_it_named() {
    let key = version(0).key();
    let forgetful = job("2", vec![], |rows| {
        let _ = rows.find::<ConfigVersion>(&version(0).key());
        None
    });
    let decided = decide(&[count_up("1"), forgetful], loaded(&[(key, None)]));
    let Err(StoreError::DecisionPanicked { message, .. }) = &decided.verdicts[1] else {
        panic!("{decided:?}")
    };
    assert!(message.contains("did not name the row config_versions(1)"), "{message}");
}
