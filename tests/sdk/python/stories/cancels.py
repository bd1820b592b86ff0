"""Cancels of paid payments."""

from shop import Shop, code_of
from story import expect, expect_some, story


@story
def a_cancel_gives_everything_back_and_stays(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §3.4; SEED-000 paymentTime only with SUCCESS; §3.1 the repeat of a cancelled payment."""
    wallet_id = shop.add_wallet(fund_minor=1_000)
    token = shop.agree(wallet_id)
    paid = shop.pay(token, "800")
    expect("pay", code_of(paid), "S SUCCESS")
    cancelled = shop.cancel(paid.payment_id)
    expect("cancel", code_of(cancelled), "S SUCCESS")
    expect("its paymentId", cancelled.payment_id, paid.payment_id)
    expect("its paymentRequestId", cancelled.payment_request_id, paid.payment_request_id)
    expect_some("cancelTime", cancelled.cancel_time)
    again = shop.cancel(paid.payment_id)
    expect("the repeat", (code_of(again), again.cancel_time), ("S SUCCESS", cancelled.cancel_time))
    expect("the wallet", shop.admin.balance_minor(wallet_id), 1_000)

    found = shop.inquire(payment_id=paid.payment_id)
    expect("the inquiry", (code_of(found), found.payment_status.value), ("S SUCCESS", "CANCELLED"))
    expect("paymentTime of a cancelled payment", found.payment_time, None)
    expect("a refund of it", code_of(shop.refund(paid.payment_id, "100")), "F ORDER_IS_CANCELED")
    repeat = shop.pay(token, "800", paid.payment_request_id)
    expect("the payment repeated", code_of(repeat), "F ORDER_IS_CANCELED")


@story
def a_payment_with_a_refund_cannot_be_cancelled(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §3.4, PROCESS_FAIL."""
    token = shop.agree(shop.add_wallet(fund_minor=1_000))
    paid = shop.pay(token, "800")
    expect("refund", code_of(shop.refund(paid.payment_id, "1")), "S SUCCESS")
    expect("cancel", code_of(shop.cancel(paid.payment_id)), "F PROCESS_FAIL")
    expect("the payment", shop.inquire(payment_id=paid.payment_id).payment_status.value, "SUCCESS")
