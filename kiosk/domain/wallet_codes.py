"""The QR of a wallet: it names the wallet, and opens it together with its owner's PIN."""

from kiosk.domain.signed_codes import CodeKind, NamingCode, SignedNamingCode, read_naming


def wallet_code(wallet_id: int, version: int) -> NamingCode:
    """The code of a wallet; a newer version replaces it."""
    return NamingCode(CodeKind.WALLET, wallet_id, version)


def read_wallet_code(text: str) -> SignedNamingCode | None:
    """What a scanned text says, not yet trusted; None if no wallet's code reads like it."""
    return read_naming(text, CodeKind.WALLET)
