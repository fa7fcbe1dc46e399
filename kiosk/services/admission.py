"""The door: scan, record the Code of Conduct, admit once."""

from kiosk.domain.admission import NeedsConduct, Verdict


class Admission:
    """Verdicts of one terminal's door."""

    terminal: str

    def new_nonce(self) -> int:
        """64 bits that name one scan: a repeated question about it gets the same answer."""
        raise NotImplementedError

    async def scan(self, text: str, nonce: int) -> Verdict | NeedsConduct:
        """Judge a QR's text or a typed ticket number, and admit if nothing is in the way."""
        raise NotImplementedError

    async def accept_conduct(self, needs: NeedsConduct, language: str, nonce: int) -> Verdict:
        """Record that the holder accepted the text in `language`, and go on with the scan."""
        raise NotImplementedError
