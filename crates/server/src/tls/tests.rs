//! The certificates against real clients: Python's ssl, which is OpenSSL, as the vendor's SDK uses it.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use http::StatusCode;
use rcgen::KeyPair;
use rustls::ServerConfig;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::issue::{LOCAL_NAMES, issue_leaf};
use super::reading::facts_of;
use super::{AuthorityError, CertificateFiles, LocalAuthority, TlsFileError};
use crate::listen::{
    BoxFuture, Handler, Limits, Listener, RawReply, RawRequest, RequestHead, RequestIds, Surroundings, Tally,
};

const DAY_S: u64 = 24 * 60 * 60;
/// 2026-11-23T00:00:00Z, for what does not meet a real client.
const NOW_S: u64 = 1_795_392_000;

#[expect(clippy::disallowed_methods, reason = "a real client compares certificates with real time")]
fn real_now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

struct Hello;

impl Handler for Hello {
    fn handle(self: Arc<Self>, request: RawRequest) -> BoxFuture<RawReply> {
        let text = format!("over_tls={}", request.head.over_tls);
        Box::pin(async move { RawReply::new(StatusCode::OK, text) })
    }

    fn late(self: Arc<Self>, _head: Arc<RequestHead>) -> BoxFuture<RawReply> {
        Box::pin(async { RawReply::hang_up() })
    }

    fn panicked(self: Arc<Self>, _head: Arc<RequestHead>) -> BoxFuture<RawReply> {
        Box::pin(async { RawReply::hang_up() })
    }
}

async fn serve(config: Arc<ServerConfig>, limits: Limits) -> (SocketAddr, Arc<Tally>) {
    let listener = Listener::bind("127.0.0.1:0".parse().expect("an address")).await.expect("a free port");
    let listener = listener.with_tls(config);
    let (addr, tally) = (listener.local_addr(), listener.tally());
    let around = Surroundings {
        limits,
        cancel: CancellationToken::new(),
        tracker: TaskTracker::new(),
        request_ids: RequestIds::new("tls"),
    };
    tokio::spawn(listener.serve(Arc::new(Hello), around));
    (addr, tally)
}

/// Fetches a URL with Python's defaults, then strictly; prints the body or the reason of the refusal.
const FETCH: &str = r#"
import ssl, sys, urllib.request
def fetch(context):
    try:
        return urllib.request.urlopen(sys.argv[1], timeout=10, context=context).read().decode()
    except Exception as error:
        return "refused: %s" % error
print(fetch(None))
strict = ssl.create_default_context()
strict.verify_flags |= ssl.VERIFY_X509_STRICT
print(fetch(strict))
"#;

/// Posts a body that is four times the limit.
const POST_A_MEGABYTE: &str = r#"
import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], data=b"x" * 1048576, timeout=10).read().decode())
"#;

/// What Python says about `url` when it trusts `ca` only: by default, and by the strict rules.
async fn python_says(url: String, ca: &Path) -> Vec<String> {
    run_python(FETCH, url, ca).await
}

/// The lines that a Python program prints when it gets `url` and trusts `ca` only.
async fn run_python(program: &'static str, url: String, ca: &Path) -> Vec<String> {
    let ca = ca.to_owned();
    let output = tokio::task::spawn_blocking(move || {
        let mut python = Command::new("python3");
        python.args(["-c", program, &url]).env("SSL_CERT_FILE", ca).env_remove("SSL_CERT_DIR");
        for proxy in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
            python.env_remove(proxy);
        }
        python.output().expect("python3 is installed")
    });
    let output = output.await.expect("no panic");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn python_accepts_the_local_authority_by_name_and_by_address() {
    // With nothing but SSL_CERT_FILE set, and also by the strict rules that Python 3.13 made the default.
    let dir = TempDir::new().expect("a directory");
    let authority = LocalAuthority::open_or_create(dir.path(), real_now_s()).expect("an authority");
    let (addr, tally) = serve(authority.server_config(), Limits::default()).await;
    for host in ["127.0.0.1", "localhost"] {
        let said = python_says(format!("https://{host}:{}/x", addr.port()), authority.ca_path()).await;
        assert_eq!(said, ["over_tls=true", "over_tls=true"], "{host}");
    }
    assert_eq!(tally.read().handshakes_failed, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn python_reads_the_answer_to_a_body_over_the_limit() {
    // Python sends all of the megabyte before it reads; also through TLS the answer must be there then.
    let dir = TempDir::new().expect("a directory");
    let authority = LocalAuthority::open_or_create(dir.path(), real_now_s()).expect("an authority");
    let (addr, _) = serve(authority.server_config(), Limits::default()).await;
    let url = format!("https://127.0.0.1:{}/x", addr.port());
    let said = run_python(POST_A_MEGABYTE, url, authority.ca_path()).await;
    assert_eq!(said, ["over_tls=true"]);
}

#[test]
fn only_http_1_1_is_offered_inside_tls() {
    // A client that could speak HTTP/2 must not choose it here.
    let dir = TempDir::new().expect("a directory");
    let authority = LocalAuthority::open_or_create(dir.path(), NOW_S).expect("an authority");
    assert_eq!(authority.server_config().alpn_protocols, [b"http/1.1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn python_refuses_without_the_authority() {
    // Trust comes from ca.pem alone: another authority of the same name does not do.
    let (dir, other) = (TempDir::new().expect("a directory"), TempDir::new().expect("a directory"));
    let authority = LocalAuthority::open_or_create(dir.path(), real_now_s()).expect("an authority");
    let stranger = LocalAuthority::open_or_create(other.path(), real_now_s()).expect("an authority");
    let (addr, tally) = serve(authority.server_config(), Limits::default()).await;
    let said = python_says(format!("https://127.0.0.1:{}/x", addr.port()), stranger.ca_path()).await;
    assert!(said.iter().all(|line| line.contains("CERTIFICATE_VERIFY_FAILED")), "{said:?}");
    assert_eq!(tally.read().handshakes_failed, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authority_cannot_vouch_for_other_names() {
    // A leaf for another site, signed with the authority's real key, is refused for its names: a
    // stolen key opens nothing but this machine. Localhost is among its names, so only the constraint
    // can be the reason.
    let dir = TempDir::new().expect("a directory");
    let authority = LocalAuthority::open_or_create(dir.path(), real_now_s()).expect("an authority");
    for foreign in ["open-na-global.alipay.com", "10.0.0.1", "::2"] {
        let key_pem = fs::read_to_string(dir.path().join("ca-key.pem")).expect("the key");
        let key = KeyPair::from_pem(&key_pem).expect("a key");
        let valid_s = real_now_s() - DAY_S..real_now_s() + DAY_S;
        let names = ["localhost", "127.0.0.1", foreign];
        let leaf = issue_leaf(authority.ca_pem(), key, &names, valid_s).expect("it signs");
        let (addr, _) = serve(leaf.server_config().expect("usable"), Limits::default()).await;
        let said = python_says(format!("https://127.0.0.1:{}/x", addr.port()), authority.ca_path()).await;
        assert!(said.iter().all(|line| line.contains("permitted subtree violation")), "{foreign}: {said:?}");
    }
}

/// What OpenSSL's own tool says of a leaf for these names.
fn openssl_says(dir: &Path, authority: &LocalAuthority, names: &[&str]) -> String {
    let key_pem = fs::read_to_string(dir.join("ca-key.pem")).expect("the key");
    let key = KeyPair::from_pem(&key_pem).expect("a key");
    let valid_s = real_now_s() - DAY_S..real_now_s() + DAY_S;
    let leaf = issue_leaf(authority.ca_pem(), key, names, valid_s).expect("it signs");
    let file = dir.join("leaf-under-test.pem");
    fs::write(&file, leaf.certificate_pem).expect("a file");
    let verify = ["verify", "-purpose", "sslserver", "-CAfile"];
    let said = Command::new("openssl").args(verify).arg(authority.ca_path()).arg(file).output();
    let said = said.expect("openssl is installed");
    String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned()
}

#[test]
fn openssl_refuses_every_name_under_the_authority_but_this_machines() {
    let dir = TempDir::new().expect("a directory");
    let authority = LocalAuthority::open_or_create(dir.path(), real_now_s()).expect("an authority");
    for names in [&LOCAL_NAMES[..], &["localhost"], &["127.0.0.1"], &["::1"]] {
        let said = openssl_says(dir.path(), &authority, names);
        assert!(said.contains(": OK"), "{names:?}: {said}");
    }
    for name in
        ["shop.example", "notlocalhost", "localhost.example", "127.0.0.2", "0.0.0.0", "10.0.0.1", "::2"]
    {
        let said = openssl_says(dir.path(), &authority, &["localhost", name]);
        assert!(said.contains("permitted subtree violation"), "{name}: {said}");
    }
}

#[tokio::test]
async fn a_silent_handshake_is_cut() {
    // A connection that never says hello must not hold its place.
    let dir = TempDir::new().expect("a directory");
    let authority = LocalAuthority::open_or_create(dir.path(), NOW_S).expect("an authority");
    let limits = Limits { handshake_timeout_ms: 200, ..Limits::default() };
    let (addr, tally) = serve(authority.server_config(), limits).await;
    let mut stream = TcpStream::connect(addr).await.expect("accepted");
    let start = Instant::now();
    let end = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut [0; 16])).await;
    assert!(matches!(end, Ok(Ok(0))), "{end:?}");
    assert!(start.elapsed() >= Duration::from_millis(190), "{:?}", start.elapsed());
    assert_eq!(tally.read().handshakes_failed, 1);
}

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

fn leaf_facts(dir: &Path) -> super::reading::CertificateFacts {
    let pem = fs::read(dir.join("localhost.pem")).expect("a leaf");
    facts_of(&CertificateDer::from_pem_slice(&pem).expect("PEM")).expect("a certificate")
}

#[test]
fn keys_are_the_owners_only() {
    // Also when somebody opened them up in between.
    let dir = TempDir::new().expect("a directory");
    let inner = dir.path().join("data").join("tls");
    LocalAuthority::open_or_create(&inner, NOW_S).expect("an authority");
    assert_eq!(mode_of(&inner), 0o700);
    for name in ["ca-key.pem", "localhost-key.pem"] {
        assert_eq!(mode_of(&inner.join(name)), 0o600, "{name}");
        fs::set_permissions(inner.join(name), fs::Permissions::from_mode(0o644)).expect("changed");
    }
    LocalAuthority::open_or_create(&inner, NOW_S).expect("an authority");
    for name in ["ca-key.pem", "localhost-key.pem"] {
        assert_eq!(mode_of(&inner.join(name)), 0o600, "{name}");
    }
    assert!(fs::read_dir(&inner).expect("a directory").count() == 4, "no drafts are left behind");
}

#[test]
fn a_second_start_makes_nothing_new() {
    // What clients trust stays, and nothing is generated.
    let dir = TempDir::new().expect("a directory");
    let first = LocalAuthority::open_or_create(dir.path(), NOW_S).expect("an authority");
    let before = leaf_facts(dir.path());
    let second = LocalAuthority::open_or_create(dir.path(), NOW_S + 366 * DAY_S).expect("the same");
    assert_eq!(first.ca_pem(), second.ca_pem());
    assert_eq!(leaf_facts(dir.path()), before);
}

#[test]
fn a_server_certificate_is_renewed_in_its_last_thirty_days() {
    // 397 days after the start, less 30: one second decides, and the authority stays the same.
    let dir = TempDir::new().expect("a directory");
    let first = LocalAuthority::open_or_create(dir.path(), NOW_S).expect("an authority");
    let before = leaf_facts(dir.path());
    assert_eq!(before.not_after_s, (NOW_S + 397 * DAY_S) as i64);
    LocalAuthority::open_or_create(dir.path(), NOW_S + 367 * DAY_S).expect("the same");
    assert_eq!(leaf_facts(dir.path()), before);
    let renewed = LocalAuthority::open_or_create(dir.path(), NOW_S + 367 * DAY_S + 1).expect("renewed");
    assert_eq!(renewed.ca_pem(), first.ca_pem());
    assert_eq!(leaf_facts(dir.path()).not_after_s, (NOW_S + 764 * DAY_S + 1) as i64);
}

#[test]
fn an_authority_that_lapses_is_replaced_with_its_leaf() {
    // After ten years nothing of the old pair is used.
    let dir = TempDir::new().expect("a directory");
    let first = LocalAuthority::open_or_create(dir.path(), NOW_S).expect("an authority");
    let before = leaf_facts(dir.path());
    let later = LocalAuthority::open_or_create(dir.path(), NOW_S + 3_621 * DAY_S).expect("a new one");
    assert_ne!(later.ca_pem(), first.ca_pem());
    assert_ne!(leaf_facts(dir.path()).issuer_key_id, before.issuer_key_id);
}

#[test]
fn a_leaf_that_does_not_fit_is_made_anew() {
    // Another authority's leaf, a foreign key, an empty file: none of them stops a start.
    let (dir, other) = (TempDir::new().expect("a directory"), TempDir::new().expect("a directory"));
    LocalAuthority::open_or_create(dir.path(), NOW_S).expect("an authority");
    LocalAuthority::open_or_create(other.path(), NOW_S).expect("an authority");
    let foreign = |name: &str| fs::read_to_string(other.path().join(name)).expect("a file");
    let put = |name: &str, text: &str| fs::write(dir.path().join(name), text).expect("written");
    let damages: [&dyn Fn(); 4] = [
        &|| put("localhost-key.pem", &foreign("localhost-key.pem")),
        &|| {
            put("localhost.pem", &foreign("localhost.pem"));
            put("localhost-key.pem", &foreign("localhost-key.pem"));
        },
        &|| put("localhost.pem", ""),
        &|| fs::remove_file(dir.path().join("localhost-key.pem")).expect("removed"),
    ];
    for damage in damages {
        let before = leaf_facts(dir.path());
        damage();
        LocalAuthority::open_or_create(dir.path(), NOW_S).expect("it is repaired");
        let repaired = leaf_facts(dir.path());
        assert_ne!(repaired.public_key, before.public_key);
        assert_eq!(repaired.issuer_key_id, before.issuer_key_id);
    }
}

#[test]
fn a_missing_or_foreign_authority_key_is_named_when_it_is_needed() {
    // The certificate that people trust is never replaced silently.
    let dir = TempDir::new().expect("a directory");
    LocalAuthority::open_or_create(dir.path(), NOW_S).expect("an authority");
    let (key, leaf_key) = (dir.path().join("ca-key.pem"), dir.path().join("localhost-key.pem"));
    fs::remove_file(&key).expect("removed");
    LocalAuthority::open_or_create(dir.path(), NOW_S).expect("not needed while the leaf is good");
    let renewal_s = NOW_S + 390 * DAY_S;
    let error = LocalAuthority::open_or_create(dir.path(), renewal_s).expect_err("no key");
    assert!(error.to_string().contains("ca-key.pem does not hold the key of"), "{error}");
    assert!(error.to_string().contains("there is no such file"), "{error}");
    fs::copy(&leaf_key, &key).expect("copied");
    let error = LocalAuthority::open_or_create(dir.path(), renewal_s).expect_err("another key");
    assert!(error.to_string().contains("it is the key of another certificate"), "{error}");
    fs::write(dir.path().join("ca.pem"), "scribble").expect("written");
    let error = LocalAuthority::open_or_create(dir.path(), NOW_S).expect_err("damaged");
    assert!(matches!(error, AuthorityError::Damaged { .. }), "{error}");
}

/// The files of a real pair, under their names in the directory of a local authority.
fn operator_files(dir: &Path) -> CertificateFiles {
    LocalAuthority::open_or_create(dir, real_now_s()).expect("an authority");
    CertificateFiles { chain: dir.join("localhost.pem"), key: dir.join("localhost-key.pem") }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_files_serve_a_chain() {
    // The same road as in production: PEM files in, a handshake that Python accepts out.
    let dir = TempDir::new().expect("a directory");
    let files = operator_files(dir.path());
    let chain = [&files.chain, &dir.path().join("ca.pem")].map(|path| fs::read_to_string(path).expect("PEM"));
    fs::write(&files.chain, chain.concat()).expect("written");
    let (addr, _) = serve(files.server_config().expect("usable"), Limits::default()).await;
    let said = python_says(format!("https://localhost:{}/x", addr.port()), &dir.path().join("ca.pem")).await;
    assert_eq!(said, ["over_tls=true", "over_tls=true"]);
}

#[test]
fn each_fault_of_an_operators_files_is_named() {
    // One fault at a time, in the order in which they are looked for.
    let dir = TempDir::new().expect("a directory");
    let good = operator_files(dir.path());
    let refusal = |chain: &Path, key: &Path| {
        let files = CertificateFiles { chain: chain.to_owned(), key: key.to_owned() };
        files.server_config().expect_err("refused")
    };
    let written = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::write(&path, text).expect("written");
        path
    };
    let absent = dir.path().join("absent.pem");
    let empty = written("empty.pem", "no PEM block in here\n");
    let cut = written("cut.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n");
    let cut_key = written("cut-key.pem", "-----BEGIN PRIVATE KEY-----\nMIIB\n");
    let encrypted = written(
        "encrypted.pem",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    let old_encrypted = written(
        "old.pem",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMIIB\n\
         -----END RSA PRIVATE KEY-----\n",
    );
    assert!(matches!(refusal(&absent, &good.key), TlsFileError::Unreadable { path, .. } if path == absent));
    assert!(matches!(refusal(&cut, &good.key), TlsFileError::NotPem { path, .. } if path == cut));
    assert!(matches!(refusal(&empty, &good.key), TlsFileError::NoCertificate { path } if path == empty));
    assert!(matches!(refusal(&good.chain, &absent), TlsFileError::Unreadable { path, .. } if path == absent));
    assert!(matches!(refusal(&good.chain, &encrypted), TlsFileError::KeyEncrypted { .. }));
    assert!(matches!(refusal(&good.chain, &old_encrypted), TlsFileError::KeyEncrypted { .. }));
    assert!(matches!(refusal(&good.chain, &good.chain), TlsFileError::NoKey { .. }));
    assert!(matches!(refusal(&good.chain, &cut_key), TlsFileError::NotPem { path, .. } if path == cut_key));
    let foreign = dir.path().join("ca-key.pem");
    let error = refusal(&good.chain, &foreign);
    assert!(matches!(error, TlsFileError::Mismatch { .. }), "{error}");
    assert!(error.to_string().contains("comes first"), "{error}");
}
