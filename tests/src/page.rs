//! The pages that users are sent to, looked at and pressed as a browser would.

use crate::draft::{RawAnswer, exchange};
use crate::gateway::{PUBLIC_URL, TestGateway};

/// A page as a browser gets it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Where the browser is sent on to, if anywhere.
    pub location: Option<String>,
    /// The page.
    pub text: String,
}

impl TestGateway {
    /// Opens a page by the address that an answer told.
    pub async fn open_page(&self, url: &str) -> PageAnswer {
        self.browse("GET", url, "").await
    }

    /// Presses a button of a page; `form` is what a browser sends, e.g. `action=approve`.
    pub async fn press(&self, url: &str, form: &str) -> PageAnswer {
        self.browse("POST", url, form).await
    }

    async fn browse(&self, method: &str, url: &str, form: &str) -> PageAnswer {
        let path = url.strip_prefix(PUBLIC_URL).expect("pages are at the public address");
        let bytes = format!(
            "{method} {path} HTTP/1.1\r\nhost: pay.example\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{form}",
            form.len()
        );
        let answer = exchange(self.api_addr(), bytes.into_bytes()).await.expect("a page is answered");
        read_page(&answer)
    }
}

fn read_page(answer: &RawAnswer) -> PageAnswer {
    PageAnswer {
        status: answer.status,
        location: answer.header("location").map(str::to_owned),
        text: String::from_utf8(answer.body.clone()).expect("a page is text"),
    }
}
