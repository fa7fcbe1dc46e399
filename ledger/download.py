"""Fetch one file over HTTP: bounded in size and time, complete or not at all."""

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

from ledger.engine import LedgerError

Progress = Callable[[int, int | None], None]
"""Told how many bytes have come, and of how many, if the server says."""

TIMEOUT_SECONDS = 30.0
SIZE_BYTES_MAX = 300_000_000
_CHUNK_BYTES = 1 << 18


class DownloadError(LedgerError):
    """The file could not be fetched whole."""


def download(url: str, path: Path, progress: Progress) -> str:
    """Fetch `url` into `path`; the SHA-256 of what came, in lower-case hex."""
    if not url.startswith(("https://", "http://")):
        raise DownloadError(f"{url!r} is no web address; expected https://…")
    request = urllib.request.Request(url, headers={"User-Agent": "kiosk-ledger-install"})
    try:
        with (
            urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response,
            path.open("wb") as file,
        ):
            return _copy(url, response, file, progress)
    except urllib.error.HTTPError as error:
        error.close()
        raise DownloadError(f"{url} answers {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise DownloadError(
            f"{url} cannot be reached: {error.reason}; without a network, fetch the file "
            "elsewhere and name it with --from FILE"
        ) from error
    except (TimeoutError, ConnectionError, http.client.HTTPException) as error:
        raise DownloadError(f"{url} broke off: {type(error).__name__} {error}") from error


def _copy(url: str, response: http.client.HTTPResponse, file: IO[bytes], progress: Progress) -> str:
    header = response.headers.get("Content-Length", "")
    length = int(header) if header.isdigit() else None
    digest = hashlib.sha256()
    done = 0
    while chunk := response.read(_CHUNK_BYTES):
        done += len(chunk)
        if max(done, length or 0) > SIZE_BYTES_MAX:
            raise DownloadError(f"{url} is larger than {SIZE_BYTES_MAX:,} bytes")
        digest.update(chunk)
        file.write(chunk)
        progress(done, length)
    if length is not None and done != length:
        raise DownloadError(f"{url} broke off after {done:,} of {length:,} bytes; try again")
    return digest.hexdigest()
