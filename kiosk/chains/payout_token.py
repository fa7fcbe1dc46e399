"""The contract of tokens on an Ethereum chain, as `scripts/contract` compiled it."""

import json
from functools import cache
from pathlib import Path
from typing import Final, TypedDict

from eth_typing import ABI

SOURCE: Final = Path(__file__).with_name("payout_token.vy")
BATCH_MAX: Final = 400
"""As in the source: so many burn less than a chain lets one transaction burn."""


class Compiled(TypedDict):
    """What the contract understands, and what makes one."""

    abi: ABI
    bytecode: str
    source_sha256: str


@cache
def compiled() -> Compiled:
    """The contract as it is deployed."""
    made: Compiled = json.loads(SOURCE.with_suffix(".json").read_text(encoding="utf-8"))
    return made
