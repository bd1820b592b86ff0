//! Proxies that the environment names.

use std::process::Command;

use super::*;

/// Set in the process whose environment names a proxy; the port of the server that it shall post to.
const MARK: &str = "FARTHING_TEST_POST_TO";
const NAME: &str = "delivery::tests::proxies::no_proxy_of_the_environment_is_obeyed";

/// A proxy resolves names itself, past every check, and reads what is sent. Who wants one for notifications puts it into
/// the network, not into a variable that was set for something else.
#[tokio::test]
async fn no_proxy_of_the_environment_is_obeyed() {
    if let Ok(url) = std::env::var(MARK) {
        let answer = post(&postman(&DeliveryLimits::default()), &url).await;
        assert_eq!(answer.expect("it is answered").status, 200);
        return;
    }
    let answer = || says("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let (server, proxy) = (Server::start(OUTSIDE, answer()).await, Server::start(INSIDE, answer()).await);
    let mut command = Command::new(std::env::current_exe().expect("a path"));
    command.args(["--exact", "--nocapture", NAME]).env(MARK, server.url());
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env(name, format!("http://{}", proxy.addr));
    }
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.expect("it ends").expect("the test runs again");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!((server.heads().len(), proxy.heads().len()), (1, 0));
}
