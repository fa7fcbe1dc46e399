"""An Ethereum node: what is asked of it over JSON-RPC, and its errors in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, NewType

from aiohttp import ClientError, ClientResponseError
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from hexbytes import HexBytes
from web3 import AsyncHTTPProvider, AsyncWeb3
from web3.contract import AsyncContract
from web3.exceptions import (
    BadFunctionCallOutput,
    ContractLogicError,
    Web3Exception,
    Web3RPCError,
)
from web3.middleware import ExtraDataToPOAMiddleware
from web3.types import TxParams

from kiosk.chains.payout_token import compiled
from kiosk.domain.chains import ChainUnavailable

DEADLINE_SECONDS: Final = 20.0
DEPLOY_SECONDS: Final = 300.0

BlockHash = NewType("BlockHash", HexBytes)

# What nodes say to a transaction that they have, or that has happened already.
_KNOWN: Final = ("already known", "already imported", "nonce too low", "alreadyknown")
_UNDERPRICED: Final = ("underpriced", "less than block base fee", "fee too low")


@dataclass(eq=False)
class Underpriced(ChainUnavailable):
    """No block takes the transaction for the fee that it pays."""


@dataclass(frozen=True, slots=True)
class Fees:
    """Wei for a unit of gas: what is paid at most, and how much of it is a tip."""

    most: int
    tip: int


class EthereumNode:
    """Everything raises `ChainUnavailable`, with what people may do about it."""

    def __init__(self, url: str, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        provider = AsyncHTTPProvider(
            url, {"timeout": deadline_seconds}, exception_retry_configuration=None
        )
        self._provider = provider
        self._web3 = AsyncWeb3(provider)
        # Some chains write more into the heads of their blocks than others.
        self._web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)

    async def chain_number(self) -> int:
        """Which chain it is a node of."""
        with _in_words():
            return await self._web3.eth.chain_id

    async def deep_block(self, confirmations: int) -> BlockHash | None:
        """The newest block with so many confirmations, its own included; None if there is none."""
        with _in_words():
            number = await self._web3.eth.block_number - confirmations + 1
            if number < 0:
                return None
            return BlockHash((await self._web3.eth.get_block(number))["hash"])

    async def nonce(self, payer: ChecksumAddress, block: BlockHash | None = None) -> int:
        """How many transactions somebody has sent: up to a block, or to what still waits."""
        with _in_words():
            return await self._web3.eth.get_transaction_count(payer, block or "pending")

    async def mined_nonce(self, payer: ChecksumAddress) -> int:
        """How many transactions of somebody are in blocks, be they confirmed or not."""
        with _in_words():
            return await self._web3.eth.get_transaction_count(payer, "latest")

    async def fees(self) -> Fees:
        """What a transaction pays that is to happen soon."""
        with _in_words():
            tip = int(await self._web3.eth.max_priority_fee)
            base = (await self._web3.eth.get_block("latest"))["baseFeePerGas"]
            # Twice the base fee: what it may rise to within six full blocks.
            return Fees(2 * int(base) + tip, tip)

    async def gas(self, call: TxParams) -> int:
        """What a call would burn now; what the contract refuses is said in its words."""
        with _in_words():
            return await self._web3.eth.estimate_gas(call)

    async def send(self, signed: str) -> None:
        """Send a signed transaction, however often; raises `Underpriced`, too."""
        with _in_words():
            try:
                await self._web3.eth.send_raw_transaction(HexBytes(signed))
            except Web3RPCError as error:
                said = str(error).lower()
                if any(word in said for word in _UNDERPRICED):
                    raise Underpriced(
                        "the fee is lower than what the chain asks for now"
                    ) from error
                if not any(word in said for word in _KNOWN):
                    raise

    async def is_contract(self, address: ChecksumAddress) -> bool:
        """Whether there is any contract at an address."""
        with _in_words():
            return bool(await self._web3.eth.get_code(address))

    async def is_paid(
        self, contract: ChecksumAddress, payer: ChecksumAddress, batch: bytes, block: BlockHash
    ) -> bool:
        """Whether a batch is paid in the state after a block."""
        with _in_words():
            call = self.contract(contract).functions.isPaid(payer, batch)
            return bool(await call.call(block_identifier=block))

    def contract(self, address: ChecksumAddress) -> AsyncContract:
        """A contract of tokens at an address."""
        return self._web3.eth.contract(address=address, abi=compiled()["abi"])

    async def deploy(self, account: LocalAccount, named: str, symbol: str, supply: int) -> str:
        """Put a new contract of tokens on the chain, all of them the account's; its address."""
        with _in_words():
            made = compiled()
            contract = self._web3.eth.contract(abi=made["abi"], bytecode=made["bytecode"])
            call = await contract.constructor(named, symbol, supply).build_transaction(
                {
                    "from": account.address,
                    "nonce": await self._web3.eth.get_transaction_count(account.address, "pending"),
                }
            )
            signed = account.sign_transaction(call)
            sent = await self._web3.eth.send_raw_transaction(signed.raw_transaction)
            receipt = await self._web3.eth.wait_for_transaction_receipt(sent, DEPLOY_SECONDS)
            return str(receipt["contractAddress"])

    async def close(self) -> None:
        """Let go of its connections."""
        await self._provider.disconnect()


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except ClientResponseError as error:
        # Not the error itself: it names the address, which often holds what its owner pays for.
        raise ChainUnavailable(f"the node of the chain answers HTTP {error.status}") from None
    except (ClientError, TimeoutError, OSError) as error:
        name = type(error).__name__
        raise ChainUnavailable(f"the node of the chain does not answer: {name}") from None
    except ContractLogicError as error:
        raise ChainUnavailable(f"the contract refuses: {error.message}") from error
    except BadFunctionCallOutput as error:
        raise ChainUnavailable("expected our contract of tokens at its address") from error
    except (Web3Exception, ValueError, KeyError) as error:
        raise ChainUnavailable(_said(error)) from error


def _said(error: Exception) -> str:
    if "insufficient funds" in str(error).lower():
        return "the account that pays has too little of the chain's money for the gas: top it up"
    if isinstance(error, Web3RPCError):
        return f"the node of the chain says: {error.message}"
    return f"the node of the chain cannot be understood: {str(error)[:200]}"
