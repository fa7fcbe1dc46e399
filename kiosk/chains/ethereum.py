"""Airdrops over an Ethereum chain: each batch is one transaction of our contract of tokens.

A transaction is signed and stored before it is sent, under a nonce that is its own for ever, and
the contract pays no batch twice: whatever is sent again, by whichever terminal, pays once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress, HexStr
from sqlmodel import Session
from web3 import Web3

from kiosk.chains.ethereum_node import EthereumNode, Fees, Underpriced
from kiosk.chains.payout_token import BATCH_MAX
from kiosk.clock import Clock
from kiosk.domain.chains import ChainState, ChainUnavailable, PayoutBatch
from kiosk.store import chain_transactions
from kiosk.store.chain_transactions import ChainTransaction
from kiosk.store.database import Database

NAME: Final = "ethereum"
GWEI: Final = 10**9


@dataclass(frozen=True, slots=True)
class Terms:
    """Who pays, in which contracts (by the keys of their tokens), and when that is believed."""

    account: LocalAccount
    contracts: Mapping[str, str]
    confirmations: int = 12
    """Blocks, with its own, after which what has happened stays."""
    fee_max: int = 200 * GWEI
    """Wei that are paid for a unit of gas at most."""
    replace_after: timedelta = timedelta(minutes=3)
    """What no block has taken by then is sent again with a higher fee."""


class EthereumChain:
    """A chain, by one of its nodes."""

    name = NAME
    batch_max = BATCH_MAX

    def __init__(self, node: EthereumNode, terms: Terms, store: Database, clock: Clock) -> None:
        self._node = node
        self._terms = terms
        self._payer: ChecksumAddress = terms.account.address
        self._store = store
        self._clock = clock

    async def submit(self, batch: PayoutBatch) -> str:
        """See `Chain`."""
        transaction = await self._store.transaction(
            lambda session: chain_transactions.of_batch(session, batch.id)
        )
        if transaction is None:
            transaction = await self._keep(batch)
        if not transaction.settled:
            await self._check_chain(transaction)
            await self._send(transaction)
        return transaction.transaction_id

    async def status(self, transaction_id: str) -> ChainState:
        """See `Chain`."""
        transaction = await self._store.transaction(
            lambda session: chain_transactions.find(session, transaction_id)
        )
        if transaction is None:
            return ChainState.PENDING
        state = await self._judge(transaction)
        if state is not ChainState.PENDING:
            await self._store.transaction(
                lambda session: chain_transactions.settle(session, transaction)
            )
        else:
            await self._remind(transaction)
        return state

    async def _judge(self, transaction: ChainTransaction) -> ChainState:
        """What cannot change any more. Both are asked of one block, whatever comes after it."""
        await self._check_chain(transaction)
        block = await self._node.deep_block(self._terms.confirmations)
        if block is None:
            return ChainState.PENDING
        if await self._node.nonce(self._payer, block) <= transaction.nonce:
            return ChainState.PENDING
        contract = Web3.to_checksum_address(transaction.contract)
        batch = _batch_key(transaction.batch_id)
        is_paid = await self._node.is_paid(contract, self._payer, batch, block)
        # Else its nonce was used for something else, or the contract has refused it.
        return ChainState.CONFIRMED if is_paid else ChainState.FAILED

    async def _keep(self, batch: PayoutBatch) -> ChainTransaction:
        """Sign the transaction of a batch, and store it."""
        contract = await self._contract(batch.token_key)
        data = self._node.contract(contract).encode_abi(
            "payBatch",
            [
                _batch_key(batch.id),
                [Web3.to_checksum_address(payout.address) for payout in batch.payouts],
                [payout.amount for payout in batch.payouts],
            ],
        )
        gas = await self._node.gas({"from": self._payer, "to": contract, "data": data})
        fees = self._affordable(await self._node.fees())
        draft = ChainTransaction(
            batch_id=batch.id,
            transaction_id="",
            chain_number=await self._node.chain_number(),
            payer=self._payer,
            nonce=await self._node.nonce(self._payer),
            contract=contract,
            # A fifth more than it burns now: other batches come before it.
            gas=gas * 6 // 5,
            fee=fees.most,
            tip=fees.tip,
            data=data,
            signed="",
            sent_at=self._clock.now(),
        )

        def keep(session: Session) -> ChainTransaction | None:
            last = chain_transactions.next_nonce(session, draft.chain_number, self._payer)
            signed = self._signed(replace(draft, nonce=max(draft.nonce, last)))
            if chain_transactions.add(session, signed):
                return signed
            return chain_transactions.of_batch(session, batch.id)

        stored = await self._store.transaction(keep)
        if stored is None:
            raise ChainUnavailable("another terminal pays at this moment: try again")
        return stored

    async def _remind(self, transaction: ChainTransaction) -> None:
        """What is in no block is sent again: a node may have dropped it, and else it does no harm.

        With a higher fee, if it is the next one and has waited for long.
        """
        mined = await self._node.mined_nonce(self._payer)
        waited = self._clock.now() - transaction.sent_at
        if mined == transaction.nonce and waited >= self._terms.replace_after:
            transaction = await self._replaced(transaction)
        if mined <= transaction.nonce:
            await self._send(transaction)

    async def _send(self, transaction: ChainTransaction) -> None:
        try:
            await self._node.send(transaction.signed)
        except Underpriced:
            await self._node.send((await self._replaced(transaction)).signed)

    async def _replaced(self, transaction: ChainTransaction) -> ChainTransaction:
        """The same with a higher fee: by its nonce, only one of them can happen."""
        now = await self._node.fees()
        # Nodes want an eighth more of both for what replaces something.
        least = Fees(transaction.fee * 9 // 8 + 1, transaction.tip * 9 // 8 + 1)
        fees = self._affordable(Fees(max(now.most, least.most), max(now.tip, least.tip)))
        anew = self._signed(
            replace(transaction, fee=fees.most, tip=fees.tip, sent_at=self._clock.now())
        )
        is_ours = await self._store.transaction(
            lambda session: chain_transactions.replace(session, transaction, anew)
        )
        if not is_ours:
            raise ChainUnavailable("another terminal sends it at this moment: try again")
        return anew

    def _signed(self, transaction: ChainTransaction) -> ChainTransaction:
        signed = self._terms.account.sign_transaction(
            {
                "type": 2,
                "chainId": transaction.chain_number,
                "nonce": transaction.nonce,
                "to": HexStr(transaction.contract),
                "value": 0,
                "gas": transaction.gas,
                "maxFeePerGas": transaction.fee,
                "maxPriorityFeePerGas": transaction.tip,
                "data": HexStr(transaction.data),
            }
        )
        return replace(
            transaction,
            transaction_id=transaction.transaction_id or signed.hash.to_0x_hex(),
            signed=signed.raw_transaction.to_0x_hex(),
        )

    def _affordable(self, fees: Fees) -> Fees:
        if fees.most > self._terms.fee_max:
            raise ChainUnavailable(
                f"a unit of gas costs {fees.most / GWEI:.1f} gwei now, and at most"
                f" {self._terms.fee_max / GWEI:.1f} may be paid: wait, or allow for more"
            )
        return fees

    async def _contract(self, token_key: str) -> ChecksumAddress:
        address = self._terms.contracts.get(token_key, "")
        if not is_address(address):
            raise ChainUnavailable(
                f"expected the address of the contract of {token_key} in the event file, with its"
                f" capital letters, and not {address or 'none'}"
            )
        contract = Web3.to_checksum_address(address)
        if not await self._node.is_contract(contract):
            raise ChainUnavailable(f"there is no contract at {contract} on this chain")
        return contract

    async def _check_chain(self, transaction: ChainTransaction) -> None:
        number = await self._node.chain_number()
        if number != transaction.chain_number:
            raise ChainUnavailable(
                f"this is a node of chain {number}, and chain {transaction.chain_number} was asked"
            )


def is_address(text: str) -> bool:
    """Whether it is an address whose capital letters say that no digit is wrong (EIP-55)."""
    # All small letters would be an address, too, but one that nothing vouches for.
    return Web3.is_checksum_address(text)


def _batch_key(batch_id: int) -> bytes:
    return batch_id.to_bytes(32, "big")
