"""Processes of their own in a test: killed at any step, or at work in the same instants."""

import asyncio
import multiprocessing
import signal
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkServerContext
from typing import Final

PATIENCE_SECONDS: Final = 60


def forking(target: Callable[..., None]) -> ForkServerContext:
    """Processes that begin with all that `target` loads, and without the threads of this one."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([target.__module__])
    return context


async def is_killed(
    forks: ForkServerContext, target: Callable[..., None], *arguments: object
) -> bool:
    """Whether a process is killed before it has done this."""
    process = forks.Process(target=target, args=arguments)
    process.start()
    await asyncio.to_thread(process.join, PATIENCE_SECONDS)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


async def raced(
    forks: ForkServerContext,
    target: Callable[..., None],
    each: Sequence[tuple[object, ...]],
    rounds: int,
) -> list[tuple[object, ...]]:
    """What processes hear who do the same in the same instants: round by round, one of each.

    `target` gets the arguments of one of `each`, a barrier to wait at before every round, and the
    end of a pipe to tell through.
    """
    start = forks.Barrier(len(each))
    pipes = [forks.Pipe(duplex=False) for _ in each]
    processes = [
        forks.Process(target=target, args=(*arguments, start, told))
        for arguments, (_, told) in zip(each, pipes, strict=True)
    ]
    for process in processes:
        process.start()
    said = await asyncio.to_thread(
        lambda: [[heard.recv() for _ in range(rounds)] for heard, _ in pipes]
    )
    for process in processes:
        process.join(PATIENCE_SECONDS)
    return list(zip(*said, strict=True))
