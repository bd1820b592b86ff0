"""AlphaPay and AlipayHK, for which no SDK can be had: the examples are a second implementation of their signatures.

They are written from the published descriptions, and share nothing with the gateway but `docs/vectors`.
"""

import base64
import json
import sys
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Iterator
from urllib.parse import urlsplit

from com.alipay.ams.api.tools import signature_tool
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from shop import Shop, money_of
from story import Wrong, expect, story

ROOT = Path(__file__).resolve().parents[4]
VECTORS = ROOT / "docs" / "vectors"

sys.path.insert(0, str(ROOT / "examples" / "python"))

import alipayhk  # noqa: E402
import alphapay  # noqa: E402


def vectors(dialect: str) -> Iterator[dict]:
    """The published messages of a dialect."""
    yield from json.loads((VECTORS / f"{dialect}.json").read_text(encoding="utf-8"))["vectors"]


def private_key(vector: dict):
    """The key that signed it."""
    return load_pem_private_key((VECTORS / "keys" / f"{vector['key']}.private.pem").read_bytes(), password=None)


def public_key(vector: dict):
    """The other half."""
    return load_pem_public_key((VECTORS / "keys" / f"{vector['key']}.public.pem").read_bytes())


def path_with_query(target: str) -> str:
    """What is signed of a path or an address."""
    parts = urlsplit(target)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def refuses(what: str, check) -> None:
    """Fails unless a check finds that a signature is not that of the message."""
    try:
        check()
    except (InvalidSignature, ValueError):
        return
    raise Wrong(f"{what} was taken for genuine")


@story
def the_sdk_signs_the_published_messages_of_antom_alike(_shop: Shop) -> None:
    """Proves: ANTOM-FACTS §1.4; docs/vectors/antom.json and alipay.json with the vendor's own signature tool."""
    for vector in [*vectors("antom"), *vectors("alipay")]:
        der = private_key(vector).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        message = (
            "POST",
            path_with_query(vector["target"]),
            vector["client_id"],
            vector["time"],
            vector["content"],
            base64.b64encode(der).decode(),
        )
        header = {name.lower(): value for name, value in vector["headers"]}["signature"]
        expect(vector["name"], signature_tool.sign(*message), header.partition("signature=")[2])


@story
def another_implementation_signs_the_published_messages_of_alphapay_alike(_shop: Shop) -> None:
    """Proves: ALPHAPAY-FACTS §3.2, §3.3, §3.6; docs/vectors/alphapay.json."""
    for vector in vectors("alphapay"):
        path = path_with_query(vector["target"])
        body = vector["content"].encode()
        message = alphapay.bytes_to_sign(path, vector["client_id"], vector["time"], vector["nonce"], body)
        expect(f"what is signed of {vector['name']}", message, base64.b64decode(vector["signed_bytes_base64"]))
        header = dict(vector["headers"])["Signature"]
        expect(vector["name"], alphapay.sign(private_key(vector), message), header)
        key = public_key(vector)
        alphapay.verify(key, header, message)
        refuses(f"an altered {vector['name']}", lambda: alphapay.verify(key, header, message + b" "))


@story
def another_implementation_signs_the_published_messages_of_alipayhk_alike(_shop: Shop) -> None:
    """Proves: ALIPAYHK-FACTS §3, the exact text of the member, over SHA-1 and SHA-256; docs/vectors/alipayhk.json."""
    for vector in vectors("alipayhk"):
        envelope = vector["message"].encode()
        member = next(iter(alipayhk.members_of(vector["message"])))
        expect(f"the text of {vector['name']}", alipayhk.members_of(vector["message"])[member], vector["content"])
        sealed = alipayhk.seal(private_key(vector), member, vector["content"], vector["hash"])
        expect(vector["name"], sealed, envelope)
        key = public_key(vector)
        alipayhk.unseal(key, member, envelope, vector["hash"])
        altered = envelope.replace(b'"version":"2', b'"version":"3').replace(b'"version": "2', b'"version": "3')
        expect(f"{vector['name']} can be altered", altered == envelope, False)
        refuses(f"an altered {vector['name']}", lambda: alipayhk.unseal(key, member, altered, vector["hash"]))


def profile_of(shop: Shop, dialect: str) -> dict:
    """What the gateway wrote for the clients of a dialect."""
    return json.loads(shop.profile_path.with_name(f"{dialect}.json").read_text(encoding="utf-8"))


@story
def alphapay_refuses_what_others_signed_what_is_old_and_what_was_said_before(shop: Shop) -> None:
    """Proves: ALPHAPAY-FACTS §3.5 and §12.4, in answers that a second implementation verifies."""
    client = alphapay.Client(profile_of(shop, "alphapay"))
    request = {"paymentId": "2506031505244756658153857"}

    def code(**how) -> str:
        result = client.call("inquiryPayment", request, **how)["result"]
        return f"{result['resultStatus']} {result['resultCode']}"

    nonce = uuid.uuid4().hex
    expect("an unknown payment", code(nonce=nonce), "F ORDER_NOT_EXIST")
    expect("the same nonce again", code(nonce=nonce), "F NONCE_REPEATED")
    old = (datetime.now(timezone.utc) - timedelta(minutes=6)).isoformat(timespec="seconds")
    expect("a request of six minutes ago", code(time=old), "F REQUEST_EXPIRED")
    client.key = private_key({"key": "merchant"})
    expect("a request that others signed", code(), "F INVALID_SIGNATURE")


@story
def alipayhk_answers_the_text_that_was_signed_and_no_other(shop: Shop) -> None:
    """Proves: ALIPAYHK-FACTS §3, blanks are signed, signType RSA2 is SHA-256; §4.3 INVALID_SIGNATURE."""
    profile = profile_of(shop, "alipayhk")
    client = alipayhk.Client(profile)
    function = "alipay.intl.acquiring.common.payQuery"
    body = {"merchantId": profile["merchantId"], "merchantTransId": 'nobody, "signature":"x"} 燒賣'}

    def ask(content: str, hash_name: str, alter=lambda envelope: envelope) -> str:
        answer = client.post(alipayhk.PATHS[function], alter(alipayhk.seal(client.key, "request", content, hash_name)))
        result = alipayhk.unseal(client.wallet_key, "response", answer, hash_name)["body"]["resultInfo"]
        return f"{result['resultStatus']} {result['resultCode']} {result['resultCodeId']}"

    spread = json.dumps({"head": client.head(function), "body": body}, ensure_ascii=False, indent=3)
    expect("a request in many lines", ask(spread, client.hash_name), "F ORDER_NOT_EXIST 12005004")
    stronger = json.dumps({"head": {**client.head(function), "signType": "RSA2"}, "body": body})
    expect("a request over SHA-256", ask(stronger, "sha256"), "F ORDER_NOT_EXIST 12005004")
    altered = ask(spread, client.hash_name, lambda envelope: envelope.replace("燒賣".encode(), "燒味".encode()))
    expect("an altered request", altered.split()[:2], ["F", "INVALID_SIGNATURE"])


@story
def a_payment_is_the_same_in_every_language(shop: Shop) -> None:
    """Proves that a merchant has one payment, whichever client asks: paid in AlipayHK, refunded with the SDK."""
    hk_shop = alipayhk.Shop(profile_of(shop, "alipayhk"))
    paid = hk_shop.pay("pay", "1234")
    found = shop.inquire(payment_id=paid["acquirementId"])
    expect("in Antom", (found.payment_status.value, money_of(found.payment_amount)), ("SUCCESS", "1234 HKD"))
    expect("its request id", found.payment_request_id, paid["merchantTransId"])
    legacy = shop.in_dialect("alipay").inquire(request_id=paid["merchantTransId"])
    expect("in the legacy edition", legacy.payment_id, paid["acquirementId"])
    expect("refund in Antom", shop.refund(paid["acquirementId"], "1234").result.result_code, "SUCCESS")
    alpha = alphapay.Client(profile_of(shop, "alphapay")).call("inquiryPayment", {"paymentId": paid["acquirementId"]})
    expect("in AlphaPay", alpha["paymentStatus"], "FULL_REFUND")
