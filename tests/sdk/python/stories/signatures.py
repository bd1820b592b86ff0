"""Signatures on both sides, as the SDK makes and checks them."""

import base64

from com.alipay.ams.api.exception.exception import AlipayApiException
from com.alipay.ams.api.request.pay.alipay_pay_query_request import AlipayPayQueryRequest
from com.alipay.ams.api.response.pay.alipay_pay_query_response import AlipayPayQueryResponse
from com.alipay.ams.api.response.pay.alipay_pay_response import AlipayPayResponse
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from shop import Shop, code_of
from story import Wrong, expect, story


def stranger() -> rsa.RSAPrivateKey:
    """A key that nobody knows."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def bare_private_key(key: rsa.RSAPrivateKey) -> str:
    """PKCS#8 as bare base64, as a profile has it."""
    return base64.b64encode(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()


def bare_public_key(key: rsa.RSAPrivateKey) -> str:
    """SPKI as bare base64, as a profile has it."""
    encoded = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(encoded).decode()


@story
def a_wrong_key_is_told_in_a_signed_answer_that_the_sdk_understands(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §1.6, every answer is signed, errors too; §1.7 INVALID_SIGNATURE. Nothing is stored."""
    token = shop.agree(shop.add_wallet(fund_minor=5_000))
    request = shop.payment(token, "100")
    client = shop.client_with(private_key=bare_private_key(stranger()))
    refused = shop.send(request, AlipayPayResponse, client)
    expect("pay", code_of(refused), "F INVALID_SIGNATURE")
    found = shop.inquire(request_id=request.payment_request_id)
    expect("the payment, which is not there", code_of(found), "F ORDER_NOT_EXIST")


@story
def the_sdk_refuses_an_answer_that_another_key_signed(shop: Shop) -> None:
    """Proves that the SDK really verifies in these stories: with another gateway key it takes no answer."""
    request = AlipayPayQueryRequest()
    request.payment_request_id = "nobody"
    try:
        shop.client_with(gateway_key=bare_public_key(stranger())).execute(request)
    except AlipayApiException as error:
        expect("what the SDK says", "verify failed" in str(error), True)
        return
    raise Wrong("the SDK took an answer that was signed with another key")


@story
def an_unknown_client_is_told_in_a_signed_answer(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §1.7, an unknown client is answered with the default key and its own client id."""
    known = shop.profile["clientId"]
    shop.profile["clientId"] = "SANDBOX_NOBODY"
    try:
        client = shop.client_with()
    finally:
        shop.profile["clientId"] = known
    request = AlipayPayQueryRequest()
    request.payment_request_id = "nobody"
    answer = shop.send(request, AlipayPayQueryResponse, client)
    expect("inquiry", code_of(answer), "F CLIENT_INVALID")


@story
def an_agent_token_changes_nothing(shop: Shop) -> None:
    """Proves: ANTOM-FACTS §1.3, the agent token is no part of what is signed."""
    request = AlipayPayQueryRequest()
    request.payment_request_id = "nobody"
    answer = shop.send(request, AlipayPayQueryResponse, shop.client_with(agent_token="agent-1"))
    expect("inquiry", code_of(answer), "F ORDER_NOT_EXIST")
