#!/usr/bin/env python3
"""A first payment in AlipayHK's functions against a running `farthing dev`, with nothing but `cryptography`.

    python3 examples/python/alipayhk.py ./farthing-data/dev/alipayhk.json

It debits a user who has agreed, hears the notification, inquires, refunds a part, asks what became of the refund by
repeating it, and cancels another payment. Every answer and the notification are verified, and the notification is
acknowledged with a signature. A merchant's own program can begin as a copy of this file. Exit codes: 0 everything
went as it should, 1 something did not, 2 wrong usage.
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
VERSION = "2.0.0"
HASHES = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}

# Not every path is its function's name: a refund has one of its own.
PATHS = {
    "alipay.intl.acquiring.agreement.pay": "/api/alipay/intl/acquiring/agreement/pay.htm",
    "alipay.intl.acquiring.common.payQuery": "/api/alipay/intl/acquiring/common/payquery.htm",
    "alipay.intl.acquiring.common.payCancel": "/api/alipay/intl/acquiring/common/paycancel.htm",
    "alipay.intl.acquiring.common.refund": "/api/alipay/intl/acquiring/common/grefund.htm",
}


# The signature scheme: the exact text of the member `request` or `response` is signed, as it stands between its braces.


def seal(key: rsa.RSAPrivateKey, member: str, content: str, hash_name: str) -> bytes:
    """The envelope around a text: the text as it is, and its signature."""
    signature = key.sign(content.encode(), padding.PKCS1v15(), HASHES[hash_name])
    return f'{{"{member}":{content},"signature":"{base64.b64encode(signature).decode()}"}}'.encode()


def members_of(envelope: str) -> dict[str, str]:
    """The members of an object with their texts exactly as they stand. Raises ValueError for anything but an object.

    Searching for `"signature"` would be wrong: the word may stand inside a text.
    """
    decoder = json.JSONDecoder()
    members: dict[str, str] = {}
    place = skip(envelope, 0, "{")
    while envelope[place : place + 1] != "}":
        if members:
            place = skip(envelope, place, ",")
        name, place = decoder.raw_decode(envelope, place)
        start = skip(envelope, blank_end(envelope, place), ":")
        _value, end = decoder.raw_decode(envelope, start)
        if name in members:
            raise ValueError(f"two members are named {name!r}")
        members[name] = envelope[start:end]
        place = blank_end(envelope, end)
    if blank_end(envelope, place + 1) != len(envelope):
        raise ValueError("something stands behind the object")
    return members


def skip(text: str, place: int, letter: str) -> int:
    """The place behind this letter and the blanks around it. Raises ValueError when another one stands there."""
    place = blank_end(text, place)
    if text[place : place + 1] != letter:
        raise ValueError(f"{letter!r} should stand at {place}")
    return blank_end(text, place + 1)


def blank_end(text: str, place: int) -> int:
    """The next place that is not blank."""
    while text[place : place + 1] in (" ", "\t", "\r", "\n"):
        place += 1
    return place


def unseal(key: rsa.RSAPublicKey, member: str, envelope: bytes, hash_name: str) -> dict:
    """What an envelope says. Raises InvalidSignature unless its sender has signed exactly that, and ValueError."""
    members = members_of(envelope.decode())
    text = members[member]
    try:
        signature = base64.b64decode(json.loads(members["signature"]), validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidSignature(f"the signature is no base64: {error}") from error
    key.verify(signature, text.encode(), padding.PKCS1v15(), HASHES[hash_name])
    return json.loads(text)


def now() -> str:
    """The time as a head has it."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


class Client:
    """Speaks to the wallet as one merchant."""

    def __init__(self, profile: dict):
        self.url = profile["apiUrl"]
        self.client_id = profile["clientId"]
        self.hash_name = profile["signAlgorithm"]
        self.key = load_der_private_key(base64.b64decode(profile["merchantPrivateKey"]), password=None)
        self.wallet_key = load_der_public_key(base64.b64decode(profile["gatewayPublicKey"]))

    def head(self, function: str, access_token: str | None = None) -> dict:
        """The head of a request. Its message id is new for each sending and says nothing about repeats."""
        head = {
            "version": VERSION,
            "function": function,
            "clientId": self.client_id,
            "reqTime": now(),
            "reqMsgId": uuid.uuid4().hex,
        }
        token = {"accessToken": access_token} if access_token else {}
        return {**head, **token, "reserve": "{}"}

    def call(self, function: str, body: dict, access_token: str | None = None) -> dict:
        """One call; returns the body of the answer. Raises InvalidSignature for an answer of others."""
        content = json.dumps({"head": self.head(function, access_token), "body": body}, ensure_ascii=False)
        answer = self.post(PATHS[function], seal(self.key, "request", content, self.hash_name))
        return unseal(self.wallet_key, "response", answer, self.hash_name)["body"]

    def post(self, path: str, envelope: bytes) -> bytes:
        """Sends an envelope and returns that of the answer."""
        headers = {"Content-Type": "application/json; charset=UTF-8"}
        sent = urllib.request.Request(self.url + path, data=envelope, headers=headers, method="POST")
        with urllib.request.urlopen(sent, timeout=TIMEOUT_S) as answer:
            return answer.read()

    def acknowledge(self, head: dict) -> bytes:
        """The answer to a notification that was heard."""
        echoed = {name: head[name] for name in ("version", "function", "clientId", "reqMsgId")}
        result = {"resultCode": "SUCCESS", "resultCodeId": "00000000", "resultStatus": "S", "resultMsg": "Success"}
        content = {"head": {**echoed, "respTime": now(), "reserve": "{}"}, "body": {"resultInfo": result}}
        return seal(self.key, "response", json.dumps(content), self.hash_name)


class Notifications:
    """The merchant's endpoint for notifications; listens while a `with` block lasts."""

    def __init__(self, client: Client):
        heard: queue.Queue[dict] = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            """Acknowledges what is genuine, and nothing else."""

            def do_POST(self) -> None:
                """One notification."""
                envelope = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                try:
                    told = unseal(client.wallet_key, "request", envelope, client.hash_name)
                except (InvalidSignature, ValueError, KeyError):
                    self.send_error(401)
                    return
                heard.put(told)
                answer = client.acknowledge(told["head"])
                self.send_response(200)
                self.send_header("Content-Type", "application/json; charset=UTF-8")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

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
        """The next genuine notification, head and body. Raises queue.Empty when none comes in time."""
        return self._heard.get(timeout=NOTIFICATION_WAIT_S)


def require_success(title: str, body: dict) -> dict:
    """Prints a result, and stops unless it is a success."""
    result = body["resultInfo"]
    print(f"{title:<28} {result['resultStatus']}  {result['resultCode']} {result['resultCodeId']}", flush=True)
    if result["resultCode"] != "SUCCESS":
        raise SystemExit(f"\n{title} was not done: {result.get('resultMsg', 'the wallet does not say why')}")
    return body


def tell(name: str, value: str) -> None:
    """Prints one fact of an answer."""
    print(f"    {name:<14} {value}", flush=True)


class Shop:
    """A merchant whose user has agreed to debits."""

    def __init__(self, profile: dict):
        self.client = Client(profile)
        self.profile = profile

    def money(self, value: str) -> dict:
        """An amount in the smallest unit."""
        return {"currency": self.profile["currency"], "value": value}

    def pay(self, title: str, value: str, notify_url: str | None = None) -> dict:
        """Debits the user; `merchantTransId` is the merchant's own id, and repeating it never debits twice."""
        body = {
            "merchantId": self.profile["merchantId"],
            "productCode": "AUTO_DEBIT",
            "merchantTransId": uuid.uuid4().hex,
            "order": {"orderAmount": self.money(value), "orderTitle": "A first payment, 燒賣"},
            **({"notify_url": notify_url} if notify_url else {}),
        }
        token = self.profile["accessToken"]
        paid = require_success(title, self.client.call("alipay.intl.acquiring.agreement.pay", body, token))
        tell("payment", paid["acquirementId"])
        return paid

    def inquire(self, title: str, acquirement_id: str) -> dict:
        """Asks what became of a payment. `resultInfo` tells of the call, `payStatus` of the payment."""
        body = {"merchantId": self.profile["merchantId"], "acquirementId": acquirement_id}
        found = require_success(title, self.client.call("alipay.intl.acquiring.common.payQuery", body))
        tell("status", found["payment"]["payStatus"])
        return found

    def refund(self, title: str, acquirement_id: str, value: str, refund_id: str) -> dict:
        """Gives a part back. Sent again with the same id it tells the state of that refund, and gives nothing more."""
        body = {
            "merchantId": self.profile["merchantId"],
            "acquirementId": acquirement_id,
            "merchantRefundId": refund_id,
            "refundAmount": self.money(value),
        }
        refunded = require_success(title, self.client.call("alipay.intl.acquiring.common.refund", body))
        tell("refund", refunded["refundId"])
        return refunded

    def cancel(self, title: str, acquirement_id: str) -> dict:
        """Takes a payment back as a whole."""
        body = {"merchantId": self.profile["merchantId"], "acquirementId": acquirement_id}
        return require_success(title, self.client.call("alipay.intl.acquiring.common.payCancel", body))


def main() -> int:
    """Makes the payments."""
    if len(sys.argv) != 2:
        print("usage: alipayhk.py PATH_TO_alipayhk.json   (farthing dev writes DIR/dev/alipayhk.json)", file=sys.stderr)
        return 2
    shop = Shop(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    print(f"{shop.client.client_id} speaks AlipayHK to {shop.client.url}, {shop.client.hash_name}\n", flush=True)
    with Notifications(shop.client) as notifications:
        paid = shop.pay("pay", "1234", notifications.url("/paid?shop=7"))
        told = notifications.next()
    require_success("notification", told["body"])
    tell("payment", told["body"]["acquirementId"])
    shop.inquire("inquire", paid["acquirementId"])
    refund_id = uuid.uuid4().hex
    shop.refund("refund a part", paid["acquirementId"], "234", refund_id)
    shop.refund("ask for that refund", paid["acquirementId"], "234", refund_id)
    shop.inquire("inquire again", paid["acquirementId"])
    other = shop.pay("pay another", "500")
    shop.cancel("cancel it", other["acquirementId"])
    shop.inquire("inquire it", other["acquirementId"])
    print("\nEvery answer and the notification were signed by the gateway, and each signature was verified.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
