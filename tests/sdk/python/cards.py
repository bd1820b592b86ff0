"""Cards as a payer types them, and payments by them, in the SDK's own classes."""

from com.alipay.ams.api.model.card_payment_method_detail import CardPaymentMethodDetail
from com.alipay.ams.api.model.payment_factor import PaymentFactor
from com.alipay.ams.api.request.pay.alipay_pay_request import AlipayPayRequest
from com.alipay.ams.api.response.pay.alipay_pay_response import AlipayPayResponse

from shop import Shop, code_of
from story import expect

# The test cards of ANTOM-FACTS §5.
GOOD = "4054695723100768"
DECLINED = "4054692760174822"
EXEMPT_FROM_3DS = "4035501000000008"


def typed_card(number: str) -> CardPaymentMethodDetail:
    """A card with everything that a payer types."""
    card = CardPaymentMethodDetail()
    card.card_no = number
    card.cvv = "123"
    card.expiry_year = "29"
    card.expiry_month = "12"
    return card


def card_payment(
    shop: Shop, value: str, card: CardPaymentMethodDetail, tokenize: bool = False, request_id: str | None = None
) -> AlipayPayRequest:
    """A payment by card that is not sent yet; `tokenize` asks to keep the card."""
    request = shop.cashier_payment(value, request_id)
    request.payment_method.payment_method_type = "CARD"
    # The SDK has no field for the wish to keep a card; the map beside the card takes it.
    wish = {"tokenize": True} if tokenize else {}
    request.payment_method.payment_method_meta_data = {**card.to_ams_dict(), **wish}
    return request


def authorization(shop: Shop, value: str) -> AlipayPayRequest:
    """A payment by card that holds the money and leaves its taking to captures; not sent yet."""
    request = card_payment(shop, value, typed_card(GOOD))
    request.payment_factor = PaymentFactor()
    request.payment_factor.is_authorization = True
    request.payment_factor.capture_mode = "MANUAL"
    return request


def authorize(shop: Shop, value: str) -> str:
    """Holds money on a card; returns the payment's id."""
    held = shop.send(authorization(shop, value), AlipayPayResponse)
    expect("pay with isAuthorization", code_of(held), "S SUCCESS")
    return held.payment_id
