"""The outcome of a linked chain that is asked for as often as it takes, always with the same ids.

A chain that happened answers `EXISTS` for its first event the next time and, because that counts
as a failure, `LINKED_EVENT_FAILED` for the rest. One that was refused has exactly one event with a
reason of its own. The others say nothing about the chain.
"""

from collections.abc import Sequence

from ledger.types import CreateTransferResult, CreateTransferStatus

_DONE = (CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS)


def chain_refusal(results: Sequence[CreateTransferResult]) -> CreateTransferStatus | None:
    """Why a whole chain was refused, or None if it has happened, now or before.

    `results` are those of one chain, or of one event that is linked to none.
    """
    if results[0].status in _DONE:
        return None
    for result in results:
        if result.status is not CreateTransferStatus.LINKED_EVENT_FAILED:
            return result.status
    raise AssertionError("a chain fails at one of its events")
