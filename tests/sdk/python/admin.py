"""The operator's side: the few calls of the admin API that the stories need."""

import json
import urllib.error
import urllib.request
from pathlib import Path

TIMEOUT_S = 10


class AdminRefused(Exception):
    """The admin API answered with a problem."""


class Admin:
    """A client of the admin API."""

    def __init__(self, url: str, token: str):
        self._url = url
        self._token = token

    @classmethod
    def of_data_directory(cls, data: Path) -> "Admin":
        """Finds the running gateway as every command does: by DIR/run.json."""
        run = json.loads((data / "run.json").read_text(encoding="utf-8"))
        return cls(run["admin"], Path(run["token_file"]).read_text(encoding="utf-8").strip())

    def call(self, method: str, path: str, body: dict | None = None) -> dict:
        """One call. Raises AdminRefused with the text of the problem."""
        request = urllib.request.Request(
            f"{self._url}/admin/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            detail = error.read().decode("utf-8", "replace")
            raise AdminRefused(f"{method} {path}: {error.code} {detail}") from error

    def add_wallet(self, wallet_id: str, method: str, currency: str, fund_minor: int) -> None:
        """A user with one wallet."""
        self.call("POST", "/wallets", {
            "wallet_id": wallet_id,
            "user_id": f"U-{wallet_id}",
            "login_id": f"{wallet_id.lower()}@wallet.example",
            "method": method,
            "currency": currency,
            "fund_minor": fund_minor,
        })

    def balance_minor(self, wallet_id: str) -> int:
        """What is in a wallet."""
        return self.call("GET", f"/wallets/{wallet_id}")["balance_minor"]

    def approve(self, merchant_id: str, authorization_id: str, wallet_id: str) -> dict:
        """The user agrees, with this wallet."""
        path = f"/authorizations/{merchant_id}/{authorization_id}/approve"
        return self.call("POST", path, {"wallet_id": wallet_id})

    def decline(self, merchant_id: str, authorization_id: str) -> dict:
        """The user does not agree."""
        return self.call("POST", f"/authorizations/{merchant_id}/{authorization_id}/decline", {})

    def limit_wallet(self, wallet_id: str, amount_max_minor: int) -> None:
        """The user sets how much one payment may take."""
        self.call("PATCH", f"/wallets/{wallet_id}", {"amount_max_minor": amount_max_minor})

    def sign_settlement(self, merchant_id: str, product: str, currencies: list[str]) -> list[dict]:
        """Settles a product in these currencies; returns the contracts as they were."""
        kept = self.call("GET", f"/merchants/{merchant_id}")["contracts"]
        changed = [
            {**contract, "settlement_currencies": currencies} if contract["product"] == product else contract
            for contract in kept
        ]
        self.change_contracts(merchant_id, changed)
        return kept

    def change_contracts(self, merchant_id: str, contracts: list[dict]) -> None:
        """What the merchant has signed from now on."""
        self.call("PATCH", f"/merchants/{merchant_id}", {"contracts": contracts})

    def advance_clock(self, advance_ms: int) -> None:
        """Moves the clock of the main world."""
        self.call("POST", "/worlds/main/clock", {"advance_ms": advance_ms})
