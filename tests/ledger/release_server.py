"""A loopback web server that publishes releases, well or badly."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

POLL_SECONDS = 0.01


@dataclass(slots=True)
class Published:
    """What the server answers to every request, and which paths were asked for."""

    body: bytes = b""
    status: int = 200
    claimed_length: int | None = None
    """What Content-Length says, when it is not the body's."""
    url: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def release_server() -> Iterator[Published]:
    """Publish on a free port of loopback while the context lasts."""
    published = Published()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            published.asked.append(self.path)
            self.send_response(published.status)
            length = published.claimed_length
            self.send_header(
                "Content-Length", str(len(published.body) if length is None else length)
            )
            self.end_headers()
            self.wfile.write(published.body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        published.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(POLL_SECONDS,))
        thread.start()
        try:
            yield published
        finally:
            server.shutdown()
            thread.join()
