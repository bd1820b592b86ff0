//! The command line in four dialects, against one sandbox.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::Value;

use crate::process::{PATIENCE, Sandbox, farthing};

const DIALECTS: [&str; 4] = ["antom", "alipay", "alipayhk", "alphapay"];

/// What a command printed as JSON, once it ended with this code.
fn told(output: &Output, code: i32) -> Value {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{stdout}\n{stderr}");
    serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}"))
}

impl Sandbox {
    /// Calls a verb in a dialect, and gives back the body of its answer.
    fn verb(&self, dialect: &str, line: &str) -> Value {
        let words: Vec<&str> = line.split_whitespace().chain(["--dialect", dialect, "--json"]).collect();
        let told = told(&self.run(&words), 0);
        assert_eq!((&told["status"], &told["signature_verified"]), (&"S".into(), &true.into()), "{told}");
        told["reply"].clone()
    }

    /// Pays 5.00 in a dialect, in its demo currency; gives back the gateway's id of the payment.
    fn pay_in(&self, dialect: &str, request_id: &str, notify_url: &str) -> String {
        let (scenario, id) = match dialect {
            "alphapay" => ("--scenario OFFLINE", "paymentId"),
            "alipayhk" => ("", "acquirementId"),
            _ => ("", "paymentId"),
        };
        let notify = if notify_url.is_empty() { String::new() } else { format!("--notify-url {notify_url}") };
        let line = format!("pay --amount 5.00 --request-id {request_id} {scenario} {notify}");
        let paid = self.verb(dialect, &line);
        paid[id].as_str().unwrap_or_else(|| panic!("{dialect}: {paid}")).to_owned()
    }
}

/// A `farthing listen` of our own. It is killed when it is dropped.
struct Listening {
    child: Child,
    url: String,
    lines: Receiver<Value>,
}

impl Listening {
    fn start(sandbox: &Sandbox, more: &[&str]) -> Self {
        let mut command = farthing();
        command.args(["listen", "--json", "--data"]).arg(&sandbox.data).args(more);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = lines_of(child.stdout.take().unwrap());
        let first = lines.recv_timeout(PATIENCE).unwrap();
        let url = first["listening"].as_str().unwrap_or_else(|| panic!("{first}")).to_owned();
        Self { child, url, lines }
    }

    fn next(&self) -> Value {
        self.lines.recv_timeout(PATIENCE).expect("a notification arrives")
    }

    /// SIGTERM, and the code it ends with.
    fn terminate(mut self) -> Option<i32> {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, and needs not be.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn lines_of(stdout: ChildStdout) -> Receiver<Value> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(serde_json::from_str(&line).unwrap()).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Each dialect's payment is inquired in the next one and refunded in the one after that: one payment, four languages.
#[test]
fn a_payment_is_made_inquired_and_refunded_in_three_dialects() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(directory.path(), &[]);
    for (index, dialect) in DIALECTS.into_iter().enumerate() {
        let after = |steps: usize| DIALECTS[(index + steps) % DIALECTS.len()];
        let payment_id = sandbox.pay_in(dialect, &format!("order-{index}"), "");
        let inquired = sandbox.verb(after(1), &format!("inquire {payment_id}"));
        assert!(inquired.to_string().contains(&payment_id), "{dialect}: {inquired}");
        assert!(inquired.to_string().contains("SUCCESS"), "{dialect}: {inquired}");
        let currency = if dialect == "alphapay" { "CAD" } else { "HKD" };
        let line =
            format!("refund {payment_id} --amount 1.50 --currency {currency} --request-id refund-{index}");
        let refunded = sandbox.verb(after(2), &line);
        assert!(refunded.to_string().contains("150"), "{dialect}: {refunded}");
    }
    assert_eq!(sandbox.run(&["verify"]).status.code(), Some(0));
}

/// The result of each dialect's payment arrives, is verified, and is acknowledged so that the gateway counts it as
/// heard at the first try.
#[test]
fn notifications_of_every_dialect_are_heard() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(directory.path(), &[]);
    let listening = Listening::start(&sandbox, &[]);
    for dialect in DIALECTS {
        let request_id = format!("heard-{dialect}");
        sandbox.pay_in(dialect, &request_id, &format!("{}/notify?of={dialect}", listening.url));
        let heard = listening.next();
        assert_eq!((&heard["verified"], &heard["why_not"]), (&true.into(), &Value::Null), "{heard}");
        assert_eq!((&heard["answered"], &heard["status"]), (&200.into(), &"SUCCESS".into()), "{heard}");
        assert!(heard["ids"].to_string().contains(&request_id), "{heard}");
        assert_eq!(heard["dialect"], dialect, "{heard}");
    }
    let deadline = std::time::Instant::now() + PATIENCE;
    loop {
        let deliveries = told(&sandbox.run(&["delivery", "list", "--json"]), 0);
        let items = deliveries["items"].as_array().unwrap();
        assert_eq!(items.len(), DIALECTS.len(), "{deliveries}");
        if items.iter().all(|item| item["state"] == "delivered" && item["attempt_count"] == 1) {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{deliveries}");
        thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(listening.terminate(), Some(0));
}

/// What is forwarded arrives as it came: the second listener verifies it, too, and its acknowledgement goes back.
#[test]
fn a_listener_forwards_to_another() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(directory.path(), &[]);
    let behind = Listening::start(&sandbox, &["-v"]);
    let before = Listening::start(&sandbox, &["--forward-to", &behind.url]);
    for dialect in DIALECTS {
        sandbox.pay_in(dialect, &format!("forwarded-{dialect}"), &format!("{}/notify?a=b", before.url));
        let (first, second) = (before.next(), behind.next());
        assert_eq!((&first["verified"], &second["verified"]), (&true.into(), &true.into()), "{second}");
        assert_eq!((&first["target"], &second["target"]), (&"/notify?a=b".into(), &"/notify?a=b".into()));
        assert_eq!(first["answered"], 200);
        assert!(second["body"].as_str().unwrap().contains("forwarded-"), "{second}");
    }
}

/// What `farthing sign` signs, `farthing doctor` verifies and the gateway takes; one changed letter is told.
#[test]
fn the_doctor_verifies_what_is_signed_here() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(directory.path(), &[]);
    let body = directory.path().join("body.json");
    std::fs::write(&body, r#"{"paymentId":"1"}"#).unwrap();
    for dialect in DIALECTS {
        let operation = if dialect == "alipayhk" { "payQuery" } else { "inquiryPayment" };
        let body = body.to_str().unwrap();
        let signed = sandbox.run(&["sign", operation, "--dialect", dialect, "--body", body, "--json"]);
        let mut request = told(&signed, 0);
        let file = directory.path().join(format!("{dialect}-request.json"));
        let examined = |request: &Value, code: i32| {
            std::fs::write(&file, request.to_string()).unwrap();
            let words = ["doctor", "--dialect", dialect, "--request", file.to_str().unwrap(), "--json"];
            told(&sandbox.run(&words), code)
        };
        assert_eq!(examined(&request, 0)["verifies"], true, "{dialect}");
        request["body"] =
            request["body"].as_str().unwrap().replace("paymentId\":\"1", "paymentId\":\"2").into();
        let refused = examined(&request, 1);
        assert_eq!(refused["verifies"], false, "{dialect}: {refused}");
        assert!(refused["bytes_to_sign"].as_str().unwrap().contains("paymentId"), "{refused}");
    }
}
