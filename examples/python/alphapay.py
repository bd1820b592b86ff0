#!/usr/bin/env python3
"""A first payment in AlphaPay v2.0 against a running `farthing dev`, with nothing but the `cryptography` package.

    python3 examples/python/alphapay.py ./farthing-data/dev/alphapay.json

It asks for a payment, plays the payer on the payment's page, hears the notification, inquires, refunds a part and
inquires again. Every answer and the notification are verified. Nothing here knows Farthing but `play_the_payer`, so
a merchant's own program can begin as a copy of this file. Exit codes: 0 everything went as it should, 1 something
did not, 2 wrong usage.
"""

import base64
import json
import queue
import sys
import threading
import urllib.parse
import urllib.request
import uuid
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

TIMEOUT_S = 15
NOTIFICATION_WAIT_S = 20
KEY_VERSION = "1"
ACKNOWLEDGEMENT = b'{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}'


# The signature scheme. It is the same for requests, answers and notifications.


def bytes_to_sign(path: str, merchant_code: str, time: str, nonce: str, body: bytes) -> bytes:
    """What is signed. The body counts byte for byte as it is sent: it is never parsed and written again."""
    return f"POST {path}\n{merchant_code}.{time}.{nonce}.".encode() + body


def sign(key: rsa.RSAPrivateKey, message: bytes) -> str:
    """The value of the header `Signature`."""
    signature = key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    value = urllib.parse.quote(base64.b64encode(signature), safe="")
    return f"algorithm=RS256,keyVersion={KEY_VERSION},signature={value}"


def verify(key: rsa.RSAPublicKey, header: str, message: bytes) -> None:
    """Raises InvalidSignature unless the header's signature is that of the message."""
    items = dict(item.strip().partition("=")[::2] for item in header.split(","))
    value = urllib.parse.unquote(items.get("signature", ""))
    try:
        signature = base64.b64decode(value, validate=True)
    except ValueError as error:
        raise InvalidSignature(f"the signature is no base64: {error}") from error
    key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())


class Client:
    """Speaks to the platform as one merchant."""

    def __init__(self, profile: dict):
        self.url = profile["apiUrl"]
        self.merchant_code = profile["merchantCode"]
        self.key = load_der_private_key(base64.b64decode(profile["merchantPrivateKey"]), password=None)
        self.platform_key = load_der_public_key(base64.b64decode(profile["gatewayPublicKey"]))

    def call(self, operation: str, request: dict, time: str | None = None, nonce: str | None = None) -> dict:
        """One call; every call has a time and a nonce of its own. Raises InvalidSignature for an answer of others."""
        path = f"/api/v2.0/payments/{operation}"
        time = time or datetime.now(timezone.utc).isoformat(timespec="seconds")
        nonce = nonce or uuid.uuid4().hex
        body = json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Merchant-Code": self.merchant_code,
            "Request-Time": time,
            "Nonce": nonce,
            "Signature": sign(self.key, bytes_to_sign(path, self.merchant_code, time, nonce, body)),
            "Content-Type": "application/json; charset=UTF-8",
            "Accept": "application/json",
        }
        sent = urllib.request.Request(self.url + path, data=body, headers=headers, method="POST")
        with urllib.request.urlopen(sent, timeout=TIMEOUT_S) as answer:
            text = answer.read()
            self.verify_message(path, answer.headers, answer.headers.get("Response-Time", ""), text)
        return json.loads(text)

    def verify_message(self, path: str, headers, time: str, body: bytes) -> None:
        """Raises InvalidSignature unless the platform has signed this. The path of a notification has its query."""
        message = bytes_to_sign(path, self.merchant_code, time, headers.get("Nonce", ""), body)
        verify(self.platform_key, headers.get("Signature", ""), message)


class Notifications:
    """The merchant's endpoint for notifications; listens while a `with` block lasts."""

    def __init__(self, client: Client):
        heard: queue.Queue[dict] = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            """Acknowledges what is genuine, and nothing else."""

            def do_POST(self) -> None:
                """One notification."""
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                try:
                    client.verify_message(self.path, self.headers, self.headers.get("Request-Time", ""), body)
                except InvalidSignature:
                    self.send_error(401)
                    return
                heard.put(json.loads(body))
                self.send_response(200)
                self.send_header("Content-Type", "application/json; charset=UTF-8")
                self.send_header("Content-Length", str(len(ACKNOWLEDGEMENT)))
                self.end_headers()
                self.wfile.write(ACKNOWLEDGEMENT)

            def log_message(self, *_) -> None:
                """Says nothing: the steps below say what matters."""

        self._heard = heard
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> "Notifications":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str) -> str:
        """The address to ask notifications for."""
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def next(self) -> dict:
        """The next genuine notification. Raises queue.Empty when none comes in time."""
        return self._heard.get(timeout=NOTIFICATION_WAIT_S)


def play_the_payer(pay_url: str) -> None:
    """Pays on the payment's page, as only a sandbox lets a program do. A payer opens `payUrl` in a browser."""
    with urllib.request.urlopen(pay_url, data=b"action=approve", timeout=TIMEOUT_S):
        pass


def require(title: str, answer: dict, code: str) -> dict:
    """Prints a result, and stops unless it has this code."""
    result = answer["result"]
    print(f"{title:<28} {result['resultStatus']}  {result['resultCode']}", flush=True)
    if result["resultCode"] != code:
        raise SystemExit(f"\n{title} was not done: {result['resultMessage']}")
    return answer


def tell(name: str, value: str) -> None:
    """Prints one fact of an answer."""
    print(f"    {name:<14} {value}", flush=True)


def order_a_payment(client: Client, profile: dict, notify_url: str) -> dict:
    """Asks for a payment that is shown as a QR code; U says that it waits for its payer."""
    asked = {
        "scenarioCode": "ONLINE_QRCODE",
        "paymentRequestId": uuid.uuid4().hex,
        "order": {
            "orderAmount": {"value": "1234", "currency": profile["currency"]},
            "description": "A first payment, 一笔",
            "notifyUrl": notify_url,
        },
        "paymentMethod": {"paymentMethodType": profile["paymentMethodType"]},
    }
    waiting = require("pay", client.call("pay", asked), "PAYMENT_IN_PROCESS")
    tell("payment", waiting["paymentId"])
    tell("expires at", waiting["paymentExpireTime"])
    tell("QR code", waiting["paymentInfo"]["paymentUrl"])
    return waiting


def inquire(client: Client, title: str, payment_id: str) -> None:
    """Asks what became of a payment. `result` tells of the call, `paymentStatus` of the payment."""
    found = require(title, client.call("inquiryPayment", {"paymentId": payment_id}), "SUCCESS")
    tell("status", found["paymentStatus"])


def refund_a_part(client: Client, payment_id: str, value: str) -> None:
    """Gives a part of a payment back, and asks what became of that."""
    asked = {"paymentId": payment_id, "refundRequestId": uuid.uuid4().hex, "refund": {"refundAmount": {"value": value}}}
    refunded = require("refund a part", client.call("refund", asked), "SUCCESS")
    found = require("inquire the refund", client.call("inquiryRefund", {"refundId": refunded["refundId"]}), "SUCCESS")
    tell("refund status", found["refundStatus"])


def main() -> int:
    """Makes the payment."""
    if len(sys.argv) != 2:
        print("usage: alphapay.py PATH_TO_alphapay.json   (farthing dev writes DIR/dev/alphapay.json)", file=sys.stderr)
        return 2
    profile = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    client = Client(profile)
    print(f"{client.merchant_code} speaks AlphaPay v2.0 to {client.url}\n", flush=True)
    with Notifications(client) as notifications:
        waiting = order_a_payment(client, profile, notifications.url("/paid?shop=7"))
        inquire(client, "inquire", waiting["paymentId"])
        play_the_payer(waiting["paymentInfo"]["payUrl"])
        told = notifications.next()
    print("notification", flush=True)
    tell("payment", told["paymentId"])
    tell("status", told["paymentStatus"])
    inquire(client, "inquire the paid payment", waiting["paymentId"])
    refund_a_part(client, waiting["paymentId"], "234")
    inquire(client, "inquire again", waiting["paymentId"])
    print("\nEvery answer and the notification were signed by the gateway, and each signature was verified.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
