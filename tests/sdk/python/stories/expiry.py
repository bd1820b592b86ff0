"""What time does to payments. These stories move the clock of everybody, so they come last."""

from com.alipay.ams.api.response.pay.alipay_pay_response import AlipayPayResponse

from cards import authorize
from shop import Shop, code_of
from story import expect, expect_some, story

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS


def start(shop: Shop) -> AlipayPayResponse:
    """A cashier payment that waits for its user."""
    waiting = shop.send(shop.cashier_payment("2500"), AlipayPayResponse)
    expect("pay", code_of(waiting), "U PAYMENT_IN_PROCESS")
    return waiting


@story
def a_cashier_payment_that_nobody_pays_expires(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §3.3, fourteen minutes; §3.6 closed on timeout."""
    waiting = start(shop)
    shop.admin.advance_clock(13 * MINUTE_MS)
    found = shop.inquire(payment_id=waiting.payment_id)
    expect("after 13 minutes", found.payment_status.value, "PROCESSING")
    shop.admin.advance_clock(2 * MINUTE_MS)
    found = shop.inquire(payment_id=waiting.payment_id)
    expect("after 15 minutes", (found.payment_status.value, found.payment_result_code), ("FAIL", "ORDER_IS_CLOSED"))
    expect("its redirect", found.redirect_action_form, None)
    expect("paymentTime", found.payment_time, None)


@story
def the_legacy_edition_tells_when_a_payment_was_closed(shop: Shop) -> None:
    """Proves: SEED-001 case 6, never paid and closed by time-out; LEGACY-FACTS §6.4, the time of failure."""
    legacy = shop.in_dialect("alipay")
    waiting = start(legacy)
    shop.admin.advance_clock(15 * MINUTE_MS)
    found = legacy.inquire(payment_id=waiting.payment_id)
    expect("the inquiry", (found.payment_status.value, found.payment_result_code), ("FAIL", "ORDER_IS_CLOSED"))
    expect("its redirect", found.redirect_action_form, None)
    expect_some("paymentTime", found.payment_time)
    asked_in_antom = shop.inquire(payment_id=waiting.payment_id)
    expect("paymentTime in the current edition", asked_in_antom.payment_time, None)


@story
def an_authorization_that_nobody_captures_lapses_after_seven_days(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §3.5, captures within seven days; §2.6 AUTH_EXPIRED."""
    payment_id = authorize(shop, "10000")
    shop.admin.advance_clock(7 * DAY_MS - MINUTE_MS)
    expect("a minute before", shop.inquire(payment_id=payment_id).payment_status.value, "SUCCESS")
    shop.admin.advance_clock(MINUTE_MS)
    expect("capture", code_of(shop.capture(payment_id, "1")), "F AUTH_EXPIRED")
    expect("the inquiry", shop.inquire(payment_id=payment_id).payment_status.value, "CANCELLED")
