"""Random requests: SQLite and a real server answer as the model does."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from ledger.node import Node
from ledger.tigerbeetle import TigerBeetleLedger
from tests.ledger.machines import ServerMachine, SqliteMachine

# The same examples in each run: a failure is a change of the code, not luck.
REPEATABLE = settings(
    derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def efforts(
    quick: tuple[int, int], long: tuple[int, int]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test with so many examples of so many steps."""
    quickly, at_length = (
        settings(REPEATABLE, max_examples=examples, stateful_step_count=steps)
        for examples, steps in (quick, long)
    )
    both = [quickly, pytest.param(at_length, marks=pytest.mark.long)]
    return pytest.mark.parametrize("effort", both, ids=["quick", "long"])


# Hypothesis may take five minutes to find the smallest example of a failure.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """An event loop for all examples of a test."""
    with asyncio.Runner() as runner:
        yield runner


@efforts(quick=(25, 30), long=(100, 50))
def test_sqlite_answers_like_the_model(
    runner: asyncio.Runner, tmp_path: Path, effort: settings
) -> None:
    numbers = count()

    class Machine(SqliteMachine):
        def __init__(self) -> None:
            super().__init__(runner, tmp_path / f"{next(numbers)}.sqlite")

    run_state_machine_as_test(Machine, settings=effort)


@efforts(quick=(12, 30), long=(40, 40))
@pytest.mark.server
def test_a_server_answers_like_the_model(
    runner: asyncio.Runner, node: Node, effort: settings
) -> None:
    ledger = TigerBeetleLedger(node.cluster_id, node.address, deadline_seconds=60)

    class Machine(ServerMachine):
        def __init__(self) -> None:
            super().__init__(runner, ledger)

    run_state_machine_as_test(Machine, settings=effort)
    runner.run(ledger.close())
