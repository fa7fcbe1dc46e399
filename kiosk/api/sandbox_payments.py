"""A payment as text, for the sandbox's file."""

import json
from dataclasses import asdict
from datetime import datetime

from kiosk.domain.money import Money
from kiosk.domain.providers import PaymentLine, PaymentRequest


def pack(request: PaymentRequest) -> str:
    """The text that `unpack` reads."""
    return json.dumps(asdict(request) | {"expires_at": request.expires_at.isoformat()})


def unpack(text: str) -> PaymentRequest:
    """The request that `pack` made the text of."""
    fields = json.loads(text)
    lines = [
        PaymentLine(line["name"], line["count"], Money(**line["amount"]))
        for line in fields.pop("lines")
    ]
    return PaymentRequest(
        **fields
        | {
            "amount": Money(**fields["amount"]),
            "lines": tuple(lines),
            "expires_at": datetime.fromisoformat(fields["expires_at"]),
        }
    )
