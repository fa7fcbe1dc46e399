"""What signs tickets and webhooks, and tells terminals apart: one file each, its owner's alone."""

import os
import secrets
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class SigningKeys:
    """Signing keys in a folder: of events as the 32 raw bytes of Ed25519, of webhooks any."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, event_key: str) -> Path:
        """Where the key of an event is, or would be."""
        return self._folder / f"{event_key}.ed25519"

    def load(self, event_key: str) -> Ed25519PrivateKey | None:
        """The key of an event; None if this machine has none."""
        try:
            return Ed25519PrivateKey.from_private_bytes(self.path(event_key).read_bytes())
        except FileNotFoundError:
            return None

    def make(self, event_key: str) -> Ed25519PrivateKey:
        """Make the key of an event; if another process was faster, that one is the key."""
        fresh = Ed25519PrivateKey.generate().private_bytes_raw()
        return Ed25519PrivateKey.from_private_bytes(self._keep(self.path(event_key), fresh))

    def webhook_secret(self, provider: str) -> bytes:
        """What the webhooks of a provider on this machine are signed with; made when first asked.

        A provider elsewhere gives its own instead.
        """
        return self._keep(self._folder / f"{provider}.webhook", secrets.token_bytes(32))

    def terminal_secret(self, name: str) -> bytes:
        """What a terminal of this machine shows that it is the one that was paired."""
        # Any name is good for a terminal, but not for a file.
        file = sha256(name.encode()).hexdigest()[:32]
        return self._keep(self._folder / f"{file}.terminal", secrets.token_bytes(32))

    def _keep(self, file: Path, secret: bytes) -> bytes:
        with suppress(FileNotFoundError):
            return file.read_bytes()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Created 0600 and complete before it has its name; a link never replaces a file.
        with tempfile.NamedTemporaryFile(dir=self._folder) as fresh:
            fresh.write(secret)
            fresh.flush()
            os.fsync(fresh.fileno())
            with suppress(FileExistsError):
                os.link(fresh.name, file)
        self._sync_folder()
        return file.read_bytes()

    def _sync_folder(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
