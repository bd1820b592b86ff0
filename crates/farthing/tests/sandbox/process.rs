//! A `farthing dev` of our own: started, spoken to, stopped or killed.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use farthing_client::{ClientProfile, ClientSettings, DialectClient, Exchange, FailedCall};
use farthing_core::time::Timestamp;
use farthing_dialect_antom::endpoint::Operation;
use serde_json::{Value, json};

/// How long is waited for what must come by itself; longer than the lease of a notification that a crash cut off.
pub(crate) const PATIENCE: Duration = Duration::from_secs(150);

/// The time that requests name. Any text would do; the machine's clock is not asked for it.
const REQUEST_TIME_MS: i64 = 1_574_827_261_000;

/// A running sandbox. It is killed when it is dropped.
pub(crate) struct Sandbox {
    child: Child,
    /// The line that said it was ready.
    pub(crate) ready: Value,
    /// Its data directory.
    pub(crate) data: PathBuf,
}

pub(crate) fn farthing() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_farthing"));
    command.env_remove("FARTHING_DATA").env_remove("FARTHING_ADMIN_TOKEN_FILE").stdin(Stdio::null());
    command
}

fn dev(data: &Path, more: &[&str]) -> Command {
    let mut command = farthing();
    command.arg("dev").arg("--data").arg(data);
    for listen in ["--listen", "--tls-listen", "--admin-listen"] {
        command.args([listen, "127.0.0.1:0"]);
    }
    command.args(more);
    command
}

impl Sandbox {
    /// Starts one on any free ports, and waits until it is ready.
    pub(crate) fn start(data: &Path, more: &[&str]) -> Self {
        std::fs::create_dir_all(data).unwrap();
        let log = File::options().create(true).append(true).open(data.join("log.txt")).unwrap();
        let mut child = dev(data, more).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let mut sandbox = Self { child, ready: Value::Null, data: data.to_owned() };
        sandbox.ready = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("no ready line ({error}): {line:?}\n{}", sandbox.log()));
        sandbox
    }

    /// The same, with all of its standard output kept in a file of its data directory.
    pub(crate) fn start_keeping_output(data: &Path, more: &[&str]) -> Self {
        std::fs::create_dir_all(data).unwrap();
        let log = File::options().create(true).append(true).open(data.join("log.txt")).unwrap();
        let out = data.join("output.txt");
        let child = dev(data, more).stdout(File::create(&out).unwrap()).stderr(log).spawn().unwrap();
        let mut sandbox = Self { child, ready: Value::Null, data: data.to_owned() };
        let deadline = Instant::now() + PATIENCE;
        while sandbox.ready.is_null() {
            assert!(Instant::now() < deadline, "no ready line: {}", sandbox.log());
            std::thread::sleep(Duration::from_millis(20));
            let told = std::fs::read_to_string(&out).unwrap();
            sandbox.ready =
                told.lines().next().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
        }
        sandbox
    }

    /// Tries to start one that must not come up.
    pub(crate) fn fails_to_start(data: &Path) -> Output {
        dev(data, &[]).output().unwrap()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote to standard error.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.data.join("log.txt")).unwrap()
    }

    /// SIGKILL: no time to say goodbye.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and waits for the end.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        let sent = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status().unwrap();
        assert!(sent.success());
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it does not end: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The file that tells an SDK everything.
    pub(crate) fn profile(&self) -> ClientProfile {
        ClientProfile::read(&self.data.join("dev/antom.json")).unwrap()
    }

    /// The demo merchant's system.
    pub(crate) fn merchant(&self) -> Merchant {
        let profile = self.profile();
        let client = DialectClient::new(&profile, ClientSettings::default()).unwrap();
        Merchant { client, access_token: profile.access_token.unwrap() }
    }

    /// Runs a command against its data directory.
    pub(crate) fn run(&self, words: &[&str]) -> Output {
        run_on(&self.data, words)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, and needs not be.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Runs a command on a data directory.
pub(crate) fn run_on(data: &Path, words: &[&str]) -> Output {
    farthing().args(words).arg("--data").arg(data).output().unwrap()
}

/// Signs as the demo merchant.
pub(crate) struct Merchant {
    client: DialectClient,
    access_token: String,
}

impl Merchant {
    pub(crate) async fn call(
        &self,
        operation: Operation,
        fields: &Value,
    ) -> Result<Exchange, Box<FailedCall>> {
        self.client.call(operation, fields, Timestamp::from_ms(REQUEST_TIME_MS)).await
    }

    /// Asks for 1.00 HKD.
    pub(crate) async fn pay(&self, request_id: &str, notify_url: &str) -> Result<Exchange, Box<FailedCall>> {
        let amount = json!({"currency": "HKD", "value": "100"});
        let fields = json!({
            "productCode": "AGREEMENT_PAYMENT",
            "paymentRequestId": request_id,
            "paymentAmount": amount,
            "paymentMethod": {"paymentMethodType": "ALIPAY_HK", "paymentMethodId": self.access_token},
            "order": {"referenceOrderId": request_id, "orderDescription": "A kettle", "orderAmount": amount},
            "paymentNotifyUrl": notify_url,
        });
        self.call(Operation::Pay, &fields).await
    }

    pub(crate) async fn inquire(&self, request_id: &str) -> Exchange {
        self.call(Operation::InquiryPayment, &json!({"paymentRequestId": request_id})).await.unwrap()
    }
}

/// A text field of an answer.
pub(crate) fn text(exchange: &Exchange, name: &str) -> String {
    exchange.reply.body[name].as_str().unwrap_or_else(|| panic!("no {name}: {:?}", exchange.reply)).to_owned()
}

/// A server that acknowledges notifications and remembers the request ids of the payments they are about.
pub(crate) struct Notified {
    addr: SocketAddr,
    request_ids: Arc<Mutex<Vec<String>>>,
}

impl Notified {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let request_ids = Arc::new(Mutex::new(Vec::new()));
        let noted = request_ids.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let noted = noted.clone();
                std::thread::spawn(move || acknowledge(stream, &noted));
            }
        });
        Self { addr, request_ids }
    }

    /// One that acknowledges whatever it is told, and remembers nothing.
    pub(crate) fn start_for_anything() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                std::thread::spawn(move || acknowledge_anything(stream));
            }
        });
        Self { addr, request_ids: Arc::default() }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/notify", self.addr)
    }

    pub(crate) fn request_ids(&self) -> Vec<String> {
        self.request_ids.lock().unwrap().clone()
    }
}

/// A sender that was killed in the middle of a notification ends here without being noted.
fn acknowledge(mut stream: TcpStream, noted: &Mutex<Vec<String>>) {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    let body = loop {
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
        }
        if let Some(body) = whole_body(&bytes) {
            break body;
        }
    };
    noted.lock().unwrap().push(body["paymentRequestId"].as_str().unwrap().to_owned());
    let answer = farthing_dialect_antom::notify::ACKNOWLEDGEMENT;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", answer.len());
    let _gone = stream.write_all(&[head.as_bytes(), answer.as_bytes()].concat());
}

fn acknowledge_anything(mut stream: TcpStream) {
    // Notifications are short, and come in one piece or end by themselves.
    let _read = stream.read(&mut [0; 65_536]);
    let answer = farthing_dialect_antom::notify::ACKNOWLEDGEMENT;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", answer.len());
    let _gone = stream.write_all(&[head.as_bytes(), answer.as_bytes()].concat());
}

fn whole_body(bytes: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(bytes);
    let (_head, body) = text.split_once("\r\n\r\n")?;
    serde_json::from_str(body).ok()
}
