"""Cashier payments: the user pays on a page, or does not."""

from com.alipay.ams.api.model.amount import Amount
from com.alipay.ams.api.model.credit_pay_plan import CreditPayPlan
from com.alipay.ams.api.model.terminal_type import TerminalType
from com.alipay.ams.api.request.notify.alipay_pay_result_notify import AlipayPayResultNotify
from com.alipay.ams.api.response.pay.alipay_pay_response import AlipayPayResponse

from browser import press, visit
from receiver import Receiver
from shop import Shop, code_of
from story import expect, expect_some, story
from webhook import is_genuine


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
def a_cashier_payment_is_paid_on_its_page_and_notified(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §2.1, the success path of a Cashier Payment; §2.12 notifyPayment; SEED-000 SUCCESS."""
    with Receiver() as receiver:
        request = shop.cashier_payment("2500")
        request.payment_notify_url = receiver.url("/hooks/cashier?shop=7")
        waiting = shop.send(request, AlipayPayResponse)
        expect("pay", code_of(waiting), "U PAYMENT_IN_PROCESS")
        page = visit(waiting.normal_url)
        expect("the page", (page.status, "HKD 25.00" in page.text), (200, True))
        pressed = press(waiting.normal_url, "approve")
        expect("where the browser goes", (pressed.status, pressed.location), (303, "https://shop.example/paid"))
        received = receiver.next()
    expect("the signature", is_genuine(shop, received), True)
    notified = AlipayPayResultNotify(received.body)
    expect("the notification", (notified.notify_type, code_of(notified)), ("PAYMENT_RESULT", "S SUCCESS"))
    expect("its paymentId", notified.payment_id, waiting.payment_id)

    found = shop.inquire(payment_id=waiting.payment_id)
    told = (found.payment_status.value, found.payment_result_code)
    expect("the inquiry", told, ("SUCCESS", "SUCCESS"))
    expect("paymentTime", found.payment_time, notified.payment_time)
    expect("its redirect", found.redirect_action_form, None)
    expect_some("pspName", found.psp_customer_info.psp_name)
    again = shop.send(request, AlipayPayResponse)
    expect("pay repeated, without a page", (code_of(again), again.normal_url), ("U PAYMENT_IN_PROCESS", None))
    expect("the page afterwards", press(waiting.normal_url, "approve").status, 200)


@story
def a_user_who_declines_on_the_page_fails_the_payment(shop: Shop) -> None:
    """Proves: SEED-000, FAIL with a code of its own; the failure is notified, too (ANTOM-FACTS §2.12)."""
    with Receiver() as receiver:
        request = shop.cashier_payment("2500")
        request.payment_notify_url = receiver.url("/hooks/cashier")
        waiting = shop.send(request, AlipayPayResponse)
        expect("the page after declining", press(waiting.normal_url, "decline").status, 200)
        notified = AlipayPayResultNotify(receiver.next().body)
    found = shop.inquire(payment_id=waiting.payment_id)
    expect("the inquiry", (code_of(found), found.payment_status.value), ("S SUCCESS", "FAIL"))
    expect("the notification", code_of(notified), f"F {found.payment_result_code}")
    expect("paymentTime", (found.payment_time, notified.payment_time), (None, None))


@story
def a_user_who_has_done_everything_leaves_the_payment_pending(shop: Shop) -> None:
    """Proves: SEED-000 PENDING; ANTOM-FACTS §1.8 PAYMENT_PENDING."""
    with Receiver() as receiver:
        request = shop.cashier_payment("2500")
        request.payment_notify_url = receiver.url("/hooks/cashier")
        waiting = shop.send(request, AlipayPayResponse)
        pressed = press(waiting.normal_url, "pending")
        expect("where the browser goes", (pressed.status, pressed.location), (303, "https://shop.example/paid"))
        notified = AlipayPayResultNotify(receiver.next().body)
    expect("the notification", (notified.notify_type, code_of(notified)), ("PAYMENT_PENDING", "S SUCCESS"))
    found = shop.inquire(payment_id=waiting.payment_id)
    told = (found.payment_status.value, found.payment_result_code)
    expect("the inquiry", told, ("PENDING", "PAYMENT_IN_PROCESS"))
    expect("paymentTime", found.payment_time, None)


@story
def a_grab_pay_wallet_tells_its_region_and_the_instalments_that_were_asked_for(shop: Shop) -> None:
    """Proves: SEED-000 paymentResultInfo of GRABPAY_MY and GRABPAY_SG; ANTOM-FACTS §2.1 creditPayPlan."""
    for method, currency, region in (("GRABPAY_SG", "SGD", "SG"), ("GRABPAY_MY", "MYR", "MY")):
        request = shop.cashier_payment("2500")
        request.payment_method.payment_method_type = method
        request.payment_amount = Amount(currency, "2500")
        request.credit_pay_plan = CreditPayPlan()
        request.credit_pay_plan.installment_num = "4"
        request.credit_pay_plan.interval = "MONTH"
        waiting = shop.send(request, AlipayPayResponse)
        expect(f"pay by {method}", code_of(waiting), "U PAYMENT_IN_PROCESS")
        expect("the page", press(waiting.normal_url, "approve").status, 303)
        info = expect_some("paymentResultInfo", shop.inquire(payment_id=waiting.payment_id).payment_result_info)
        expect("paymentMethodRegion", info.payment_method_region, region)
        expect("installmentNum", info.credit_pay_plan.installment_num, 4)


@story
def a_mini_app_names_itself(shop: Shop) -> None:
    """Proves: SEED-002, appId is required when the terminal is a mini app."""
    request = shop.cashier_payment("2500")
    request.env.terminal_type = TerminalType.MINI_APP
    refused = shop.send(request, AlipayPayResponse)
    expect("pay without appId", code_of(refused), "F PARAM_ILLEGAL")
    expect("what is named", "appId" in refused.result.result_message, True)
    request.app_id = "2021000000000001"
    expect("pay with it", code_of(shop.send(request, AlipayPayResponse)), "U PAYMENT_IN_PROCESS")
