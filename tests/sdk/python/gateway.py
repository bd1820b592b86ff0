"""The real gateway as a child process, on a data directory of its own."""

import json
import signal
import subprocess
import threading
from pathlib import Path

READY_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30
LOG_LINES = 40

ABOUT_PORT_443 = """\
The SDK connects to port 443 only, so these stories need the right to listen on 127.0.0.1:443, and nobody else
there. Run them as root, or allow low ports to everybody until the next start of the machine:
  sudo sysctl net.ipv4.ip_unprivileged_port_start=443
`ss -ltnp 'sport = :443'` shows who listens there already."""


class NotStarted(Exception):
    """The gateway did not become ready."""


class Gateway:
    """`farthing dev`, from its start to its end."""

    def __init__(self, binary: Path, data: Path):
        self.binary = binary
        self.data = data
        self.log = data.parent / "gateway.log"
        self.ready: dict = {}
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Starts it and waits for its ready line. Raises NotStarted with the end of its log."""
        addresses = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:443"]
        command = [str(self.binary), "dev", "--data", str(self.data), *addresses]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True
            )
        # A gateway that hangs must not hang the stories.
        timer = threading.Timer(READY_TIMEOUT_S, self._process.kill)
        timer.start()
        try:
            line = self._process.stdout.readline()
        finally:
            timer.cancel()
        if not line:
            code = self._process.wait()
            raise NotStarted(f"{' '.join(command)}\nended with {code} before it was ready:\n{self.log_end()}\n{ABOUT_PORT_443}")
        self.ready = json.loads(line)

    def stop(self) -> int | None:
        """Asks it to end (SIGTERM), waits, and returns its exit code. Kills it when it does not end."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None
        finally:
            process.stdout.close()

    def profile(self) -> dict:
        """What it wrote for SDKs."""
        return json.loads((self.data / "dev" / "antom.json").read_text(encoding="utf-8"))

    def log_end(self) -> str:
        """The last lines of its log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:])
