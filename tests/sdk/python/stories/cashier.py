"""Cashier payments: the user pays on a page, or does not. The last of these stories moves the clock."""

from com.alipay.ams.api.response.pay.alipay_pay_response import AlipayPayResponse

from shop import Shop, code_of
from story import expect, expect_some, story

MINUTE_MS = 60_000


def start(shop: Shop) -> AlipayPayResponse:
    """A cashier payment that waits for its user."""
    waiting = shop.send(shop.cashier_payment("2500"), AlipayPayResponse)
    expect("pay", code_of(waiting), "U PAYMENT_IN_PROCESS")
    expect_some("paymentId", waiting.payment_id)
    expect_some("normalUrl", waiting.normal_url)
    return waiting


@story
def a_cashier_payment_waits_at_a_page(shop: Shop) -> None:
    """Proves: SEED-000 redirectActionForm with PAYMENT_IN_PROCESS; ANTOM-FACTS §2.1, the repeat keeps the URL."""
    request = shop.cashier_payment("2500")
    waiting = shop.send(request, AlipayPayResponse)
    expect("pay", code_of(waiting), "U PAYMENT_IN_PROCESS")
    form = expect_some("redirectActionForm", waiting.redirect_action_form)
    expect("its method", form.method, "GET")
    expect("its URL", form.redirect_url, waiting.normal_url)
    expect("paymentTime before it is paid", waiting.payment_time, None)
    again = shop.send(request, AlipayPayResponse)
    expect("the repeat", (code_of(again), again.payment_id), ("U PAYMENT_IN_PROCESS", waiting.payment_id))
    expect("the repeat's URL", again.normal_url, waiting.normal_url)

    found = shop.inquire(payment_id=waiting.payment_id)
    expect("the inquiry", (code_of(found), found.payment_status.value), ("S SUCCESS", "PROCESSING"))
    expect("paymentResultCode", found.payment_result_code, "PAYMENT_IN_PROCESS")
    expect("its redirect", found.redirect_action_form.redirect_url, waiting.normal_url)


@story
def a_cancel_closes_a_cashier_payment(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §3.4 unpaid order; §3.6 cancelled, unpaid."""
    waiting = start(shop)
    expect("cancel", code_of(shop.cancel(waiting.payment_id)), "S SUCCESS")
    found = shop.inquire(payment_id=waiting.payment_id)
    expect("the inquiry", (code_of(found), found.payment_status.value), ("S SUCCESS", "CANCELLED"))
    expect("paymentResultCode", found.payment_result_code, "ORDER_IS_CLOSED")
    expect("paymentTime", found.payment_time, None)


@story
def a_cashier_payment_that_nobody_pays_expires(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §3.3, fourteen minutes; §3.6 closed on timeout. Moves the clock of everybody."""
    waiting = start(shop)
    shop.admin.advance_clock(13 * MINUTE_MS)
    found = shop.inquire(payment_id=waiting.payment_id)
    expect("after 13 minutes", found.payment_status.value, "PROCESSING")
    shop.admin.advance_clock(2 * MINUTE_MS)
    found = shop.inquire(payment_id=waiting.payment_id)
    expect("after 15 minutes", (found.payment_status.value, found.payment_result_code), ("FAIL", "ORDER_IS_CLOSED"))
    expect("its redirect", found.redirect_action_form, None)
