"""Payments by card: at once, after 3-D Secure, refused, and with a card that was kept."""

from com.alipay.ams.api.request.notify.alipay_pay_result_notify import AlipayPayResultNotify
from com.alipay.ams.api.response.pay.alipay_pay_response import AlipayPayResponse

from browser import press, visit
from cards import DECLINED, EXEMPT_FROM_3DS, GOOD, card_payment, typed_card
from receiver import Receiver
from shop import Shop, code_of, money_of
from story import expect, expect_some, story
from webhook import is_genuine


@story
def a_card_pays_at_once_and_is_told_without_its_middle(shop: Shop) -> None:
    """Proves: SEED-000 paymentResultInfo of CARD; ANTOM-FACTS §2.2, its fields as the SDK names them."""
    request = card_payment(shop, "2500", typed_card(GOOD))
    paid = shop.send(request, AlipayPayResponse)
    expect("pay", code_of(paid), "S SUCCESS")
    expect_some("paymentTime", paid.payment_time)
    expect("normalUrl, which nobody needs", paid.normal_url, None)
    expect("authExpiryTime of a sale", paid.auth_expiry_time, None)
    told_of_card(paid.payment_result_info)

    found = shop.inquire(payment_id=paid.payment_id)
    expect("inquiry", (code_of(found), found.payment_status.value), ("S SUCCESS", "SUCCESS"))
    expect("paymentAmount", money_of(found.payment_amount), "2500 HKD")
    expect("paymentTime of the inquiry", found.payment_time, paid.payment_time)
    expect_some("acquirerReferenceNo", found.acquirer_reference_no)
    told_of_card(found.payment_result_info)
    expect("the number, anywhere", GOOD in shop.last_answer(), False)
    again = shop.send(request, AlipayPayResponse)
    expect("the repeat", (code_of(again), again.payment_id), ("S SUCCESS", paid.payment_id))

    expect("refund", code_of(shop.refund(paid.payment_id, "500")), "S SUCCESS")
    refund = shop.inquire(payment_id=paid.payment_id).transactions[0]
    expect("the refund", (refund.transaction_type.value, money_of(refund.transaction_amount)), ("REFUND", "500 HKD"))


def told_of_card(info) -> None:
    """What may be known of the good card, and no more."""
    expect("cardNo", info.card_no, "40546957****0768")
    expect("cardBin and lastFour", (info.card_bin, info.last_four), ("40546957", "0768"))
    expect("cardBrand", info.card_brand, "VISA")
    expect("expiryMonth and expiryYear", (info.expiry_month, info.expiry_year), ("12", "29"))
    expect("cvvResultRaw", info.cvv_result_raw, "M")
    for name in ("issuer_name", "issuing_country", "funding", "network_transaction_id", "authorization_code"):
        expect_some(name, getattr(info, name))
    expect("cardToken, which nobody asked for", info.card_token, None)


@story
def a_card_waits_for_3_d_secure_until_its_page_is_confirmed(shop: Shop) -> None:
    """Proves: SEED-000 redirectActionForm and threeDSResult; ANTOM-FACTS §5, is3DSAuthentication forces the step."""
    card = typed_card(GOOD)
    card.is3_ds_authentication = True
    with Receiver() as receiver:
        request = card_payment(shop, "2500", card)
        request.payment_notify_url = receiver.url("/hooks/card")
        waiting = shop.send(request, AlipayPayResponse)
        expect("pay", code_of(waiting), "U PAYMENT_IN_PROCESS")
        page_url = expect_some("redirectUrl", waiting.redirect_action_form.redirect_url)
        expect("paymentResultInfo before it is paid", waiting.payment_result_info, None)
        expect("the inquiry before", shop.inquire(payment_id=waiting.payment_id).payment_status.value, "PROCESSING")

        page = visit(page_url)
        expect("the page", (page.status, "ending in 0768" in page.text, GOOD in page.text), (200, True, False))
        pressed = press(page_url, "approve")
        expect("where the browser goes", (pressed.status, pressed.location), (303, "https://shop.example/paid"))
        received = receiver.next()
    expect("the signature", is_genuine(shop, received), True)
    notified = AlipayPayResultNotify(received.body)
    expect("the notification", (notified.notify_type, code_of(notified)), ("PAYMENT_RESULT", "S SUCCESS"))
    expect("its paymentId", notified.payment_id, waiting.payment_id)

    found = shop.inquire(payment_id=waiting.payment_id)
    expect("the inquiry after", found.payment_status.value, "SUCCESS")
    expect("its redirect", found.redirect_action_form, None)
    three_ds = expect_some("threeDSResult", found.payment_result_info.three_ds_result)
    for name in ("three_ds_version", "eci", "cavv", "ds_transaction_id"):
        expect_some(name, getattr(three_ds, name))
    paid = shop.send(request, AlipayPayResponse)
    expect("pay repeated", (code_of(paid), paid.payment_id), ("S SUCCESS", waiting.payment_id))


@story
def a_payer_who_does_not_confirm_pays_nothing(shop: Shop) -> None:
    """Proves: SEED-000 USER_PAYMENT_VERIFICATION_FAILED; paymentTime only with SUCCESS."""
    card = typed_card(GOOD)
    card.is3_ds_authentication = True
    waiting = shop.send(card_payment(shop, "2500", card), AlipayPayResponse)
    expect("the page after declining", press(waiting.normal_url, "decline").status, 200)
    found = shop.inquire(payment_id=waiting.payment_id)
    told = (found.payment_status.value, found.payment_result_code)
    expect("the inquiry", told, ("FAIL", "USER_PAYMENT_VERIFICATION_FAILED"))
    expect("paymentTime", found.payment_time, None)


@story
def a_card_that_is_exempt_asks_for_no_3_d_secure(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §5, one card pays at once though the merchant asks for the step."""
    card = typed_card(EXEMPT_FROM_3DS)
    card.is3_ds_authentication = True
    paid = shop.send(card_payment(shop, "2500", card), AlipayPayResponse)
    expect("pay", code_of(paid), "S SUCCESS")
    expect("threeDSResult", paid.payment_result_info.three_ds_result, None)


@story
def a_declined_card_fails_and_its_repeat_says_the_same(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §5, cards that fail; SEED-000 paymentResultInfo with FAIL."""
    request = card_payment(shop, "2500", typed_card(DECLINED))
    declined = shop.send(request, AlipayPayResponse)
    expect("pay", declined.result.result_status.value, "F")
    code = declined.result.result_code
    expect("its code, one of an issuer", code in ("DO_NOT_HONOR", "ISSUER_REJECTS_TRANSACTION"), True)
    expect("the repeat", code_of(shop.send(request, AlipayPayResponse)), f"F {code}")
    found = shop.inquire(request_id=request.payment_request_id)
    expect("the inquiry", (code_of(found), found.payment_status.value), ("S SUCCESS", "FAIL"))
    expect("paymentResultCode", found.payment_result_code, code)
    expect("paymentTime", found.payment_time, None)
    info = found.payment_result_info
    expect("lastFour", info.last_four, "4822")
    expect("refusalCodeRaw", info.refusal_code_raw, code)
    expect_some("refusalReasonRaw", info.refusal_reason_raw)
    expect("authorizationCode of what failed", info.authorization_code, None)


@story
def each_mistake_in_a_card_has_its_code(shop: Shop) -> None:
    """Proves: SEED-000, the codes of cards that follow from what was typed; SEED-002 for the CVV."""
    for attribute, value, code in (
        ("card_no", "4054", "INVALID_CARD"),
        ("card_no", "4054695723100769", "INVALID_CARD_NUMBER"),
        ("expiry_month", "13", "INVALID_EXPIRY_DATE_FORMAT"),
        ("expiry_year", "20", "INVALID_EXPIRATION_DATE"),
        ("cvv", "12", "INVALID_PAYMENT_METHOD_META_DATA"),
    ):
        card = typed_card(GOOD)
        setattr(card, attribute, value)
        refused = shop.send(card_payment(shop, "2500", card), AlipayPayResponse)
        expect(f"{attribute} {value}", code_of(refused), f"F {code}")
    risky = shop.send(card_payment(shop, "1111001111", typed_card(GOOD)), AlipayPayResponse)
    expect("the amount that risk control stops", code_of(risky), "F RISK_REJECT")


@story
def a_card_is_kept_and_pays_by_its_token(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §2.1 tokenize and paymentMethodId of CARD; §2.2 cardToken."""
    kept = shop.send(card_payment(shop, "2500", typed_card(GOOD), tokenize=True), AlipayPayResponse)
    expect("pay with tokenize", code_of(kept), "S SUCCESS")
    token = expect_some("cardToken", kept.payment_result_info.card_token)
    found = shop.inquire(payment_id=kept.payment_id)
    expect("cardToken of the inquiry", found.payment_result_info.card_token, token)

    again = shop.send(payment_by_token(shop, token), AlipayPayResponse)
    expect("pay by token", code_of(again), "S SUCCESS")
    expect("another payment", again.payment_id == kept.payment_id, False)
    info = again.payment_result_info
    expect("the same card", (info.card_no, info.card_token), ("40546957****0768", token))
    expect("cvvResultRaw, because none was typed", info.cvv_result_raw, None)
    unknown = shop.send(payment_by_token(shop, "no-such-token"), AlipayPayResponse)
    expect("an unknown token", code_of(unknown), "F INVALID_PAYMENT_METHOD_META_DATA")


def payment_by_token(shop: Shop, token: str):
    """A payment by a card that was kept."""
    request = shop.cashier_payment("700")
    request.payment_method.payment_method_type = "CARD"
    request.payment_method.payment_method_id = token
    return request
