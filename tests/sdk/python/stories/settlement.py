"""Exchange rates, and what a payment is settled with."""

from com.alipay.ams.api.model.currency_pair import CurrencyPair
from com.alipay.ams.api.model.product_code_type import ProductCodeType
from com.alipay.ams.api.model.settlement_strategy import SettlementStrategy
from com.alipay.ams.api.request.notify.alipay_pay_result_notify import AlipayPayResultNotify
from com.alipay.ams.api.request.pay.alipay_inquire_exchange_rate_request import AlipayInquireExchangeRateRequest
from com.alipay.ams.api.response.pay.alipay_inquire_exchange_rate_response import AlipayInquireExchangeRateResponse
from com.alipay.ams.api.response.pay.alipay_pay_response import AlipayPayResponse

from receiver import Receiver
from shop import Shop, code_of, money_of
from story import expect, expect_some, story

# Of the demo world: what one HKD is in USD.
HKD_TO_USD = 0.1286


def ask_rates(shop: Shop, *pairs: tuple[str, str]) -> AlipayInquireExchangeRateResponse:
    """Asks what currencies are worth in one another; each pair is sold and bought."""
    request = AlipayInquireExchangeRateRequest()
    request.product_code = ProductCodeType.CASHIER_PAYMENT
    request.currency_pairs = [pair_of(*pair) for pair in pairs]
    return shop.send(request, AlipayInquireExchangeRateResponse)


def pair_of(sell: str, buy: str) -> CurrencyPair:
    pair = CurrencyPair()
    pair.sell_currency, pair.buy_currency = sell, buy
    return pair


@story
def exchange_rates_are_told_as_numbers(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §2.10 inquireExchangeRate; §1.9, a price is a JSON number and `guaranteed` a boolean."""
    answer = ask_rates(shop, ("HKD", "USD"), ("CNY", "CAD"))
    expect("inquireExchangeRate", code_of(answer), "S SUCCESS")
    quotes = {quote.quote_currency_pair: quote for quote in answer.quotes}
    expect("the pairs", sorted(quotes), ["CAD/CNY", "USD/HKD"])
    quote = quotes["USD/HKD"]
    expect("quotePrice and guaranteed", (quote.quote_price, quote.guaranteed), (HKD_TO_USD, False))
    expect_some("quoteId", quote.quote_id)
    expect_some("quoteStartTime", quote.quote_start_time)
    told = {(one.sell_currency, one.buy_currency): one.exchange_rate for one in answer.payment_quotes}
    expect("exchangeRate", told[("HKD", "USD")], "0.128600000000000")
    unset = ask_rates(shop, ("HKD", "KWD"))
    expect("a rate that nobody set", (code_of(unset), unset.quotes), ("S SUCCESS", []))


@story
def a_payment_that_is_settled_in_another_currency_tells_its_locked_rate(shop: Shop) -> None:
    """Proves: SEED-002 and SEED-000 grossSettlementAmount with settlementQuote; SETTLE_CONTRACT_NOT_MATCH."""
    token = shop.agree(shop.add_wallet(fund_minor=50_000))
    refused = shop.send(settled_in(shop, token, "USD"), AlipayPayResponse)
    expect("a currency that was not signed", code_of(refused), "F SETTLE_CONTRACT_NOT_MATCH")
    kept = shop.admin.sign_settlement(shop.profile["merchantId"], "agreement_payment", ["USD", "EUR"])
    try:
        unnamed = shop.pay(token, "100")
        expect("no currency named where several are signed", code_of(unnamed), "F SETTLE_CONTRACT_NOT_MATCH")
        with Receiver() as receiver:
            request = settled_in(shop, token, "USD")
            request.payment_notify_url = receiver.url("/hooks/payment")
            paid = shop.send(request, AlipayPayResponse)
            told_of_rate(paid)
            found = shop.inquire(payment_id=paid.payment_id)
            told_of_rate(found)
            notified = AlipayPayResultNotify(receiver.next().body)
    finally:
        shop.admin.change_contracts(shop.profile["merchantId"], kept)
    expect("quoteId of the inquiry", found.settlement_quote.quote_id, paid.settlement_quote.quote_id)
    expect("the notification", notified.gross_settlement_amount, {"currency": "USD", "value": "1286"})


def settled_in(shop: Shop, token: str, currency: str):
    """100 HKD that the merchant wants in another currency."""
    request = shop.payment(token, "10000")
    request.settlement_strategy = SettlementStrategy()
    request.settlement_strategy.settlement_currency = currency
    return request


def told_of_rate(answer) -> None:
    expect("the call", code_of(answer), "S SUCCESS")
    expect("paymentAmount", money_of(answer.payment_amount), "10000 HKD")
    expect("grossSettlementAmount", money_of(answer.gross_settlement_amount), "1286 USD")
    quote = answer.settlement_quote
    expect("quoteCurrencyPair", quote.quote_currency_pair, "USD/HKD")
    expect("quotePrice and guaranteed", (quote.quote_price, quote.guaranteed), (HKD_TO_USD, True))
