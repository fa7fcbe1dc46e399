"""The sandbox chain as a process of its own: a line of JSON in, a line of JSON out.

    {"submit": "<batch>", "payouts": [["<address>", 5], …]}  ->  {"transaction": "<id>"}
    {"status": "<transaction>"}                              ->  {"state": "confirmed"}

It ends when nobody writes any more. A reply that is lost is an empty line.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from kiosk.chains.sandbox_file import ReplyLost, SandboxFile


def serve(file: SandboxFile, asked: TextIO, told: TextIO, now: Callable[[], float]) -> None:
    """Answer line by line."""
    for line in asked:
        told.write(_answer(file, json.loads(line), now()) + "\n")
        told.flush()


def _answer(file: SandboxFile, asked: dict[str, object], now: float) -> str:
    match asked:
        case {"submit": str(batch), "payouts": list(payouts)}:
            try:
                transaction = file.submit(batch, [(one[0], one[1]) for one in payouts], now)
            except ReplyLost:
                return ""
            return json.dumps({"transaction": transaction})
        case {"status": str(transaction)}:
            return json.dumps({"state": file.status(transaction, now)})
    return json.dumps({"error": "expected submit with payouts, or status"})


if __name__ == "__main__":
    serve(SandboxFile(Path(sys.argv[1])), sys.stdin, sys.stdout, time.time)
