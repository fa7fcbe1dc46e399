"""Airdrops over a real Ethereum chain: each batch is paid once, whatever becomes of it."""

import asyncio
import traceback
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from hashlib import sha256

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import HexStr

from kiosk.chains.ethereum import GWEI, EthereumChain, Terms, is_address
from kiosk.chains.ethereum_node import EthereumNode
from kiosk.chains.payout_token import BATCH_MAX, SOURCE, compiled
from kiosk.domain.chains import ChainState, ChainUnavailable, Payout, PayoutBatch
from kiosk.store import chain_transactions
from kiosk.store.chain_transactions import ChainTransaction
from ledger.ids import new_id
from tests.anvil import Anvil, running
from tests.kiosk.world import World

CONFIRMATIONS = 3
SUPPLY = 1_000_000
TRANSACTION_GAS_MAX = 1 << 24
"""What a chain lets one transaction burn."""


def account() -> LocalAccount:
    made: LocalAccount = Account.create()
    return made


def a_batch(*payouts: tuple[str, int]) -> PayoutBatch:
    return PayoutBatch(new_id(), "beer", [Payout(*one) for one in payouts])


@dataclass
class Venue:
    """A chain with our contract on it, and one terminal that pays."""

    anvil: Anvil
    world: World
    node: EthereumNode
    terms: Terms
    chain: EthereumChain

    async def has(self, address: str) -> int:
        contract = self.node.contract(self.terms.contracts["beer"])  # type: ignore[arg-type]  # one
        return int(await contract.functions.balanceOf(address).call())

    async def kept(self, transaction_id: str) -> ChainTransaction:
        terminal = await self.world.open()
        found = await terminal.backing.store.transaction(
            lambda session: chain_transactions.find(session, transaction_id)
        )
        assert found is not None
        return found

    async def over(
        self, terms: Terms | None = None, node: EthereumNode | None = None
    ) -> EthereumChain:
        """The chain as another terminal sees it."""
        terminal = await self.world.open()
        return EthereumChain(
            node or self.node, terms or self.terms, terminal.backing.store, self.world.clock
        )

    def cancel(self, nonce: int) -> None:
        """Send nothing under a nonce, for more than anybody else pays, as a wallet would."""
        payer = self.terms.account
        signed = payer.sign_transaction(
            {
                "type": 2,
                "chainId": 31337,
                "nonce": nonce,
                "to": HexStr(payer.address),
                "value": 0,
                "gas": 21_000,
                "maxFeePerGas": 100 * GWEI,
                "maxPriorityFeePerGas": 100 * GWEI,
            }
        )
        self.anvil.ask("eth_sendRawTransaction", signed.raw_transaction.to_0x_hex())


@pytest.fixture
async def venue(anvil: Anvil, embedded: World) -> AsyncIterator[Venue]:
    payer, node = account(), EthereumNode(anvil.url)
    anvil.fund(payer.address)
    anvil.ask("evm_setAutomine", True)
    contract = await node.deploy(payer, "Beer [/]", "BEER", SUPPLY)
    anvil.ask("evm_setAutomine", False)
    terms = Terms(payer, {"beer": contract}, confirmations=CONFIRMATIONS)
    terminal = await embedded.open()
    chain = EthereumChain(node, terms, terminal.backing.store, embedded.clock)
    yield Venue(anvil, embedded, node, terms, chain)
    await node.close()


@pytest.mark.anvil
class TestPaying:
    async def test_it_is_believed_after_enough_confirmations(self, venue: Venue) -> None:
        ada, grace = account().address, account().address
        transaction = await venue.chain.submit(a_batch((ada, 5), (grace, 7)))
        for _ in range(CONFIRMATIONS):
            assert await venue.chain.status(transaction) is ChainState.PENDING
            venue.anvil.mine()
        for _ in range(2):
            assert await venue.chain.status(transaction) is ChainState.CONFIRMED
        assert (await venue.has(ada), await venue.has(grace)) == (5, 7)
        assert (await venue.kept(transaction)).settled

    async def test_submitted_again_by_whomever_it_is_the_same_transaction(
        self, venue: Venue
    ) -> None:
        ada = account().address
        batch, other = a_batch((ada, 5)), await venue.over()
        first = await venue.chain.submit(batch)
        assert await other.submit(batch) == first
        venue.anvil.mine(CONFIRMATIONS)
        assert await other.submit(batch) == first
        assert await other.status(first) is ChainState.CONFIRMED
        assert await venue.chain.submit(batch) == first
        venue.anvil.mine()
        assert await venue.has(ada) == 5

    async def test_batches_that_wait_together_have_nonces_of_their_own(self, venue: Venue) -> None:
        ada = account().address
        sent = [await venue.chain.submit(a_batch((ada, 5))) for _ in range(3)]
        venue.anvil.mine(CONFIRMATIONS)
        assert {await venue.chain.status(one) for one in sent} == {ChainState.CONFIRMED}
        assert await venue.has(ada) == 15

    async def test_as_many_as_go_into_one_batch_burn_less_than_a_chain_allows(
        self, venue: Venue
    ) -> None:
        many = [(account().address, 1) for _ in range(BATCH_MAX)]
        transaction = await venue.chain.submit(a_batch(*many))
        assert (await venue.kept(transaction)).gas < TRANSACTION_GAS_MAX
        venue.anvil.mine(CONFIRMATIONS)
        assert await venue.chain.status(transaction) is ChainState.CONFIRMED

    async def test_the_contract_pays_no_batch_twice(self, venue: Venue) -> None:
        """Not even for a terminal that has lost its store."""
        batch, ada = a_batch((account().address, 5)), account().address
        await venue.chain.submit(batch)
        venue.anvil.mine(CONFIRMATIONS)
        contract = venue.node.contract(venue.terms.contracts["beer"])  # type: ignore[arg-type]  # one
        data = contract.encode_abi("payBatch", [batch.id.to_bytes(32, "big"), [ada], [5]])
        payer = venue.terms.account.address
        with pytest.raises(ChainUnavailable, match="this batch is paid already"):
            await venue.node.gas({"from": payer, "to": contract.address, "data": data})


@pytest.mark.anvil
class TestWhatMayBefallATransaction:
    async def test_dropped_it_is_sent_again(self, venue: Venue) -> None:
        ada = account().address
        transaction = await venue.chain.submit(a_batch((ada, 5)))
        venue.anvil.ask("anvil_dropTransaction", transaction)
        venue.anvil.mine()
        assert await venue.has(ada) == 0
        assert await venue.chain.status(transaction) is ChainState.PENDING
        venue.anvil.mine(CONFIRMATIONS)
        assert await venue.chain.status(transaction) is ChainState.CONFIRMED

    async def test_in_a_block_that_is_none_any_more_it_is_sent_again(self, venue: Venue) -> None:
        ada = account().address
        before = venue.anvil.ask("evm_snapshot")
        transaction = await venue.chain.submit(a_batch((ada, 5)))
        venue.anvil.mine(CONFIRMATIONS - 1)
        assert await venue.has(ada) == 5
        assert await venue.chain.status(transaction) is ChainState.PENDING
        venue.anvil.ask("evm_revert", before)
        venue.anvil.mine(CONFIRMATIONS)
        assert await venue.has(ada) == 0
        assert await venue.chain.status(transaction) is ChainState.PENDING
        venue.anvil.mine(CONFIRMATIONS)
        assert await venue.chain.status(transaction) is ChainState.CONFIRMED
        assert await venue.has(ada) == 5

    async def test_cancelled_in_another_wallet_it_has_failed_for_good(self, venue: Venue) -> None:
        ada = account().address
        transaction = await venue.chain.submit(a_batch((ada, 5)))
        venue.cancel((await venue.kept(transaction)).nonce)
        venue.anvil.mine()
        assert await venue.chain.status(transaction) is ChainState.PENDING
        venue.anvil.mine(CONFIRMATIONS)
        assert await venue.chain.status(transaction) is ChainState.FAILED
        again = await venue.chain.submit(a_batch((ada, 5)))
        venue.anvil.mine(CONFIRMATIONS)
        assert await venue.chain.status(again) is ChainState.CONFIRMED
        assert await venue.chain.status(transaction) is ChainState.FAILED
        assert await venue.has(ada) == 5

    async def test_refused_by_the_contract_in_its_block_it_has_failed(self, venue: Venue) -> None:
        ada = account().address
        sent = [await venue.chain.submit(a_batch((ada, SUPPLY - 1))) for _ in range(2)]
        venue.anvil.mine(CONFIRMATIONS)
        states = [await venue.chain.status(one) for one in sent]
        assert states == [ChainState.CONFIRMED, ChainState.FAILED]
        assert await venue.has(ada) == SUPPLY - 1

    async def test_in_no_block_for_long_it_is_replaced_by_one_with_a_higher_fee(
        self, venue: Venue
    ) -> None:
        ada = account().address
        transaction = await venue.chain.submit(a_batch((ada, 5)))
        first = await venue.kept(transaction)
        venue.world.clock.advance(minutes=4)
        assert await venue.chain.status(transaction) is ChainState.PENDING
        second = await venue.kept(transaction)
        assert (second.nonce, second.transaction_id) == (first.nonce, transaction)
        assert second.fee > first.fee
        assert second.tip > first.tip
        venue.anvil.mine(CONFIRMATIONS)
        assert await venue.chain.status(transaction) is ChainState.CONFIRMED
        assert await venue.has(ada) == 5

    async def test_for_less_than_a_block_costs_by_then_it_is_replaced_at_once(
        self, venue: Venue
    ) -> None:
        transaction = await venue.chain.submit(a_batch((account().address, 5)))
        first = await venue.kept(transaction)
        venue.anvil.ask("anvil_dropTransaction", transaction)
        venue.anvil.ask("anvil_setNextBlockBaseFeePerGas", hex(2 * first.fee))
        venue.anvil.mine()
        assert await venue.chain.status(transaction) is ChainState.PENDING
        assert (await venue.kept(transaction)).fee > first.fee
        venue.anvil.mine(CONFIRMATIONS)
        assert await venue.chain.status(transaction) is ChainState.CONFIRMED

    async def test_stored_and_never_sent_it_is_sent_later(self, venue: Venue) -> None:
        ada = account().address
        batch = a_batch((ada, 5))

        class Deaf(EthereumNode):
            async def send(self, signed: str) -> None:
                raise ChainUnavailable("killed")

        node = Deaf(venue.anvil.url)
        with pytest.raises(ChainUnavailable):
            await (await venue.over(node=node)).submit(batch)
        await node.close()
        transaction = await venue.chain.submit(batch)
        venue.anvil.mine(CONFIRMATIONS)
        assert await venue.chain.status(transaction) is ChainState.CONFIRMED
        assert await venue.has(ada) == 5


@pytest.mark.anvil
class TestRefusalsInWords:
    async def test_no_money_for_gas(self, venue: Venue) -> None:
        venue.anvil.fund(venue.terms.account.address, 0)
        batch = a_batch((account().address, 5))
        with pytest.raises(ChainUnavailable, match="too little of the chain's money for the gas"):
            await venue.chain.submit(batch)
        venue.anvil.fund(venue.terms.account.address)
        transaction = await venue.chain.submit(batch)
        venue.anvil.mine(CONFIRMATIONS)
        assert await venue.chain.status(transaction) is ChainState.CONFIRMED

    async def test_too_few_tokens(self, venue: Venue) -> None:
        with pytest.raises(ChainUnavailable, match="the payer has too few tokens"):
            await venue.chain.submit(a_batch((account().address, SUPPLY + 1)))

    async def test_gas_that_costs_more_than_is_allowed(self, venue: Venue) -> None:
        frugal = await venue.over(replace(venue.terms, fee_max=1))
        with pytest.raises(ChainUnavailable, match="gwei now, and at most 0"):
            await frugal.submit(a_batch((account().address, 5)))

    @pytest.mark.parametrize(
        ("contract", "said"),
        [
            ("", "and not none"),
            ("0x" + "ab" * 20, "with its capital letters, and not 0xabab"),
            ("0x52908400098527886E0F7030069857D2E4169EE7", "there is no contract at 0x5290"),
        ],
    )
    async def test_no_contract(self, venue: Venue, contract: str, said: str) -> None:
        lost = await venue.over(replace(venue.terms, contracts={"beer": contract}))
        with pytest.raises(ChainUnavailable, match=said):
            await lost.submit(a_batch((account().address, 5)))

    async def test_another_chain_under_the_same_address(self, venue: Venue) -> None:
        transaction = await venue.chain.submit(a_batch((account().address, 5)))
        with running() as elsewhere:
            node = EthereumNode(elsewhere.url)
            elsewhere.ask("anvil_setChainId", 5)
            other = await venue.over(node=node)
            with pytest.raises(ChainUnavailable, match="a node of chain 5, and chain 31337"):
                await other.status(transaction)
            await node.close()

    async def test_a_node_that_has_gone(self, venue: Venue) -> None:
        with running() as gone:
            node = EthereumNode(gone.url)
        chain = await venue.over(node=node)
        with pytest.raises(ChainUnavailable, match="does not answer"):
            await chain.submit(a_batch((account().address, 5)))
        await node.close()

    async def test_what_nobody_has_sent_is_pending(self, venue: Venue) -> None:
        assert await venue.chain.status("[/]") is ChainState.PENDING


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", "cannot be understood"),
        (b'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"[/]', "cannot be understood"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "cannot be understood"),
        (b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n", "answers HTTP 429"),
        (b"", "does not answer: ServerDisconnectedError"),
    ],
)
async def test_a_node_that_answers_nonsense_is_no_secret_teller(answer: bytes, said: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        node = EthereumNode(f"http://{host}:{port}/secret")
        with pytest.raises(ChainUnavailable, match=said) as refused:
            await node.chain_number()
        await node.close()
    told = "".join(traceback.format_exception(refused.value))
    assert "secret" not in told.replace("test_a_node_that_answers_nonsense_is_no_secret_teller", "")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("0x52908400098527886E0F7030069857D2E4169EE7", True),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", True),
        ("0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed", False),
        ("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", False),
        ("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", False),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", False),
        ("[@click=app.quit]x[/]", False),
        ("", False),
    ],
)
def test_an_address_vouches_for_its_digits_by_its_capital_letters(text: str, is_one: bool) -> None:
    assert is_address(text) is is_one


def test_the_bytecode_is_that_of_the_source() -> None:
    assert compiled()["source_sha256"] == sha256(SOURCE.read_bytes()).hexdigest()
