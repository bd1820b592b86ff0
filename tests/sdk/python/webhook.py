"""A notification, judged with the SDK's own webhook tool."""

from com.alipay.ams.api.tools.webhook_tool import check_signature

from receiver import Received
from shop import Shop
from story import expect


def is_genuine(shop: Shop, received: Received, body: str | None = None) -> bool:
    """What the SDK says of a notification; of another body when one is given."""
    expect("the client id of the notification", received.headers["client-id"], shop.profile["clientId"])
    return check_signature(
        "POST",
        received.path,
        received.headers["client-id"],
        received.headers["request-time"],
        received.body if body is None else body,
        received.headers["signature"],
        shop.profile["gatewayPublicKey"],
    )
