"""The legacy Alipay edition with the same SDK: the shape of its inquiry, and its eight typical answers.

Case 6, closed by time-out, is told in `expiry.py`, because it moves the clock.
"""

import json

from com.alipay.ams.api.response.pay.alipay_pay_query_response import AlipayPayQueryResponse
from com.alipay.ams.api.response.pay.alipay_pay_response import AlipayPayResponse

from cards import authorize
from shop import Shop, code_of, fresh, money_of
from story import expect, expect_some, story

MESSAGE_CHARS_MAX = 64
# All that SEED-001 has at the top of an answer.
FIELDS = {
    "result", "paymentStatus", "paymentResultCode", "paymentResultMessage", "paymentRequestId", "paymentId",
    "paymentAmount", "authExpiryTime", "paymentCreateTime", "paymentTime", "pspCustomerInfo", "redirectActionForm",
    "transactions", "customsDeclarationAmount",
}  # fmt: skip


def ask(legacy: Shop, payment_id: str | None = None, request_id: str | None = None) -> AlipayPayQueryResponse:
    """Inquires, and holds the answer to the shape of the legacy edition."""
    found = legacy.inquire(payment_id, request_id)
    strange = set(json.loads(legacy.last_answer())) - FIELDS
    expect("fields that the legacy edition does not have", strange, set())
    message = found.payment_result_message or ""
    expect(f"{message!r} is short enough", len(message) <= MESSAGE_CHARS_MAX, True)
    return found


def told(found: AlipayPayQueryResponse) -> tuple[str, str, str, bool]:
    """What the eight cases differ in: the call, status, code, and whether there is a time of payment."""
    return (code_of(found), found.payment_status.value, found.payment_result_code, found.payment_time is not None)


@story
def a_legacy_client_pays_refunds_and_inquires(shop: Shop) -> None:
    """Proves: SEED-001 cases 2a and 2b, refunded in part and as a whole; its fields and the shape of transactions."""
    legacy = shop.in_dialect("alipay")
    paid = legacy.pay(legacy.agree(legacy.add_wallet(fund_minor=5_000)), "1000")
    expect("pay", code_of(paid), "S SUCCESS")
    found = ask(legacy, paid.payment_id)
    expect("paid", told(found), ("S SUCCESS", "SUCCESS", "SUCCESS", True))
    expect("paymentAmount", money_of(found.payment_amount), "1000 HKD")
    expect("transactions before any refund", found.transactions, None)

    part = legacy.refund(paid.payment_id, "400", fresh("refund"))
    expect("refund", code_of(part), "S SUCCESS")
    found = ask(legacy, paid.payment_id)
    expect("case 2a, refunded in part", told(found), ("S SUCCESS", "SUCCESS", "SUCCESS", True))
    one = found.transactions[0]
    result = one.transaction_result
    expect("transactionResult", (result.result_code, result.result_status.value), ("SUCCESS", "S"))
    expect("transactionType", (one.transaction_type.value, one.transaction_status.value), ("REFUND", "SUCCESS"))
    expect("transactionAmount", money_of(one.transaction_amount), "400 HKD")
    expect("its ids", (one.transaction_id, one.transaction_request_id), (part.refund_id, part.refund_request_id))
    expect("transactionTime", one.transaction_time, part.refund_time)

    expect("refund of the rest", code_of(legacy.refund(paid.payment_id, "600")), "S SUCCESS")
    found = ask(legacy, paid.payment_id)
    expect("case 2b, refunded as a whole", told(found), ("S SUCCESS", "SUCCESS", "SUCCESS", True))
    amounts = sorted(int(one.transaction_amount.value) for one in found.transactions)
    expect("the refunds", amounts, [400, 600])


@story
def a_legacy_payment_that_was_cancelled_after_it_was_paid_keeps_its_time(shop: Shop) -> None:
    """Proves: SEED-001 case 1; SEED-000, where the current edition tells no time of the same payment."""
    legacy = shop.in_dialect("alipay")
    paid = legacy.pay(legacy.agree(legacy.add_wallet(fund_minor=5_000)), "1000")
    expect("cancel", code_of(legacy.cancel(paid.payment_id)), "S SUCCESS")
    found = ask(legacy, paid.payment_id)
    expect("case 1", told(found), ("S SUCCESS", "CANCELLED", "ORDER_IS_CLOSED", True))
    expect("paymentTime", found.payment_time, paid.payment_time)
    expect("transactions", found.transactions, None)
    in_antom = told(shop.inquire(payment_id=paid.payment_id))
    expect("the same in Antom", in_antom, ("S SUCCESS", "CANCELLED", "ORDER_IS_CLOSED", False))


@story
def a_legacy_client_inquires_what_is_not_there_and_what_is_not_paid(shop: Shop) -> None:
    """Proves: SEED-001 cases 3, 4 and 5; LEGACY-FACTS §7, there is no PENDING."""
    legacy = shop.in_dialect("alipay")
    missing = ask(legacy, request_id="nobody")
    expect("case 3, the call", code_of(missing), "F ORDER_NOT_EXIST")
    expect("case 3, all that is told", list(json.loads(legacy.last_answer())), ["result"])

    waiting = legacy.send(legacy.cashier_payment("2500"), AlipayPayResponse)
    expect("pay", code_of(waiting), "U PAYMENT_IN_PROCESS")
    found = ask(legacy, waiting.payment_id)
    expect("case 4, not paid", told(found), ("S SUCCESS", "PROCESSING", "PAYMENT_IN_PROCESS", False))
    expect("its page", found.redirect_action_form.redirect_url, waiting.normal_url)
    expect("cancel", code_of(legacy.cancel(waiting.payment_id)), "S SUCCESS")
    found = ask(legacy, waiting.payment_id)
    expect("case 5, cancelled unpaid", told(found), ("S SUCCESS", "CANCELLED", "ORDER_IS_CLOSED", False))
    expect("its page", found.redirect_action_form, None)

    request = legacy.cashier_payment("2500", fresh("pay") + "~PENDING")
    left_open = legacy.send(request, AlipayPayResponse)
    found = ask(legacy, left_open.payment_id)
    expect("the user has done everything", told(found), ("S SUCCESS", "PROCESSING", "PAYMENT_IN_PROCESS", False))


@story
def a_legacy_client_is_told_why_and_when_a_payment_failed(shop: Shop) -> None:
    """Proves: SEED-001 cases 7 and 8, no balance and above the user's limit; paymentTime of a failure."""
    legacy = shop.in_dialect("alipay")
    poor = legacy.agree(legacy.add_wallet(fund_minor=99))
    failed = legacy.payment(poor, "100")
    expect("pay without balance", code_of(legacy.send(failed, AlipayPayResponse)), "F USER_BALANCE_NOT_ENOUGH")
    found = ask(legacy, request_id=failed.payment_request_id)
    expect("case 7", told(found), ("S SUCCESS", "FAIL", "USER_BALANCE_NOT_ENOUGH", True))

    wallet_id = legacy.add_wallet(fund_minor=5_000)
    limited = legacy.agree(wallet_id)
    legacy.admin.limit_wallet(wallet_id, 500)
    failed = legacy.payment(limited, "501")
    expect("pay above the limit", code_of(legacy.send(failed, AlipayPayResponse)), "F USER_AMOUNT_EXCEED_LIMIT")
    found = ask(legacy, request_id=failed.payment_request_id)
    expect("case 8", told(found), ("S SUCCESS", "FAIL", "USER_AMOUNT_EXCEED_LIMIT", True))


@story
def the_messages_of_the_legacy_edition_are_short(shop: Shop) -> None:
    """Proves: SEED-001, 64 characters for paymentResultMessage; the longest messages of SEED-000 are told in short."""
    legacy = shop.in_dialect("alipay")
    token = legacy.agree(legacy.add_wallet(fund_minor=5_000))
    for code in ("SUSPECTED_RISK", "USER_KYC_NOT_QUALIFIED", "PARAM_ILLEGAL", "PAYMENT_NOT_QUALIFIED", "INVALID_CARD"):
        request_id = fresh("pay") + f"~y:{code}"
        legacy.pay(token, "100", request_id)
        found = ask(legacy, request_id=request_id)
        expect(code, found.payment_result_code, code)
        expect_some("paymentResultMessage", found.payment_result_message)


@story
def a_legacy_client_inquires_an_authorization(shop: Shop) -> None:
    """Proves: SEED-001 authExpiryTime, CAPTURE and VOID; one client inquires what another of the merchant has made."""
    legacy = shop.in_dialect("alipay")
    payment_id = authorize(legacy, "10000")
    expect_some("authExpiryTime", ask(legacy, payment_id).auth_expiry_time)
    captured = legacy.capture(payment_id, "3000")
    expect("capture", code_of(captured), "S SUCCESS")
    one = ask(legacy, payment_id).transactions[0]
    expect("the capture", (one.transaction_type.value, one.transaction_id), ("CAPTURE", captured.capture_id))

    released = authorize(shop, "10000")
    expect("cancel in Antom", code_of(shop.cancel(released)), "S SUCCESS")
    found = ask(legacy, released)
    expect("the inquiry", (found.payment_status.value, found.payment_time is None), ("CANCELLED", False))
    one = found.transactions[0]
    expect("the release", (one.transaction_type.value, one.transaction_status.value), ("VOID", "SUCCESS"))


@story
def an_unknown_legacy_client_is_client_invalid(shop: Shop) -> None:
    """Proves: SEED-001 CLIENT_INVALID, in a signed answer."""
    legacy = shop.in_dialect("alipay")
    legacy.profile["clientId"] = "SANDBOX_NOBODY"
    legacy.client = legacy.client_with()
    expect("inquiry", code_of(legacy.inquire(request_id="nobody")), "F CLIENT_INVALID")
