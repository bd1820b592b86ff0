//! Opening: what is refused, and encryption.

use std::path::Path;

use farthing_store::Answer;
use farthing_store_postgres::{OpenError, PostgresOptions, PostgresStore, Schema};

use crate::ground::{Database, ask, bring_up, options, runtime, server};
use crate::private::Server;
use crate::rules::{debit, make_wallets};

fn refused(connection: &str, schema: Schema) -> OpenError {
    PostgresStore::open(options(connection), schema).unwrap_err()
}

/// A server that is not there, a wrong password, a database that cannot hold our texts and one without a schema are told
/// apart, and each says what to do.
#[test]
fn what_cannot_be_opened_is_named() {
    let Some(server) = server() else { return };
    let nobody = refused("host=127.0.0.1 port=1 user=farthing", bring_up());
    assert!(matches!(nobody, OpenError::Unreachable { .. }), "{nobody}");
    let wrong = refused(&format!("{server} password=wrong"), bring_up());
    assert!(wrong.to_string().contains("password authentication failed"), "{wrong}");
    let Some(bytes) = Database::empty("TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'") else { return };
    let unfit = refused(&bytes.connection(), bring_up());
    assert!(matches!(&unfit, OpenError::Unfit { detail } if detail.contains("UTF8")), "{unfit}");
    let Some(empty) = Database::empty("") else { return };
    let pending = refused(&empty.connection(), Schema::Check);
    assert!(pending.to_string().contains("run `farthing migrate`"), "{pending}");
    assert!(PostgresStore::open_to_read(options(&empty.connection())).is_err());
}

/// The words of the settings for encryption, and what becomes of each against a server with a certificate.
#[test]
fn connections_are_encrypted_as_they_are_told() {
    let Some(server) = Server::start() else { return };
    let directory = tempfile::tempdir().unwrap();
    let [authority, stranger] = ["authority", "stranger"].map(|name| directory.path().join(name));
    encrypt(&server, &authority);
    std::fs::write(&stranger, Authority::new().0.pem()).unwrap();
    let database = Database::make(server.connection().to_owned(), "");
    let with = |settings: &str| format!("{} {settings}", database.connection());
    let verified = |roots: &Path| with(&format!("sslmode=verify-full sslrootcert='{}'", roots.display()));
    for (connection, encrypted) in [
        (with("sslmode=disable"), false),
        (with("sslmode=prefer"), true),
        (with("sslmode=require"), true),
        (verified(&authority), true),
    ] {
        let store = PostgresStore::open(options(&connection), bring_up()).unwrap();
        runtime().block_on(make_and_use(&store));
        let sessions = "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
            WHERE application_name = 'farthing'";
        let expected = if encrypted { "t" } else { "f" };
        assert_eq!(database.ask(sessions), [Some(expected.to_owned())], "{connection}");
        database.ask("TRUNCATE wallets, request_keys, commits");
    }
    let unknown = refused(&verified(&stranger), bring_up());
    assert!(unknown.to_string().contains("invalid peer certificate"), "{unknown}");
    let named = verified(&authority).replace("host=127.0.0.1", "host=localhost hostaddr=127.0.0.1");
    let misnamed = refused(&named, bring_up());
    assert!(misnamed.to_string().contains("certificate not valid for name"), "{misnamed}");
}

/// A server that cannot encrypt is refused where encryption is wanted.
#[test]
fn a_server_without_encryption_is_refused_where_it_is_wanted() {
    let Some(database) = Database::fresh() else { return };
    let refused = refused(&format!("{} sslmode=require", database.connection()), bring_up());
    assert!(refused.to_string().contains("does not support TLS"), "{refused}");
}

/// The store works over the socket of the server's directory.
#[test]
fn a_unix_socket_will_do() {
    let Some(database) = Database::fresh() else { return };
    let directory = database.ask("SHOW unix_socket_directories").remove(0).unwrap_or_default();
    let socket = database.connection().replace("host=127.0.0.1", &format!("host={directory}"));
    let options: PostgresOptions = options(&socket);
    let store = PostgresStore::open(options, bring_up()).unwrap();
    runtime().block_on(make_and_use(&store));
    let local = "SELECT count(DISTINCT client_addr) FROM pg_stat_activity WHERE application_name = 'farthing'
        AND datname = current_database()";
    assert_eq!(database.ask(local), [Some("0".to_owned())]);
}

/// A role that may read, insert and update serves; it needs nothing else, and cannot migrate.
#[test]
fn a_role_that_owns_nothing_will_do() {
    let (Some(server), Some(empty)) = (server(), Database::empty("")) else { return };
    let role = format!("farthing_test_{}", std::process::id());
    let make = format!("DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN PASSWORD 'x'");
    ask(&server, &make);
    empty.ask(&format!(
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO {role};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE ON TABLES TO {role}"
    ));
    let connection = format!("{} user={role} password=x", empty.connection());
    let forbidden = refused(&connection, bring_up());
    assert!(forbidden.to_string().contains("permission denied for schema public"), "{forbidden}");
    drop(PostgresStore::open(options(&empty.connection()), bring_up()).unwrap());
    let store = PostgresStore::open(options(&connection), Schema::Check).unwrap();
    runtime().block_on(make_and_use(&store));
    drop(store);
    drop(empty);
    ask(&server, &format!("DROP ROLE {role}"));
}

async fn make_and_use(store: &PostgresStore) {
    make_wallets(store, &[("W", 2)]).await;
    assert_eq!(debit(store, "W", "R").await, Ok(Answer::Done(1)));
}

/// Something that vouches for certificates.
struct Authority(rcgen::Certificate, rcgen::KeyPair, rcgen::CertificateParams);

impl Authority {
    fn new() -> Self {
        let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = rcgen::KeyPair::generate().unwrap();
        Self(parameters.self_signed(&key).unwrap(), key, parameters)
    }
}

/// Gives the server a certificate for 127.0.0.1, and keeps the authority that vouches for it in a file.
fn encrypt(server: &Server, authority_file: &Path) {
    let Authority(certificate, key, parameters) = Authority::new();
    std::fs::write(authority_file, certificate.pem()).unwrap();
    let issuer = rcgen::Issuer::new(parameters, key);
    let server_key = rcgen::KeyPair::generate().unwrap();
    let leaf = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&server_key, &issuer).unwrap();
    for (name, text) in [("server.crt", leaf.pem()), ("server.key", server_key.serialize_pem())] {
        // The server writes the files itself, so that they belong to the user it runs as.
        let lines: Vec<String> = text.lines().map(|line| format!("('{line}')")).collect();
        let copy =
            format!("COPY (VALUES {}) TO '{}/data/{name}'", lines.join(", "), server.directory().display());
        ask(server.connection(), &copy);
    }
    ask(server.connection(), "ALTER SYSTEM SET ssl = on");
    ask(server.connection(), "SELECT pg_reload_conf()");
    let begin = std::time::Instant::now();
    while ask(server.connection(), "SHOW ssl") != [Some("on".to_owned())] {
        assert!(
            begin.elapsed() < std::time::Duration::from_secs(20),
            "the server did not turn encryption on"
        );
    }
    let mode = format!("chmod 600 '{}/data/server.key'", server.directory().display());
    ask(server.connection(), &format!("COPY (SELECT 1) TO PROGRAM $${mode} && cat >/dev/null$$"));
    ask(server.connection(), "SELECT pg_reload_conf()");
}
