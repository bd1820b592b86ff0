"""The user's browser: opens a page of the gateway and presses its buttons. It goes where no redirect leads."""

import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

TIMEOUT_S = 10


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    text: str
    location: str | None


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Gives a redirect back in place of following it: the shop's own pages are not there."""

    def redirect_request(self, *_) -> None:
        """Nothing is asked for."""
        return None


def visit(url: str) -> Page:
    """Opens a page."""
    return load(urllib.request.Request(url))


def press(url: str, action: str) -> Page:
    """Sends the page's form with one of its buttons: approve, pending or decline."""
    form = urllib.parse.urlencode({"action": action}).encode()
    return load(urllib.request.Request(url, data=form, method="POST"))


def load(request: urllib.request.Request) -> Page:
    """One request; whatever the status is, the page is given back."""
    try:
        answer = urllib.request.build_opener(NoRedirect).open(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return Page(answer.status, answer.read().decode("utf-8"), answer.headers.get("location"))
