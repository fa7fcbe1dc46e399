"""`kiosk airdrop chain` and `deploy`: set outside chains up."""

import asyncio
from dataclasses import dataclass

from kiosk.chains.reach import deploy, ethereum_settings, sandbox_file
from kiosk.chains.sandbox_file import SandboxFile
from kiosk.commands.airdrop import find_token
from kiosk.services.event_files import load_event
from kiosk.settings import DEMO_EVENT, Settings


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the sandbox chain is to behave from now on."""

    delay_seconds: float
    failing: int
    losing: int


def behave(settings: Settings, behaviour: Behaviour) -> int:
    """Tell the sandbox chain how to behave."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = SandboxFile(sandbox_file(settings))
    file.behave(
        delay_seconds=behaviour.delay_seconds, failing=behaviour.failing, losing=behaviour.losing
    )
    file.close()
    return 0


def put_on_chain(settings: Settings, token_key: str) -> int:
    """Put a contract of a token on the Ethereum chain, and say what to write where."""
    node = ethereum_settings(settings)
    token = find_token(load_event(settings.event_file or DEMO_EVENT), token_key)
    # A contract takes 64 bytes of a name, and 16 of a symbol.
    name = token.name if len(token.name.encode()) <= 64 else token.key
    contract = asyncio.run(deploy(node, name, token.key.upper()[:16], token.supply))
    print(f'contract = "{contract}"')
    print(f"Write this line into [[tokens]] {token.key} of the event file.")
    return 0
