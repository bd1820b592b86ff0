"""Notifications, checked with the SDK's own webhook tool and read with its notification classes."""

import rsa
from com.alipay.ams.api.request.notify.alipay_auth_notify import AlipayAuthNotify
from com.alipay.ams.api.request.notify.alipay_pay_result_notify import AlipayPayResultNotify
from com.alipay.ams.api.request.notify.alipay_refund_notify import AlipayRefundNotify
from com.alipay.ams.api.response.pay.alipay_pay_response import AlipayPayResponse

from receiver import Received, Receiver
from shop import Shop, code_of, fresh
from story import Wrong, expect, story
from webhook import is_genuine


@story
def a_payment_is_notified_and_the_webhook_tool_verifies_it(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §1.8, the signature covers path, query and body; §2.12 notifyPayment."""
    token = shop.agree(shop.add_wallet(fund_minor=5_000))
    with Receiver() as receiver:
        request = shop.payment(token, "100")
        path = "/hooks/payment?shop=7&note=a%20b"
        request.payment_notify_url = receiver.url(path)
        paid = shop.send(request, AlipayPayResponse)
        expect("pay", code_of(paid), "S SUCCESS")
        received = receiver.next()
    expect("the path with its query", received.path, path)
    expect("content-type", received.headers["content-type"], "application/json; charset=UTF-8")
    expect("the signature", is_genuine(shop, received), True)
    notified = AlipayPayResultNotify(received.body)
    expect("notifyType", notified.notify_type, "PAYMENT_RESULT")
    expect("its result", code_of(notified), "S SUCCESS")
    expect("paymentId", notified.payment_id, paid.payment_id)
    expect("paymentAmount", notified.payment_amount, {"currency": "HKD", "value": "100"})
    expect("paymentTime", notified.payment_time, paid.payment_time)
    refuse_altered(shop, received)


def refuse_altered(shop: Shop, received: Received) -> None:
    """Another body must not verify, or the check above would prove nothing."""
    try:
        is_genuine(shop, received, received.body.replace('"100"', '"900"'))
    except rsa.VerificationError:
        return
    raise Wrong("the webhook tool took an altered notification for genuine")


@story
def a_refund_is_notified_at_its_own_url(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §1.8 which URL; §2.12 notifyRefund."""
    token = shop.agree(shop.add_wallet(fund_minor=5_000))
    paid = shop.pay(token, "100")
    with Receiver() as receiver:
        refunded = shop.refund(paid.payment_id, "40", fresh("refund"), receiver.url("/hooks/refund"))
        expect("refund", code_of(refunded), "S SUCCESS")
        received = receiver.next()
    expect("the signature", is_genuine(shop, received), True)
    notified = AlipayRefundNotify(received.body)
    expect("notifyType", notified.notify_type, "REFUND_RESULT")
    expect("refundStatus", notified.refund_status, "SUCCESS")
    expect("refundId", notified.refund_id, refunded.refund_id)
    expect("refundTime", notified.refund_time, refunded.refund_time)


@story
def an_agreement_is_notified_from_its_code_to_its_end(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §2.12 notifyAuthorization, at the URL of the consult."""
    wallet_id = shop.add_wallet(fund_minor=0)
    with Receiver() as receiver:
        token = shop.agree(wallet_id, receiver.url("/hooks/agreement"))
        expect("revoke", code_of(shop.revoke(token)), "S SUCCESS")
        received = [receiver.next() for _ in range(3)]
    expect("the signatures", [is_genuine(shop, one) for one in received], [True] * 3)
    notified = {one.authorization_notify_type: one for one in (AlipayAuthNotify(each.body) for each in received)}
    expect("the events", sorted(notified), ["AUTHCODE_CREATED", "TOKEN_CANCELED", "TOKEN_CREATED"])
    expect("the token that was made", notified["TOKEN_CREATED"].access_token, token)
    expect("the token that ended", notified["TOKEN_CANCELED"].access_token, token)


@story
def a_notification_that_was_heard_is_repeated_when_the_id_asks_for_it(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §1.8, the same notification may arrive more than once; the outcome `notify:duplicate`."""
    token = shop.agree(shop.add_wallet(fund_minor=5_000))
    with Receiver() as receiver:
        request = shop.payment(token, "100", fresh("pay") + "~notify:duplicate")
        request.payment_notify_url = receiver.url("/hooks/payment")
        paid = shop.send(request, AlipayPayResponse)
        expect("pay", code_of(paid), "S SUCCESS")
        received = [receiver.next(), receiver.next()]
    expect("the signatures", [is_genuine(shop, one) for one in received], [True, True])
    expect("both bodies", received[0].body, received[1].body)
    expect("paymentId", AlipayPayResultNotify(received[1].body).payment_id, paid.payment_id)
    expect("the payments in the end", shop.inquire(payment_id=paid.payment_id).payment_status.value, "SUCCESS")
