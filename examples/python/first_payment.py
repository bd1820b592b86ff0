#!/usr/bin/env python3
"""A first payment with the vendor's own Python SDK, unmodified, against a running `farthing dev`.

    python3 examples/python/first_payment.py ./farthing-data/dev/antom.json

It pays, inquires, refunds a part, inquires again, and cancels another payment. README.md beside this file says
how to prepare it. Exit codes: 0 everything went as it should, 1 something did not, 2 wrong usage.
"""

import json
import os
import socket
import sys
import uuid
from pathlib import Path
from urllib.parse import urlparse

HERE = Path(__file__).resolve().parent
TIMEOUT_S = 5
# `make run` and `make test` install the SDK here, so that this file works without any preparation of its own.
PREPARED_PYTHON = HERE.parent.parent / "target" / ".venv-sdk-1.7.1" / "bin" / "python"


def stop(*lines: str) -> None:
    """Ends with exit code 1 and says what is wrong and what to do."""
    print("\n" + "\n".join(lines), file=sys.stderr)
    raise SystemExit(1)


try:
    from com.alipay.ams.api._version import USER_AGENT
    from com.alipay.ams.api.default_alipay_client import DefaultAlipayClient
    from com.alipay.ams.api.exception.exception import AlipayApiException
    from com.alipay.ams.api.model.amount import Amount
    from com.alipay.ams.api.model.order import Order
    from com.alipay.ams.api.model.payment_method import PaymentMethod
    from com.alipay.ams.api.model.product_code_type import ProductCodeType
    from com.alipay.ams.api.model.result_status_type import ResultStatusType
    from com.alipay.ams.api.request.pay.alipay_pay_cancel_request import AlipayPayCancelRequest
    from com.alipay.ams.api.request.pay.alipay_pay_query_request import AlipayPayQueryRequest
    from com.alipay.ams.api.request.pay.alipay_pay_request import AlipayPayRequest
    from com.alipay.ams.api.request.pay.alipay_refund_request import AlipayRefundRequest
    from com.alipay.ams.api.response.pay.alipay_pay_cancel_response import AlipayPayCancelResponse
    from com.alipay.ams.api.response.pay.alipay_pay_query_response import AlipayPayQueryResponse
    from com.alipay.ams.api.response.pay.alipay_pay_response import AlipayPayResponse
    from com.alipay.ams.api.response.pay.alipay_refund_response import AlipayRefundResponse
except ImportError as missing:
    if PREPARED_PYTHON.exists() and Path(sys.prefix) != PREPARED_PYTHON.parent.parent:
        os.execv(PREPARED_PYTHON, [str(PREPARED_PYTHON), *sys.argv])
    stop(
        f"The SDK is not installed for {sys.executable} ({missing}). Install it and start again:",
        "  python3 -m venv .venv",
        f"  .venv/bin/pip install -r {os.path.relpath(HERE / 'requirements.txt')}",
        f"  .venv/bin/python {' '.join(sys.argv)}",
    )


def read_profile(path: Path) -> dict:
    """Reads what `farthing dev` wrote for SDKs, and trusts the local authority beside it."""
    try:
        profile = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        stop(
            f"{path} cannot be read: {error}.",
            "`farthing dev --data DIR` writes it to DIR/dev/antom.json; start that first.",
        )
    # OpenSSL reads this variable when a connection is made. This program speaks to this gateway and to nobody else,
    # so a value that is set already, for other programs, is not wanted here.
    os.environ["SSL_CERT_FILE"] = str(path.resolve().parent / "ca.pem")
    return profile


def require_port_443(profile: dict, path: Path) -> None:
    """Stops unless https is served on 443: this SDK connects to that port whatever the URL says."""
    url = urlparse(profile["tlsUrl"])
    data = path.resolve().parent.parent
    how = [
        "Start the gateway like this (when it runs already, stop it first):",
        f"  farthing dev --data {os.path.relpath(data)} --tls-listen 127.0.0.1:443",
        "Port 443 needs root, or once:",
        "  sudo setcap cap_net_bind_service=+ep \"$(command -v farthing)\"",
    ]
    if (url.port or 443) != 443:
        stop(f"The SDK connects to port 443 only, and the gateway serves https at {profile['tlsUrl']}.", *how)
    try:
        socket.create_connection((url.hostname, 443), TIMEOUT_S).close()
    except OSError as error:
        stop(f"Nobody answers at {url.hostname}:443 ({error}).", *how)


class Shop:
    """A merchant who takes payments with the SDK."""

    def __init__(self, profile: dict):
        self.profile = profile
        self.client = DefaultAlipayClient(
            profile["tlsUrl"],
            profile["clientId"],
            profile["merchantPrivateKey"],
            profile["gatewayPublicKey"],
        )

    def amount(self, value: str) -> Amount:
        """An amount in the smallest unit of the profile's currency."""
        return Amount(self.profile["currency"], value)

    def execute(self, title: str, request, response_class):
        """Sends a request, prints the result, and stops unless it is S. The SDK verifies the signature."""
        try:
            response = response_class(self.client.execute(request))
        except AlipayApiException as error:
            stop(f"{title} failed: {error}", *certificate_hint(error))
        result = response.result
        print(f"{title:<28} {result.result_status.value}  {result.result_code}")
        if result.result_status != ResultStatusType.S:
            stop(f"{title} was not done: {result.result_message}")
        return response

    def pay(self, title: str, value: str) -> AlipayPayResponse:
        """An Auto Debit payment from the demo wallet, which has agreed already."""
        request = AlipayPayRequest()
        request.product_code = ProductCodeType.AGREEMENT_PAYMENT
        request.payment_request_id = f"python-{uuid.uuid4().hex}"
        request.payment_amount = self.amount(value)
        request.payment_method = PaymentMethod()
        request.payment_method.payment_method_type = self.profile["paymentMethodType"]
        request.payment_method.payment_method_id = self.profile["accessToken"]
        request.order = Order()
        request.order.reference_order_id = "order-1"
        request.order.order_description = "A first payment from Python"
        request.order.order_amount = self.amount(value)
        paid = self.execute(title, request, AlipayPayResponse)
        tell("payment", paid.payment_id)
        tell("paid at", paid.payment_time)
        return paid

    def inquire(self, title: str, payment_id: str) -> AlipayPayQueryResponse:
        """Asks what became of a payment."""
        request = AlipayPayQueryRequest()
        request.payment_id = payment_id
        found = self.execute(title, request, AlipayPayQueryResponse)
        tell("status", found.payment_status.value)
        tell("amount", money(found.payment_amount))
        for transaction in found.transactions or []:
            told = f"{transaction.transaction_status.value}, {money(transaction.transaction_amount)}"
            tell(transaction.transaction_type.value.lower(), told)
        return found

    def refund(self, title: str, payment_id: str, value: str) -> AlipayRefundResponse:
        """Gives a part of a payment back."""
        request = AlipayRefundRequest()
        request.refund_request_id = f"python-{uuid.uuid4().hex}"
        request.payment_id = payment_id
        request.refund_amount = self.amount(value)
        refunded = self.execute(title, request, AlipayRefundResponse)
        tell("refund", refunded.refund_id)
        return refunded

    def cancel(self, title: str, payment_id: str) -> AlipayPayCancelResponse:
        """Takes a payment back as a whole."""
        request = AlipayPayCancelRequest()
        request.payment_id = payment_id
        cancelled = self.execute(title, request, AlipayPayCancelResponse)
        tell("cancelled at", cancelled.cancel_time)
        return cancelled


def tell(name: str, value: str) -> None:
    """Prints one fact of an answer."""
    print(f"    {name:<14} {value}")


def money(amount: Amount) -> str:
    """An amount as the wire has it."""
    return f"{amount.value} {amount.currency} (smallest unit)"


def certificate_hint(error: Exception) -> list[str]:
    """What to do when the certificate of the gateway is not trusted."""
    if "CERTIFICATE_VERIFY_FAILED" not in str(error):
        return []
    return [
        f"{os.environ['SSL_CERT_FILE']} does not belong to the gateway that answers there.",
        "Give this program the antom.json of the gateway that runs on port 443.",
    ]


def main() -> int:
    """Makes the payments."""
    if len(sys.argv) != 2:
        print("usage: first_payment.py PATH_TO_antom.json   (farthing dev writes DIR/dev/antom.json)", file=sys.stderr)
        return 2
    path = Path(sys.argv[1])
    profile = read_profile(path)
    require_port_443(profile, path)
    print(f"{profile['clientId']} speaks to {profile['tlsUrl']} with {USER_AGENT}\n", flush=True)
    shop = Shop(profile)
    paid = shop.pay("pay", "1234")
    shop.inquire("inquire", paid.payment_id)
    shop.refund("refund a part", paid.payment_id, "234")
    shop.inquire("inquire again", paid.payment_id)
    other = shop.pay("pay another", "500")
    shop.cancel("cancel it", other.payment_id)
    shop.inquire("inquire it", other.payment_id)
    print("\nEvery answer was signed by the gateway, and the SDK verified each signature.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
