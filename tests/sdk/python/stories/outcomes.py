"""Outcomes that a request id asks for after its `~`: each code of a table, seen where the SDK reads it."""

import time
import uuid

from com.alipay.ams.api.response.pay.alipay_pay_response import AlipayPayResponse

from cards import authorize
from shop import Shop, code_of, fresh
from stories.customs import declaration, declare, pay_in_cny
from story import Wrong, expect, story

RESULT_WAIT_S = 20

# SEED-002, all of it but SUCCESS. U where it is said, F everywhere else.
OF_PAY = """
ACCESS_DENIED CURRENCY_NOT_SUPPORT EXPIRED_CODE INVALID_ACCESS_TOKEN INVALID_CONTRACT INVALID_MERCHANT_STATUS
INVALID_PAYMENT_CODE INVALID_PAYMENT_METHOD_META_DATA KEY_NOT_FOUND MERCHANT_KYB_NOT_QUALIFIED MERCHANT_NOT_REGISTERED
NO_INTERFACE_DEF NO_PAY_OPTIONS ORDER_IS_CANCELED ORDER_IS_CLOSED ORDER_NOT_EXIST PARAM_ILLEGAL
PAYMENT_AMOUNT_EXCEED_LIMIT PAYMENT_COUNT_EXCEED_LIMIT PAYMENT_NOT_QUALIFIED PROCESS_FAIL REPEAT_REQ_INCONSISTENT
RISK_REJECT SETTLE_CONTRACT_NOT_MATCH SYSTEM_ERROR USER_AMOUNT_EXCEED_LIMIT USER_BALANCE_NOT_ENOUGH
USER_KYC_NOT_QUALIFIED USER_NOT_EXIST USER_PAYMENT_VERIFICATION_FAILED USER_STATUS_ABNORMAL VERIFY_TIMES_EXCEED_LIMIT
VERIFY_UNMATCHED PAYMENT_IN_PROCESS/U REQUEST_TRAFFIC_EXCEED_LIMIT/U UNKNOWN_EXCEPTION/U
"""
# SEED-000, the call, all of it but SUCCESS.
OF_INQUIRY = """
ACCESS_DENIED INVALID_API KEY_NOT_FOUND NO_INTERFACE_DEF ORDER_NOT_EXIST PARAM_ILLEGAL PROCESS_FAIL SYSTEM_ERROR
PAYMENT_IN_PROCESS/U REQUEST_TRAFFIC_EXCEED_LIMIT/U UNKNOWN_EXCEPTION/U
"""
# SEED-000, paymentResultCode, all of it but SUCCESS.
OF_PAYMENT = """
ACCESS_DENIED CURRENCY_NOT_SUPPORT DO_NOT_HONOR FRAUD_REJECT INVALID_API INVALID_CARD INVALID_EXPIRY_DATE_FORMAT
ISSUER_REJECTS_TRANSACTION INVALID_ACCESS_TOKEN INVALID_MERCHANT_STATUS KEY_NOT_FOUND MERCHANT_KYB_NOT_QUALIFIED
NO_INTERFACE_DEF NO_PAY_OPTIONS ORDER_IS_CLOSED PARAM_ILLEGAL PAYMENT_AMOUNT_EXCEED_LIMIT PAYMENT_COUNT_EXCEED_LIMIT
PAYMENT_NOT_QUALIFIED PROCESS_FAIL RISK_REJECT SUSPECTED_CARD SUSPECTED_RISK SYSTEM_ERROR USER_AMOUNT_EXCEED_LIMIT
USER_BALANCE_NOT_ENOUGH USER_KYC_NOT_QUALIFIED USER_PAYMENT_VERIFICATION_FAILED USER_STATUS_ABNORMAL
CARD_NOT_SUPPORTED INVALID_EXPIRATION_DATE INVALID_CARD_NUMBER PAYMENT_IN_PROCESS/U UNKNOWN_EXCEPTION/U
"""
# SEED-000, transactionResult, all of it but SUCCESS.
OF_TRANSACTION = """
ACCESS_DENIED INVALID_API CLIENT_INVALID KEY_NOT_FOUND NO_INTERFACE_DEF ORDER_NOT_EXIST PARAM_ILLEGAL PROCESS_FAIL
SYSTEM_ERROR AUTHENTICATION_REQUIRED PAYMENT_PROHIBITED REQUEST_TRAFFIC_EXCEED_LIMIT/U UNKNOWN_EXCEPTION/U
PAYMENT_IN_PROCESS/U
"""
# ANTOM-FACTS §2.3 to §2.6 and §2.11, some of each.
OF_CANCEL = """
CANCEL_WINDOW_EXCEED ORDER_NOT_EXIST ORDER_STATUS_INVALID CLIENT_INVALID ACCESS_DENIED KEY_NOT_FOUND PARAM_ILLEGAL
PROCESS_FAIL SYSTEM_ERROR REQUEST_TRAFFIC_EXCEED_LIMIT/U UNKNOWN_EXCEPTION/U
"""
OF_REFUND = """
ORDER_NOT_EXIST ORDER_STATUS_INVALID REFUND_AMOUNT_EXCEED REFUND_WINDOW_EXCEED MULTIPLE_REFUNDS_NOT_SUPPORTED
PARTIAL_REFUND_NOT_SUPPORTED REFUND_NOT_SUPPORTED MERCHANT_BALANCE_NOT_ENOUGH RISK_REJECT SYSTEM_ERROR
REFUND_IN_PROCESS/U UNKNOWN_EXCEPTION/U
"""
OF_INQUIRY_REFUND = """
REFUND_NOT_EXIST ORDER_NOT_EXIST PARAM_ILLEGAL PROCESS_FAIL ACCESS_DENIED INVALID_API KEY_NOT_FOUND SYSTEM_ERROR
REQUEST_TRAFFIC_EXCEED_LIMIT/U UNKNOWN_EXCEPTION/U
"""
OF_CAPTURE = """
AUTH_CANCELLED AUTH_EXPIRED AUTH_NOT_FOUND CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT MULTI_CAPTURE_NOT_SUPPORTED
CURRENCY_NOT_SUPPORT INVALID_CONTRACT ORDER_STATUS_INVALID SYSTEM_ERROR CAPTURE_IN_PROCESS/U UNKNOWN_EXCEPTION/U
"""
OF_DECLARE = """
ACCESS_DENIED INVALID_API CONTEXT_INCONSISTENT ORDER_NOT_EXIST ORDER_STATUS_INVALID CURRENCY_NOT_SUPPORT PARAM_ILLEGAL
PROCESS_FAIL SYSTEM_ERROR UNKNOWN_EXCEPTION/U
"""


def codes(table: str) -> list[tuple[str, str]]:
    """The codes of a table with F or U."""
    return [(code, status or "F") for code, _, status in (word.partition("/") for word in table.split())]


def richly(shop: Shop) -> str:
    """The access token of a user with money enough for a story."""
    return shop.agree(shop.add_wallet(fund_minor=1_000_000))


@story
def pay_answers_each_code_of_its_table(shop: Shop) -> None:
    """Proves: SEED-002, its 37 codes."""
    token = richly(shop)
    expect("how many", len(codes(OF_PAY)), 36)
    for code, status in codes(OF_PAY):
        answer = shop.pay(token, "100", fresh("pay") + f"~{code}")
        expect(code, code_of(answer), f"{status} {code}")
    paid = shop.pay(token, "100", fresh("pay") + "~SUCCESS")
    expect("SUCCESS", code_of(paid), "S SUCCESS")


@story
def an_inquiry_answers_each_code_of_its_table_once_and_then_the_truth(shop: Shop) -> None:
    """Proves: SEED-000, the 12 codes of the call."""
    token = richly(shop)
    expect("how many", len(codes(OF_INQUIRY)), 11)
    for code, status in codes(OF_INQUIRY):
        paid = shop.pay(token, "100", fresh("pay") + f"~inquiry:{code}*1")
        expect(f"pay with {code}", code_of(paid), "S SUCCESS")
        expect(code, code_of(shop.inquire(payment_id=paid.payment_id)), f"{status} {code}")
        expect(f"after {code}", shop.inquire(payment_id=paid.payment_id).payment_status.value, "SUCCESS")


@story
def an_inquiry_tells_each_result_of_a_payment(shop: Shop) -> None:
    """Proves: SEED-000, the 35 payment result codes with FAIL, or PROCESSING where nothing is decided."""
    token = richly(shop)
    expect("how many", len(codes(OF_PAYMENT)), 34)
    for code, status in codes(OF_PAYMENT):
        request_id = fresh("pay") + f"~y:{code}"
        shop.pay(token, "100", request_id)
        found = shop.inquire(request_id=request_id)
        wanted = ("S SUCCESS", "FAIL" if status == "F" else "PROCESSING", code, None)
        told = (code_of(found), found.payment_status.value, found.payment_result_code, found.payment_time)
        expect(code, told, wanted)


@story
def an_inquiry_tells_each_result_of_a_refund(shop: Shop) -> None:
    """Proves: SEED-000, the 15 codes of transactionResult with their statuses."""
    paid = shop.pay(richly(shop), "1000")
    expect("how many", len(codes(OF_TRANSACTION)), 14)
    wanted = {}
    for code, status in codes(OF_TRANSACTION):
        request_id = fresh("refund") + f"~t:{code}"
        expect(f"refund with {code}", code_of(shop.refund(paid.payment_id, "1", request_id)), "U REFUND_IN_PROCESS")
        wanted[request_id] = (code, status, "FAIL" if status == "F" else "PROCESSING")
    given_back = fresh("refund")
    expect("refund", code_of(shop.refund(paid.payment_id, "1", given_back)), "S SUCCESS")
    wanted[given_back] = ("SUCCESS", "S", "SUCCESS")
    wait_for(lambda: results_of(shop, paid.payment_id), wanted)


def results_of(shop: Shop, payment_id: str) -> dict[str, tuple[str, str, str]]:
    """Code, its status and the transaction's, by the merchant's id."""
    return {
        one.transaction_request_id: (
            one.transaction_result.result_code,
            one.transaction_result.result_status.value,
            one.transaction_status.value,
        )
        for one in shop.inquire(payment_id=payment_id).transactions
    }


def wait_for(look, wanted: dict) -> None:
    """Looks until what is there is what is wanted; a result that is due comes within moments."""
    until = time.monotonic() + RESULT_WAIT_S
    while (found := look()) != wanted:
        if time.monotonic() > until:
            differing = {key: (found.get(key), value) for key, value in wanted.items() if found.get(key) != value}
            raise Wrong(f"still not as wanted, found and wanted: {differing}")
        time.sleep(0.2)


@story
def a_cancel_answers_codes_of_its_table(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §2.3; a failing answer cancels nothing."""
    token = richly(shop)
    for code, status in codes(OF_CANCEL):
        paid = shop.pay(token, "100", fresh("pay") + f"~x:{code}*1")
        expect(code, code_of(shop.cancel(paid.payment_id)), f"{status} {code}")
        if status == "F":
            expect(f"after {code}", shop.inquire(payment_id=paid.payment_id).payment_status.value, "SUCCESS")


@story
def a_refund_answers_codes_of_its_table(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §2.4; a failing answer gives nothing back."""
    paid = shop.pay(richly(shop), "1000")
    for code, status in codes(OF_REFUND):
        request_id = fresh("refund") + f"~{code}"
        expect(code, code_of(shop.refund(paid.payment_id, "1", request_id)), f"{status} {code}")
    succeeded = [result for result in results_of(shop, paid.payment_id).values() if result[2] == "SUCCESS"]
    expect("refunds that were made", succeeded, [])


@story
def an_inquiry_of_a_refund_answers_codes_of_its_table(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §2.5."""
    paid = shop.pay(richly(shop), "1000")
    for code, status in codes(OF_INQUIRY_REFUND):
        request_id = fresh("refund") + f"~q:{code}*1"
        expect(f"refund with {code}", code_of(shop.refund(paid.payment_id, "1", request_id)), "S SUCCESS")
        expect(code, code_of(shop.inquire_refund(request_id=request_id)), f"{status} {code}")
        expect(f"after {code}", code_of(shop.inquire_refund(request_id=request_id)), "S SUCCESS")


@story
def a_capture_answers_codes_of_its_table(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §2.6; a failing answer takes nothing."""
    payment_id = authorize(shop, "10000")
    for code, status in codes(OF_CAPTURE):
        request_id = f"c-{uuid.uuid4().hex[:10]}~{code}"
        expect(code, code_of(shop.capture(payment_id, "1", request_id)), f"{status} {code}")
    expect("the rest of it", code_of(shop.capture(payment_id, "9000")), "S SUCCESS")


@story
def a_declaration_answers_codes_of_its_table(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §2.11."""
    payment_id = pay_in_cny(shop, "10000")
    for code, status in codes(OF_DECLARE):
        request = declaration(payment_id, "1", f"d{uuid.uuid4().hex[:6]}~{code}")
        expect(code, code_of(declare(shop, request)), f"{status} {code}")


@story
def a_payment_in_process_is_paid_when_its_result_arrives(shop: Shop) -> None:
    """Proves that the result of a selector arrives after the answer, and that the payment is then really paid."""
    request_id = fresh("pay") + "~PAYMENT_IN_PROCESS,y:SUCCESS@1ms"
    expect("pay", code_of(shop.pay(richly(shop), "100", request_id)), "U PAYMENT_IN_PROCESS")
    wait_for(lambda: {"status": shop.inquire(request_id=request_id).payment_status.value}, {"status": "SUCCESS"})


@story
def an_unknown_outcome_is_refused_with_the_nearest_known_one(shop: Shop) -> None:
    """Proves that a slip in a selector is named, and that nothing is stored of it."""
    request_id = fresh("pay") + "~USER_BALANCE_ENOUGH"
    refused = shop.send(shop.payment(richly(shop), "100", request_id), AlipayPayResponse)
    expect("pay", code_of(refused), "F PARAM_ILLEGAL")
    expect("the nearest one", "USER_BALANCE_NOT_ENOUGH" in refused.result.result_message, True)
    expect("the payment", code_of(shop.inquire(request_id=request_id)), "F ORDER_NOT_EXIST")
