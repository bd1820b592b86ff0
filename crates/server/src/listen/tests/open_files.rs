//! What happens when the system has no file left for the next connection.

use std::fs::File;
use std::process::Command;

use super::*;

/// Set in the process that runs with few files.
const MARK: &str = "FARTHING_TEST_FEW_FILES";
const NAME: &str = "listen::tests::open_files::running_out_of_files_neither_ends_nor_spins";

#[test]
fn running_out_of_files_neither_ends_nor_spins() {
    // The limit is one of the whole process, so the test runs itself again in a process of its own.
    if std::env::var_os(MARK).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(run_out_of_files());
        return;
    }
    let this = std::env::current_exe().expect("a path");
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 64; exec \"$0\" --exact --nocapture \"$1\""])
        .arg(this)
        .arg(NAME)
        .env(MARK, "1")
        .output()
        .expect("sh runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "the test ran in there");
}

async fn run_out_of_files() {
    let gate = open(Limits::default()).await;
    let mut hoard = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        hoard.push(file);
    }
    hoard.pop();
    // The client takes the last file, so the listener finds none for its own end.
    let mut stream = gate.connect().await;
    sleep(Duration::from_millis(450)).await;
    let errors = gate.tally.read().accept_errors;
    assert!((1..=20).contains(&errors), "{errors} tries in 450 ms, one each 100 ms was due");
    drop(hoard);
    stream.write_all(b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n").await.expect("sent");
    assert!(read_answer(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
}
