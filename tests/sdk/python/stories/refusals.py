"""What is refused, and how it is told."""

from shop import Shop, code_of
from story import expect, story


@story
def a_payment_without_balance_fails_and_its_repeat_says_the_same(shop: Shop) -> None:
    """Proves: SEED-002 USER_BALANCE_NOT_ENOUGH; a final F is kept, even when money has come since."""
    wallet_id = shop.add_wallet(fund_minor=99)
    token = shop.agree(wallet_id)
    request = shop.payment(token, "100")
    failed = shop.pay(token, "100", request.payment_request_id)
    expect("pay", code_of(failed), "F USER_BALANCE_NOT_ENOUGH")
    shop.admin.call("POST", f"/wallets/{wallet_id}/fund", {"amount_minor": 1_000, "currency": "HKD"})
    again = shop.pay(token, "100", request.payment_request_id)
    expect("the repeat", code_of(again), "F USER_BALANCE_NOT_ENOUGH")
    found = shop.inquire(request_id=request.payment_request_id)
    expect("the inquiry", (code_of(found), found.payment_status.value), ("S SUCCESS", "FAIL"))
    expect("paymentResultCode", found.payment_result_code, "USER_BALANCE_NOT_ENOUGH")
    expect("paymentTime of a failed payment", found.payment_time, None)
    expect("the wallet, untouched", shop.admin.balance_minor(wallet_id), 1_099)


@story
def a_revoked_token_pays_no_more(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §2.9, the token becomes unusable at once."""
    wallet_id = shop.add_wallet(fund_minor=5_000)
    token = shop.agree(wallet_id)
    expect("pay before", code_of(shop.pay(token, "100")), "S SUCCESS")
    expect("revoke", code_of(shop.revoke(token)), "S SUCCESS")
    refused = shop.pay(token, "100")
    expect("pay after", refused.result.result_status.value, "F")
    expect("its code", refused.result.result_code, "INVALID_ACCESS_TOKEN")
    expect("revoke again", code_of(shop.revoke(token)), "F INVALID_ACCESS_TOKEN")
    expect("the wallet, debited once", shop.admin.balance_minor(wallet_id), 4_900)


@story
def what_does_not_exist_is_told_with_the_result_alone(shop: Shop) -> None:
    """Proves: SEED-000 ORDER_NOT_EXIST; the SDK reads an answer that has nothing but a result."""
    expect("an unknown payment", code_of(shop.inquire(payment_id="2026010100000000000000001")), "F ORDER_NOT_EXIST")
    expect("an unknown refund", shop.inquire_refund(request_id="nobody").result.result_status.value, "F")
    expect("a cancel of nothing", code_of(shop.cancel("2026010100000000000000001")), "F ORDER_NOT_EXIST")


@story
def a_bad_amount_is_param_illegal_and_uses_up_nothing(shop: Shop) -> None:
    """Proves: SEED-002 PARAM_ILLEGAL; a request refused before a payment exists leaves its id free."""
    token = shop.agree(shop.add_wallet(fund_minor=5_000))
    request = shop.payment(token, "100")
    for value in ("-1", "1.5", "0", "1e3", "12345678901234567", "１"):
        refused = shop.pay(token, value, request.payment_request_id)
        expect(f"pay {value}", code_of(refused), "F PARAM_ILLEGAL")
    expect("the same id with a good amount", code_of(shop.pay(token, "100", request.payment_request_id)), "S SUCCESS")
