"""The outside chains that lead somewhere from here."""

import stat
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.chains.sandbox import NAME as SANDBOX
from kiosk.chains.sandbox import SandboxChain
from kiosk.domain.chains import Chain
from kiosk.domain.events import Event
from kiosk.services.backing import Backing
from kiosk.settings import EthereumSettings, Settings, SettingsError

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

ETHEREUM: Final = "ethereum"
NAMES: Final = (SANDBOX, ETHEREUM)

_NOT_INSTALLED: Final = "the packages for Ethereum are not installed: run scripts/ethereum"


@asynccontextmanager
async def reachable(
    settings: Settings, backing: Backing, event: Event
) -> AsyncIterator[Mapping[str, Chain]]:
    """Chains by their names; raises `SettingsError` if one that was set up cannot be used."""
    async with AsyncExitStack() as closing:
        sandbox = SandboxChain(sandbox_file(settings))
        closing.push_async_callback(sandbox.close)
        chains: dict[str, Chain] = {SANDBOX: sandbox}
        if settings.ethereum is not None:
            ethereum = _ethereum(settings.ethereum, backing, event)
            chains[ETHEREUM] = await closing.enter_async_context(ethereum)
        yield chains


def sandbox_file(settings: Settings) -> Path:
    """Where the sandbox chain keeps everything it has."""
    return settings.home / "chain.sqlite"


def ethereum_settings(settings: Settings) -> EthereumSettings:
    """How the Ethereum chain is reached; raises `SettingsError` if nobody has said so."""
    if settings.ethereum is None:
        raise SettingsError("expected the address of a node of the chain in KIOSK_ETHEREUM_URL")
    return settings.ethereum


def address_rule(chain: str) -> Callable[[str], bool] | None:
    """What an address on a chain must be; None if it may be anything. Raises `SettingsError`."""
    if chain != ETHEREUM:
        return None
    try:
        from kiosk.chains.ethereum import is_address
    except ImportError as error:
        raise SettingsError(_NOT_INSTALLED) from error
    return is_address


async def deploy(settings: EthereumSettings, name: str, symbol: str, supply: int) -> str:
    """Put a new contract of tokens on the chain; its address. Raises `ChainUnavailable`, too."""
    account = payer(settings.key_file)
    from kiosk.chains.ethereum_node import EthereumNode

    node = EthereumNode(settings.url)
    try:
        return await node.deploy(account, name, symbol, supply)
    finally:
        await node.close()


@asynccontextmanager
async def _ethereum(
    settings: EthereumSettings, backing: Backing, event: Event
) -> AsyncIterator[Chain]:
    account = payer(settings.key_file)
    # Loaded for those who use it: it is a large part of a start.
    from kiosk.chains.ethereum import GWEI, EthereumChain, Terms
    from kiosk.chains.ethereum_node import EthereumNode

    terms = Terms(
        account=account,
        contracts={token.key: token.contract for token in event.tokens},
        confirmations=settings.confirmations,
        fee_max=settings.fee_max_gwei * GWEI,
    )
    node = EthereumNode(settings.url)
    try:
        yield EthereumChain(node, terms, backing.store, backing.clock)
    finally:
        await node.close()


def payer(file: Path) -> "LocalAccount":
    """The account whose private key is in a file; raises `SettingsError`."""
    try:
        from eth_account import Account
    except ImportError as error:
        raise SettingsError(_NOT_INSTALLED) from error
    expected = f"expected a private key of 64 hexadecimal digits in {file} (KIOSK_ETHEREUM_KEY)"
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise SettingsError(f"others may read {file}; expected its owner's alone: chmod 600")
        account: LocalAccount = Account.from_key(file.read_text(encoding="ascii").strip())
    except OSError as error:
        raise SettingsError(f"{expected}: {error.strerror}") from error
    except ValueError:
        # Without its cause, which might show what is in the file.
        raise SettingsError(expected) from None
    return account
