"""Authorizations: held, captured in parts, given back, called off."""

from com.alipay.ams.api.request.notify.alipay_capture_result_notify import AlipayCaptureResultNotify
from com.alipay.ams.api.response.pay.alipay_capture_response import AlipayCaptureResponse
from com.alipay.ams.api.response.pay.alipay_pay_response import AlipayPayResponse
from com.alipay.ams.api.response.pay.alipay_refund_response import AlipayRefundResponse

from cards import authorization, authorize
from receiver import Receiver
from shop import Shop, code_of, fresh, money_of
from story import expect, expect_some, story
from webhook import is_genuine


@story
def an_authorization_is_captured_in_parts_and_given_back(shop: Shop) -> None:
    """Proves: SEED-000 transactions; ANTOM-FACTS §2.6, §2.12 notifyCapture, §3.2, §3.5."""
    with Receiver() as receiver:
        request = authorization(shop, "10000")
        request.payment_notify_url = receiver.url("/hooks/card")
        held = shop.send(request, AlipayPayResponse)
        expect("pay with isAuthorization", code_of(held), "S SUCCESS")
        expect_some("authExpiryTime", held.auth_expiry_time)
        receiver.next()
        first = shop.capture(held.payment_id, "3000")
        expect("a part", code_of(first), "S SUCCESS")
        expect("captureAmount", money_of(first.capture_amount), "3000 HKD")
        expect_some("captureTime", first.capture_time)
        notified_of(shop, receiver, first)

    found = shop.inquire(payment_id=held.payment_id)
    expect("the inquiry", (found.payment_status.value, found.auth_expiry_time), ("SUCCESS", held.auth_expiry_time))
    expect("transactions", [told(one) for one in found.transactions], [("CAPTURE", "SUCCESS", "3000 HKD")])
    expect("transactionId", found.transactions[0].transaction_id, first.capture_id)
    expect("transactionRequestId", found.transactions[0].transaction_request_id, first.capture_request_id)

    above = code_of(shop.capture(held.payment_id, "7001"))
    expect("more than is left", above, "F CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT")
    last = shop.capture(held.payment_id, "5000", is_last=True)
    expect("the last part", code_of(last), "S SUCCESS")
    expect("one after the last", code_of(shop.capture(held.payment_id, "1")), "F MULTI_CAPTURE_NOT_SUPPORTED")
    give_back(shop, held.payment_id, first)


def give_back(shop: Shop, payment_id: str, first: AlipayCaptureResponse) -> None:
    request = shop.refund_request(payment_id, "1000")
    request.capture_id = first.capture_id
    expect("refund of a capture", code_of(shop.send(request, AlipayRefundResponse)), "S SUCCESS")
    stray = shop.refund_request(payment_id, "1000")
    stray.capture_id = "20261123000000000000000000000000"
    expect("refund of a capture that is not there", code_of(shop.send(stray, AlipayRefundResponse)), "F PARAM_ILLEGAL")
    expect("more than was captured", code_of(shop.refund(payment_id, "7001")), "F REFUND_AMOUNT_EXCEED")
    transactions = shop.inquire(payment_id=payment_id).transactions
    wanted = [("CAPTURE", "SUCCESS", "3000 HKD"), ("CAPTURE", "SUCCESS", "5000 HKD"), ("REFUND", "SUCCESS", "1000 HKD")]
    expect("transactions in the end", [told(one) for one in transactions], wanted)


def notified_of(shop: Shop, receiver: Receiver, captured: AlipayCaptureResponse) -> None:
    received = receiver.next()
    expect("the signature", is_genuine(shop, received), True)
    notified = AlipayCaptureResultNotify(received.body)
    expect("notifyType", (notified.notify_type, code_of(notified)), ("CAPTURE_RESULT", "S SUCCESS"))
    expect("captureId", notified.capture_id, captured.capture_id)
    expect("captureRequestId", notified.capture_request_id, captured.capture_request_id)
    expect("captureTime", notified.capture_time, captured.capture_time)


def told(transaction) -> tuple[str, str, str]:
    return (
        transaction.transaction_type.value,
        transaction.transaction_status.value,
        money_of(transaction.transaction_amount),
    )


@story
def a_repeated_capture_is_one_capture(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §3.1, captureRequestId."""
    payment_id = authorize(shop, "10000")
    first = shop.capture(payment_id, "3000", fresh("capture"))
    again = shop.capture(payment_id, "3000", first.capture_request_id)
    expect("the repeat", (code_of(again), again.capture_id), ("S SUCCESS", first.capture_id))
    other = shop.capture(payment_id, "3001", first.capture_request_id)
    expect("the same id with another amount", code_of(other), "F REPEAT_REQ_INCONSISTENT")
    expect("transactions", len(shop.inquire(payment_id=payment_id).transactions), 1)


@story
def a_cancelled_authorization_is_captured_no_more(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §3.4, cards can be cancelled until they are captured; §2.6 AUTH_CANCELLED."""
    payment_id = authorize(shop, "10000")
    cancelled = shop.cancel(payment_id)
    expect("cancel", code_of(cancelled), "S SUCCESS")
    expect_some("cancelTime", cancelled.cancel_time)
    found = shop.inquire(payment_id=payment_id)
    expect("the inquiry", (code_of(found), found.payment_status.value), ("S SUCCESS", "CANCELLED"))
    expect("capture", code_of(shop.capture(payment_id, "1")), "F AUTH_CANCELLED")

    captured = authorize(shop, "10000")
    expect("capture of another", code_of(shop.capture(captured, "1")), "S SUCCESS")
    refused = shop.cancel(captured)
    expect("its cancel", refused.result.result_status.value, "F")
    expect("its status", shop.inquire(payment_id=captured).payment_status.value, "SUCCESS")


@story
def what_holds_nothing_is_not_captured(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §2.6, AUTH_NOT_FOUND and ORDER_NOT_EXIST."""
    paid = shop.pay(shop.agree(shop.add_wallet(fund_minor=5_000)), "100")
    expect("capture of an Auto Debit", code_of(shop.capture(paid.payment_id, "100")), "F AUTH_NOT_FOUND")
    unknown = shop.capture("2026010100000000000000001", "100")
    expect("capture of nothing", code_of(unknown), "F ORDER_NOT_EXIST")
