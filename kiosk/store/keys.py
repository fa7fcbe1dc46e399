"""The keys that sign tickets: one file per event, readable by its owner only."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class SigningKeys:
    """Signing keys in a folder, each as the 32 raw bytes of Ed25519."""

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
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = Ed25519PrivateKey.generate()
        # Created 0600 and complete before it has its name; a link never replaces a file.
        with tempfile.NamedTemporaryFile(dir=self._folder) as fresh:
            fresh.write(key.private_bytes_raw())
            fresh.flush()
            os.fsync(fresh.fileno())
            with suppress(FileExistsError):
                os.link(fresh.name, self.path(event_key))
        self._sync_folder()
        return Ed25519PrivateKey.from_private_bytes(self.path(event_key).read_bytes())

    def _sync_folder(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
