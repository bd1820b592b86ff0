//! Names and addresses that lead inward.

use super::*;

fn ok() -> Manner {
    says("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nOK")
}

/// Two servers on one port: one outside, one inside.
async fn pair() -> (Server, Server) {
    loop {
        let outside = TcpListener::bind((OUTSIDE, 0)).await.expect("the system has a free port");
        let port = outside.local_addr().expect("a bound socket has an address").port();
        if let Ok(inside) = TcpListener::bind((INSIDE, port)).await {
            return (Server::over(outside, ok()), Server::over(inside, ok()));
        }
    }
}

#[tokio::test]
async fn of_a_name_with_two_addresses_only_the_allowed_one_is_connected_to() {
    let (outside, inside) = pair().await;
    for found in [vec![INSIDE, OUTSIDE], vec![OUTSIDE, INSIDE]] {
        let (lookup, _asked) = lookup(vec![found]);
        let postman = Postman::new(policy(), lookup, &DeliveryLimits::default()).expect("a client");
        let answer = post(&postman, &format!("http://shop.example:{}/n", outside.addr.port())).await;
        assert_eq!(answer.expect("it is answered").status, 200);
    }
    assert_eq!((outside.heads().len(), inside.heads().len()), (2, 0));
}

#[tokio::test]
async fn a_name_that_leads_inward_the_next_time_is_looked_at_each_time() {
    // Rebinding: what was resolved is what is connected to, and nothing is resolved between the look and the connection.
    let (outside, inside) = pair().await;
    let (lookup, asked) = lookup(vec![vec![OUTSIDE], vec![INSIDE]]);
    let postman = Postman::new(policy(), lookup, &DeliveryLimits::default()).expect("a client");
    let url = format!("http://shop.example:{}/n", outside.addr.port());
    assert_eq!(post(&postman, &url).await.expect("it is answered").status, 200);
    assert_eq!(asked.load(Ordering::SeqCst), 1, "one look for one connection");
    let told = problem(post(&postman, &url).await);
    assert!(told.contains("127.0.0.1 is not a public address"), "{told}");
    assert_eq!((outside.heads().len(), inside.heads().len()), (1, 0));
}

#[tokio::test]
async fn an_address_in_the_url_itself_is_refused_before_anything_is_sent() {
    let inside = Server::start(INSIDE, ok()).await;
    let postman = postman(&DeliveryLimits::default());
    let port = inside.addr.port();
    for host in
        ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0"]
    {
        let answered = post(&postman, &format!("http://{host}:{port}/n")).await;
        assert!(matches!(answered, Err(NoAnswer::Forbidden(_))), "{host}: {answered:?}");
    }
    assert_eq!(inside.heads(), Vec::<String>::new());
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let inside = Server::start(INSIDE, ok()).await;
    let elsewhere = Server::start(OUTSIDE, ok()).await;
    for (status, target) in [
        (301, inside.url()),
        (302, inside.url()),
        (303, elsewhere.url()),
        (307, inside.url()),
        (308, elsewhere.url()),
    ] {
        let head = format!("HTTP/1.1 {status} Gone\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n");
        let outside = Server::start(OUTSIDE, says(head)).await;
        let answer = post(&postman(&DeliveryLimits::default()), &outside.url()).await;
        assert_eq!(answer.expect("it is answered").status, status);
    }
    assert_eq!((inside.heads().len(), elsewhere.heads().len()), (0, 0));
}
