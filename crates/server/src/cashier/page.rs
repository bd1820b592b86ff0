//! A page as text: one small stylesheet, no script, nothing loaded from anywhere.

use bytes::Bytes;
use farthing_core::money::Money;
use farthing_dialect_alphapay::qr::png_data_uri;
use http::StatusCode;

use crate::listen::RawReply;

/// What a page says.
#[derive(Default)]
pub(super) struct PageText {
    pub(super) title: String,
    pub(super) lines: Vec<String>,
    pub(super) buttons: Vec<Button>,
    /// The wallet that stands in the field for one, where the page has such a field.
    pub(super) wallet: Option<String>,
    /// What a QR code on the page says.
    pub(super) qr_code: Option<String>,
    /// Where the user came from.
    pub(super) way_back: Option<String>,
    /// Why the last button did nothing.
    pub(super) notice: Option<Notice>,
}

/// Why the last button did nothing.
pub(super) struct Notice(pub(super) String);

/// A button.
pub(super) struct Button {
    pub(super) action: &'static str,
    pub(super) text: &'static str,
    pub(super) is_main: bool,
}

impl PageText {
    pub(super) fn plain(title: &str, line: &str) -> Self {
        Self { title: title.to_owned(), lines: vec![line.to_owned()], ..Self::default() }
    }
}

/// What a browser sends when a button is pressed.
#[derive(Default)]
pub(super) struct Form {
    pub(super) action: String,
    pub(super) wallet: Option<String>,
}

impl Form {
    /// Reads `application/x-www-form-urlencoded`; what is not understood is left out.
    pub(super) fn read(body: &Bytes) -> Self {
        let mut form = Self::default();
        let text = String::from_utf8_lossy(body);
        for (name, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
            let value = decoded(value);
            match name {
                "action" => form.action = value,
                "wallet" if !value.is_empty() => form.wallet = Some(value),
                _ => {}
            }
        }
        form
    }
}

fn decoded(value: &str) -> String {
    let spaced = value.replace('+', " ");
    let mut bytes = Vec::with_capacity(spaced.len());
    let mut rest = spaced.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = (*first == b'%').then(|| after.get(..2)).flatten();
        let byte = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match byte {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An amount as people write it: `HKD 100.00`.
pub(super) fn amount_text(money: Money) -> String {
    let decimals = usize::from(money.currency.decimals());
    let digits = format!("{:0>width$}", money.amount_minor, width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let point = if decimals > 0 { "." } else { "" };
    format!("{} {whole}{point}{part}", money.currency)
}

const STYLE: &str = "body{font:17px/1.5 system-ui,sans-serif;margin:0;background:#f3f4f2;color:#1b1f1d}\
main{max-width:26rem;margin:8vh auto;padding:2rem;background:#fff;border-radius:14px;box-shadow:0 1px 4px #0002}\
h1{font-size:2rem;margin:0 0 .5rem}p{margin:.4rem 0}img{display:block;margin:1.2rem auto;width:12rem}\
button,a.back{display:block;width:100%;box-sizing:border-box;padding:.8rem;margin:.6rem 0;font:inherit;border-radius:10px;\
border:1px solid #b9c1bd;background:#fff;color:inherit;text-align:center;text-decoration:none;cursor:pointer}\
button.main{background:#0b6b4f;border-color:#0b6b4f;color:#fff;font-weight:600}\
input{width:100%;box-sizing:border-box;font:inherit;padding:.6rem;border:1px solid #b9c1bd;border-radius:8px}\
.notice{background:#fdecea;border-radius:8px;padding:.6rem .8rem}small{color:#5c6560}";

/// The page as an answer.
pub(super) fn html(status: StatusCode, text: &PageText) -> RawReply {
    let title = escape(&text.title);
    let lines: String = text.lines.iter().map(|line| format!("<p>{}</p>\n", escape(line))).collect();
    let notice = text.notice.as_ref().map_or_else(String::new, |notice| {
        format!("<p class=\"notice\" role=\"alert\">{}</p>\n", escape(&notice.0))
    });
    let body = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <style>{STYLE}</style></head>\n<body>\n<main>\n<h1>{title}</h1>\n{lines}{notice}{}{}{}</main>\n</body>\n</html>\n",
        qr_image(text),
        form(text),
        way_back(text),
    );
    RawReply::new(status, body)
        .with_text("content-type", "text/html; charset=utf-8")
        .with_text(
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
        )
        .with_text("referrer-policy", "no-referrer")
        .with_text("x-content-type-options", "nosniff")
        .with_text("cache-control", "no-store")
}

/// Sends the browser on, with GET. An address with characters that no header takes was checked when it was given to us;
/// should one get here all the same, the page says so.
pub(super) fn see_other(address: &str) -> RawReply {
    match http::HeaderValue::from_str(address) {
        Ok(value) => RawReply::new(StatusCode::SEE_OTHER, Bytes::new())
            .with_header(http::header::LOCATION, value)
            .with_text("cache-control", "no-store"),
        Err(_) => html(StatusCode::OK, &PageText::plain("Done", "You can close this page.")),
    }
}

fn qr_image(text: &PageText) -> String {
    let picture = text.qr_code.as_deref().and_then(|address| png_data_uri(address).ok());
    picture.map_or_else(String::new, |uri| format!("<img src=\"{uri}\" alt=\"QR code of this payment\">\n"))
}

fn form(text: &PageText) -> String {
    if text.buttons.is_empty() {
        return String::new();
    }
    let wallet = text.wallet.as_ref().map_or_else(String::new, |wallet| {
        format!("<label>Wallet <input name=\"wallet\" value=\"{}\"></label>\n", escape(wallet))
    });
    let button = |button: &Button| {
        let class = if button.is_main { " class=\"main\"" } else { "" };
        format!("<button name=\"action\" value=\"{}\"{class}>{}</button>\n", button.action, button.text)
    };
    let buttons: String = text.buttons.iter().map(button).collect();
    format!(
        "<form method=\"post\">\n{wallet}{buttons}</form>\n<p><small>Sandbox: you play the user. No money moves.</small></p>\n"
    )
}

/// The way back to the merchant, once there is nothing left to do here. Only web addresses become links.
fn way_back(text: &PageText) -> String {
    let is_web = |address: &&String| address.starts_with("https://") || address.starts_with("http://");
    text.way_back.as_ref().filter(is_web).map_or_else(String::new, |address| {
        format!("<a class=\"back\" rel=\"noreferrer\" href=\"{}\">Back to the shop</a>\n", escape(address))
    })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use farthing_core::money::Currency;

    use super::*;

    fn body_of(text: &PageText) -> String {
        String::from_utf8(html(StatusCode::OK, text).body.to_vec()).unwrap()
    }

    /// What stands in an id, a name or an address must not become part of the page.
    #[test]
    fn texts_are_escaped() {
        let evil = "\"><script>alert('1')</script>&";
        let text = PageText {
            title: evil.to_owned(),
            lines: vec![evil.to_owned()],
            buttons: vec![Button { action: "approve", text: "Pay", is_main: true }],
            wallet: Some(evil.to_owned()),
            way_back: Some(format!("https://shop.example/{evil}")),
            notice: Some(Notice(evil.to_owned())),
            qr_code: Some(evil.to_owned()),
        };
        let body = body_of(&text);
        assert!(!body.contains("<script") && !body.contains("('1')"), "{body}");
        assert!(body.contains("&lt;script&gt;alert(&#39;1&#39;)"));
    }

    /// Proves that a link back is only ever one to the web.
    #[test]
    fn only_web_addresses_become_links() {
        let with = |address: &str| {
            body_of(&PageText { way_back: Some(address.to_owned()), ..PageText::plain("t", "l") })
        };
        assert!(with("https://shop.example/").contains("href=\"https://shop.example/\""));
        assert!(!with("javascript:alert(1)").contains("href"));
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        let text = |minor, code| amount_text(Money::new(minor, Currency::parse(code).unwrap()));
        assert_eq!(text(10_000, "HKD"), "HKD 100.00");
        assert_eq!(text(7, "HKD"), "HKD 0.07");
        assert_eq!(text(1_500, "JPY"), "JPY 1500");
        assert_eq!(text(1_500, "KWD"), "KWD 1.500");
    }

    #[test]
    fn a_form_is_read_and_what_is_not_understood_left_out() {
        let form = Form::read(&Bytes::from_static(b"action=approve&wallet=W%2D1+x%zz&more=1&lost"));
        assert_eq!((form.action.as_str(), form.wallet.as_deref()), ("approve", Some("W-1 x%zz")));
        let empty = Form::read(&Bytes::from_static(b"wallet=&\xff=\xff"));
        assert_eq!((empty.action.as_str(), empty.wallet), ("", None));
    }
}
