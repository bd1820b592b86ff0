//! Thousands of connections on which nobody says anything.

use std::process::Command;

use farthing_server::listen::Limits;
use farthing_stories::{StoreKind, TestGateway};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Set in the process that may open many files.
const MARK: &str = "FARTHING_TEST_MANY_FILES";
const NAME: &str = "idle::ten_thousand_idle_connections_leave_room_for_one_that_works";
/// How many are wanted. Both ends are in this process, so each takes two files.
const WANTED: usize = 10_000;
/// Files for everything else.
const OTHER_FILES: usize = 300;

#[test]
fn ten_thousand_idle_connections_leave_room_for_one_that_works() {
    // How many files may be open is a limit of the process, so the test runs itself again with the highest it may have.
    if std::env::var_os(MARK).is_some() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("a runtime").block_on(hold_many());
        return;
    }
    let wanted = 2 * WANTED + OTHER_FILES;
    let script = format!(
        "ulimit -n {wanted} 2>/dev/null || ulimit -n $(ulimit -Hn); exec \"$0\" --exact --nocapture \"$1\""
    );
    let output = Command::new("sh")
        .args(["-c", &script])
        .arg(std::env::current_exe().expect("a path"))
        .arg(NAME)
        .env(MARK, "1")
        .output()
        .expect("sh runs");
    print!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "the test ran in there");
}

async fn hold_many() {
    let files_max = limit_of_files();
    let count = WANTED.min((files_max - OTHER_FILES) / 2);
    let limits = Limits { connections_max: count + 64, idle_timeout_ms: 600_000, ..Limits::default() };
    let gateway = TestGateway::start_with(StoreKind::Memory, limits).await;
    let before_bytes = resident_bytes();
    let mut idle = Vec::with_capacity(count);
    for _ in 0..count {
        idle.push(opened(&gateway).await);
    }
    let each_bytes = (resident_bytes().saturating_sub(before_bytes)) / count;
    tell(&format!(
        "{count} idle connections of {WANTED} ({files_max} files allowed); {each_bytes} bytes of memory each, both ends"
    ));
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    for number in 0..50 {
        let paid = shop.pay(&format!("order-{number}"), &payer, 100).await.reply;
        assert_eq!(paid.result_code, "SUCCESS");
    }
    // None was given up for the others.
    for stream in &mut idle {
        ask(stream).await;
    }
    drop(idle);
    gateway.stop().await;
}

/// Said where the test runner shows it.
fn tell(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{text}");
}

async fn opened(gateway: &TestGateway) -> TcpStream {
    let mut stream = TcpStream::connect(gateway.api_addr()).await.expect("the gateway accepts connections");
    ask(&mut stream).await;
    stream
}

/// A page that is not there costs next to nothing, and leaves the connection open.
async fn ask(stream: &mut TcpStream) {
    let request = b"HEAD /cashier/payments/nobody/nothing HTTP/1.1\r\nhost: h\r\n\r\n";
    stream.write_all(request).await.expect("the gateway reads");
    let mut answer = [0; 4_096];
    let count = stream.read(&mut answer).await.expect("the connection is open");
    assert!(answer[..count].starts_with(b"HTTP/1.1 404 "), "{}", String::from_utf8_lossy(&answer[..count]));
}

fn limit_of_files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").expect("the system tells limits");
    let line = limits.lines().find(|line| line.starts_with("Max open files")).expect("it is among them");
    line.split_whitespace().nth(3).and_then(|soft| soft.parse().ok()).expect("a number")
}

fn resident_bytes() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("the system tells the memory");
    let pages: usize = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("a number");
    pages * 4_096
}
