"""`python -m tests.bench NAME`: run one benchmark."""

import argparse
import os
import sys
from importlib import import_module

from kiosk.supervisor import prepare_for_painting

BENCHES = {
    "ledger": "transfers per second and latency of each ledger engine",
    "sales": "tickets sold per second, key presses during a rush, time to start",
    "wallet": "sends of tokens per second, wallets of many bills, airdrops for many people",
    "door": "from scan to verdict with up to a million tickets, with and without ledger and store",
}


def main() -> int:
    """Run the benchmark that is named first; each has its own options."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=main.__doc__, add_help=False)
    parser.add_argument("name", choices=BENCHES, help="; ".join(map(": ".join, BENCHES.items())))
    if sys.argv[1:2] in ([], ["-h"], ["--help"]):
        parser.print_help()
        return 0
    chosen = parser.parse_args(sys.argv[1:2])
    prepare_for_painting(os.environ)  # As the kiosk does.
    status: int = import_module(f"tests.bench.{chosen.name}").main(sys.argv[2:])
    return status


if __name__ == "__main__":
    sys.exit(main())
