"""A merchant who speaks through the vendor's SDK and through nothing else."""

import json
import uuid
from pathlib import Path
from urllib.parse import parse_qs, urlparse

from com.alipay.ams.api.default_alipay_client import DefaultAlipayClient
from com.alipay.ams.api.model.amount import Amount
from com.alipay.ams.api.model.customer_belongs_to import CustomerBelongsTo
from com.alipay.ams.api.model.env import Env
from com.alipay.ams.api.model.grant_type import GrantType
from com.alipay.ams.api.model.order import Order
from com.alipay.ams.api.model.payment_method import PaymentMethod
from com.alipay.ams.api.model.product_code_type import ProductCodeType
from com.alipay.ams.api.model.scope_type import ScopeType
from com.alipay.ams.api.model.terminal_type import TerminalType
from com.alipay.ams.api.request.auth.alipay_auth_apply_token_request import AlipayAuthApplyTokenRequest
from com.alipay.ams.api.request.auth.alipay_auth_consult_request import AlipayAuthConsultRequest
from com.alipay.ams.api.request.auth.alipay_auth_revoke_token_request import AlipayAuthRevokeTokenRequest
from com.alipay.ams.api.request.pay.alipay_capture_request import AlipayCaptureRequest
from com.alipay.ams.api.request.pay.alipay_inquiry_refund_request import AlipayInquiryRefundRequest
from com.alipay.ams.api.request.pay.alipay_pay_cancel_request import AlipayPayCancelRequest
from com.alipay.ams.api.request.pay.alipay_pay_query_request import AlipayPayQueryRequest
from com.alipay.ams.api.request.pay.alipay_pay_request import AlipayPayRequest
from com.alipay.ams.api.request.pay.alipay_refund_request import AlipayRefundRequest
from com.alipay.ams.api.response.auth.alipay_auth_apply_token_response import AlipayAuthApplyTokenResponse
from com.alipay.ams.api.response.auth.alipay_auth_consult_response import AlipayAuthConsultResponse
from com.alipay.ams.api.response.auth.alipay_auth_revoke_token_response import AlipayAuthRevokeTokenResponse
from com.alipay.ams.api.response.pay.alipay_capture_response import AlipayCaptureResponse
from com.alipay.ams.api.response.pay.alipay_inquiry_refund_response import AlipayInquiryRefundResponse
from com.alipay.ams.api.response.pay.alipay_pay_cancel_response import AlipayPayCancelResponse
from com.alipay.ams.api.response.pay.alipay_pay_query_response import AlipayPayQueryResponse
from com.alipay.ams.api.response.pay.alipay_pay_response import AlipayPayResponse
from com.alipay.ams.api.response.pay.alipay_refund_response import AlipayRefundResponse

from admin import Admin
from story import expect
from typed import check_typed


class Shop:
    """The demo merchant with the SDK's client, and the operator beside it."""

    def __init__(self, profile: dict, profile_path: Path, admin: Admin):
        self.profile = profile
        self.profile_path = profile_path
        self.admin = admin
        self.client = self.client_with()
        self._last_exchange = ("", "")

    def in_dialect(self, dialect: str) -> "Shop":
        """The same merchant, speaking as another of its clients; that of the legacy edition speaks the same API."""
        path = self.profile_path.with_name(f"{dialect}.json")
        return Shop(json.loads(path.read_text(encoding="utf-8")), path, self.admin)

    def client_with(self, private_key: str | None = None, gateway_key: str | None = None, agent_token: str | None = None):
        """The SDK's own client, with other keys or an agent token where a story wants them."""
        return DefaultAlipayClient(
            self.profile["tlsUrl"],
            self.profile["clientId"],
            private_key or self.profile["merchantPrivateKey"],
            gateway_key or self.profile["gatewayPublicKey"],
            agent_token,
        )

    def send(self, request, response_class, client=None):
        """Sends a request, checks what every answer owes the SDK, and returns the typed answer.

        `execute` raises unless the answer has status 200, the three headers and a signature that verifies.
        """
        self._last_exchange = (f"{request.path}\n{request.to_ams_json()}", "no answer")
        body = (client or self.client).execute(request)
        self._last_exchange = (self._last_exchange[0], body)
        answer = response_class(body)
        check_typed(json.loads(body), answer)
        return answer

    def last_answer(self) -> str:
        """The body of the last answer, as it came over the wire."""
        return self._last_exchange[1]

    def print_last_exchange(self) -> None:
        """Shows what was said last, for a story that failed."""
        request, answer = self._last_exchange
        print(f"    last request: {request}\n    last answer: {answer}", flush=True)

    # What the merchant and the user have between them before any payment.

    def add_wallet(self, fund_minor: int) -> str:
        """A new user with a wallet of the demo's kind."""
        wallet_id = fresh("W")
        self.admin.add_wallet(wallet_id, self.profile["paymentMethodType"], self.profile["currency"], fund_minor)
        return wallet_id

    def consult(self, auth_state: str, notify_url: str | None = None) -> AlipayAuthConsultResponse:
        """Asks where to send a user who shall agree."""
        request = AlipayAuthConsultRequest()
        request.customer_belongs_to = CustomerBelongsTo.ALIPAY_HK
        request.auth_redirect_url = "https://shop.example/agreed?cart=7"
        request.scopes = [ScopeType.AGREEMENT_PAY]
        request.auth_state = auth_state
        request.terminal_type = TerminalType.WEB
        request.auth_notify_url = notify_url
        return self.send(request, AlipayAuthConsultResponse)

    def apply_token(self, auth_code: str) -> AlipayAuthApplyTokenResponse:
        """Exchanges the code that came back with the user."""
        request = AlipayAuthApplyTokenRequest()
        request.grant_type = GrantType.AUTHORIZATION_CODE
        request.customer_belongs_to = CustomerBelongsTo.ALIPAY_HK
        request.auth_code = auth_code
        return self.send(request, AlipayAuthApplyTokenResponse)

    def approve(self, consulted: AlipayAuthConsultResponse, wallet_id: str) -> dict[str, str]:
        """The user follows the link and agrees; returns the parameters that the browser brings back."""
        merchant_id, authorization_id = urlparse(consulted.normal_url).path.split("/")[-2:]
        approved = self.admin.approve(merchant_id, authorization_id, wallet_id)
        query = parse_qs(urlparse(approved["redirect_url"]).query)
        return {name: values[0] for name, values in query.items()}

    def agree(self, wallet_id: str, notify_url: str | None = None) -> str:
        """A whole agreement; returns the access token."""
        consulted = self.consult(fresh("state"), notify_url)
        expect("consult", code_of(consulted), "S SUCCESS")
        granted = self.apply_token(self.approve(consulted, wallet_id)["authCode"])
        expect("applyToken", code_of(granted), "S SUCCESS")
        return granted.access_token

    def revoke(self, access_token: str) -> AlipayAuthRevokeTokenResponse:
        """Ends an agreement."""
        request = AlipayAuthRevokeTokenRequest()
        request.access_token = access_token
        return self.send(request, AlipayAuthRevokeTokenResponse)

    # Payments and what follows them.

    def amount(self, value: str) -> Amount:
        """An amount in the demo's currency, in its smallest unit."""
        return Amount(self.profile["currency"], value)

    def payment(self, token: str | None, value: str, request_id: str | None = None) -> AlipayPayRequest:
        """An Auto Debit payment that is not sent yet."""
        request = AlipayPayRequest()
        request.product_code = ProductCodeType.AGREEMENT_PAYMENT
        request.payment_request_id = request_id or fresh("pay")
        request.payment_amount = self.amount(value)
        request.payment_method = PaymentMethod()
        request.payment_method.payment_method_type = self.profile["paymentMethodType"]
        request.payment_method.payment_method_id = token
        request.order = Order()
        request.order.reference_order_id = fresh("order")
        request.order.order_description = "Café crème, 2 × ☕"
        request.order.order_amount = self.amount(value)
        return request

    def pay(self, token: str, value: str, request_id: str | None = None) -> AlipayPayResponse:
        """An Auto Debit payment."""
        return self.send(self.payment(token, value, request_id), AlipayPayResponse)

    def cashier_payment(self, value: str, request_id: str | None = None) -> AlipayPayRequest:
        """A Cashier payment that is not sent yet."""
        request = self.payment(None, value, request_id)
        request.product_code = ProductCodeType.CASHIER_PAYMENT
        request.payment_redirect_url = "https://shop.example/paid"
        request.env = Env()
        request.env.terminal_type = TerminalType.WEB
        request.env.client_ip = "192.0.2.7"
        return request

    def inquire(self, payment_id: str | None = None, request_id: str | None = None) -> AlipayPayQueryResponse:
        """Asks what became of a payment."""
        request = AlipayPayQueryRequest()
        request.payment_id = payment_id
        request.payment_request_id = request_id
        return self.send(request, AlipayPayQueryResponse)

    def cancel(self, payment_id: str) -> AlipayPayCancelResponse:
        """Takes a payment back."""
        request = AlipayPayCancelRequest()
        request.payment_id = payment_id
        return self.send(request, AlipayPayCancelResponse)

    def capture(self, payment_id: str, value: str, request_id: str | None = None, is_last: bool = False):
        """Takes a part of what an authorization holds."""
        request = AlipayCaptureRequest()
        request.capture_request_id = request_id or fresh("capture")
        request.payment_id = payment_id
        request.capture_amount = self.amount(value)
        request.is_last_capture = is_last
        return self.send(request, AlipayCaptureResponse)

    def refund_request(self, payment_id: str, value: str, request_id: str | None = None) -> AlipayRefundRequest:
        """A refund that is not sent yet."""
        request = AlipayRefundRequest()
        request.refund_request_id = request_id or fresh("refund")
        request.payment_id = payment_id
        request.refund_amount = self.amount(value)
        request.refund_reason = "returned"
        return request

    def refund(self, payment_id: str, value: str, request_id: str | None = None, notify_url: str | None = None):
        """Gives money back."""
        request = self.refund_request(payment_id, value, request_id)
        request.refund_notify_url = notify_url
        return self.send(request, AlipayRefundResponse)

    def inquire_refund(self, refund_id: str | None = None, request_id: str | None = None) -> AlipayInquiryRefundResponse:
        """Asks what became of a refund."""
        request = AlipayInquiryRefundRequest()
        request.refund_id = refund_id
        request.refund_request_id = request_id
        return self.send(request, AlipayInquiryRefundResponse)


def fresh(prefix: str) -> str:
    """An id that was never used."""
    return f"{prefix}-{uuid.uuid4().hex[:20]}"


def code_of(answer) -> str:
    """The result of an answer: status and code."""
    return f"{answer.result.result_status.value} {answer.result.result_code}"


def money_of(amount: Amount) -> str:
    """An amount: value and currency."""
    return f"{amount.value} {amount.currency}"
