"""Auto Debit from the user's consent to the last refund."""

from shop import Shop, code_of, fresh, money_of
from story import expect, expect_some, story


@story
def an_auto_debit_lives_from_consult_to_its_last_refund(shop: Shop) -> None:
    """Proves: SEED-002 and SEED-000, the whole life cycle, with the SDK's own requests and answers."""
    wallet_id = shop.add_wallet(fund_minor=10_000)
    token = agree_step_by_step(shop, wallet_id)
    paid = shop.pay(token, "1000")
    expect("pay", code_of(paid), "S SUCCESS")
    expect("paymentAmount", money_of(paid.payment_amount), "1000 HKD")
    expect_some("paymentTime", paid.payment_time)
    expect("the wallet after the payment", shop.admin.balance_minor(wallet_id), 9_000)

    found = shop.inquire(payment_id=paid.payment_id)
    expect("inquiry", (code_of(found), found.payment_status.value), ("S SUCCESS", "SUCCESS"))
    expect("paymentResultCode", found.payment_result_code, "SUCCESS")
    expect("paymentTime of the inquiry", found.payment_time, paid.payment_time)
    expect("transactions before any refund", found.transactions, None)
    same = shop.inquire(request_id=paid.payment_request_id)
    expect("the payment under its request id", same.payment_id, paid.payment_id)

    refund_in_two_parts(shop, paid.payment_id)
    expect("the wallet after both refunds", shop.admin.balance_minor(wallet_id), 10_000)


def agree_step_by_step(shop: Shop, wallet_id: str) -> str:
    state = fresh("state & ü")
    consulted = shop.consult(state)
    expect("consult", code_of(consulted), "S SUCCESS")
    expect("authUrl, which old code reads", consulted.auth_url, consulted.normal_url)
    brought = shop.approve(consulted, wallet_id)
    expect("authState, unchanged", brought["authState"], state)
    expect("the merchant's own parameter of the redirect URL", brought["cart"], "7")
    granted = shop.apply_token(brought["authCode"])
    expect("applyToken", code_of(granted), "S SUCCESS")
    expect_some("accessTokenExpiryTime", granted.access_token_expiry_time)
    expect("the same code again", shop.apply_token(brought["authCode"]).result.result_status.value, "F")
    return granted.access_token


def refund_in_two_parts(shop: Shop, payment_id: str) -> None:
    first_id = fresh("refund")
    part = shop.refund(payment_id, "300", first_id)
    expect("partial refund", code_of(part), "S SUCCESS")
    expect("refundAmount", money_of(part.refund_amount), "300 HKD")
    again = shop.refund(payment_id, "300", first_id)
    expect("the same refund repeated", (code_of(again), again.refund_id), ("S SUCCESS", part.refund_id))

    found = shop.inquire(payment_id=payment_id)
    expect("the payment after a refund", found.payment_status.value, "SUCCESS")
    expect("transactions", [told(one) for one in found.transactions], [("REFUND", "SUCCESS", "300 HKD", first_id)])
    expect("transactionId", found.transactions[0].transaction_id, part.refund_id)

    expect("more than the rest", code_of(shop.refund(payment_id, "701")), "F REFUND_AMOUNT_EXCEED")
    rest = shop.refund(payment_id, "700")
    expect("refund of the rest", code_of(rest), "S SUCCESS")
    found = shop.inquire(payment_id=payment_id)
    expect("the payment when all is refunded", found.payment_status.value, "SUCCESS")
    expect("transactions in the end", sorted(told(one)[2] for one in found.transactions), ["300 HKD", "700 HKD"])

    by_id = shop.inquire_refund(refund_id=rest.refund_id)
    expect("inquiryRefund", (code_of(by_id), by_id.refund_status.value), ("S SUCCESS", "SUCCESS"))
    expect("refundAmount of the inquiry", money_of(by_id.refund_amount), "700 HKD")
    by_name = shop.inquire_refund(request_id=first_id)
    expect("the refund under its request id", by_name.refund_id, part.refund_id)


def told(transaction) -> tuple[str, str, str, str]:
    return (
        transaction.transaction_type.value,
        transaction.transaction_status.value,
        money_of(transaction.transaction_amount),
        transaction.transaction_request_id,
    )


@story
def a_repeated_payment_is_one_payment(shop: Shop) -> None:
    """Proves: SEED-002 paymentRequestId, the same result for the same key; ANTOM-FACTS §3.1."""
    wallet_id = shop.add_wallet(fund_minor=5_000)
    token = shop.agree(wallet_id)
    first = shop.pay(token, "700")
    expect("pay", code_of(first), "S SUCCESS")
    again = shop.pay(token, "700", first.payment_request_id)
    expect("the repeat", (code_of(again), again.payment_id), ("S SUCCESS", first.payment_id))
    expect("paymentTime of the repeat", again.payment_time, first.payment_time)
    other = shop.pay(token, "701", first.payment_request_id)
    expect("the same id with another amount", code_of(other), "F REPEAT_REQ_INCONSISTENT")
    expect("the wallet, debited once", shop.admin.balance_minor(wallet_id), 4_300)
