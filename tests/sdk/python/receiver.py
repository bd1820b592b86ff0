"""The merchant's notification endpoint: a small http server on loopback that keeps what it is sent."""

import queue
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ACKNOWLEDGED = b'{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}'
WAIT_S = 20


@dataclass(frozen=True)
class Received:
    """One notification as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: str


class Receiver:
    """Listens while a `with` block lasts."""

    def __init__(self):
        self._received: queue.Queue[Received] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler_class())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "Receiver":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str) -> str:
        """The address to ask notifications for."""
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def next(self) -> Received:
        """The next notification. Raises queue.Empty when none comes in time."""
        return self._received.get(timeout=WAIT_S)

    def _handler_class(self) -> type[BaseHTTPRequestHandler]:
        received = self._received

        class Handler(BaseHTTPRequestHandler):
            """Keeps each request and acknowledges it."""

            def do_POST(self) -> None:
                """One notification."""
                body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode("utf-8")
                headers = {name.lower(): value for name, value in self.headers.items()}
                received.put(Received(self.path, headers, body))
                self.send_response(200)
                self.send_header("content-type", "application/json; charset=UTF-8")
                self.send_header("content-length", str(len(ACKNOWLEDGED)))
                self.end_headers()
                self.wfile.write(ACKNOWLEDGED)

            def log_message(self, *_) -> None:
                """Says nothing: the stories say what matters."""

        return Handler
