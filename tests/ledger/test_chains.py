"""Whether a chain happened, from answers that differ between the first time and the next."""

import pytest

from ledger.chains import chain_refusal
from ledger.types import CreateTransferResult
from ledger.types import CreateTransferStatus as Status


def results(*statuses: Status) -> list[CreateTransferResult]:
    return [CreateTransferResult(timestamp=1, status=status) for status in statuses]


@pytest.mark.parametrize(
    "statuses",
    [
        (Status.CREATED,),
        (Status.EXISTS,),
        (Status.CREATED, Status.CREATED, Status.CREATED),
        (Status.EXISTS, Status.LINKED_EVENT_FAILED, Status.LINKED_EVENT_FAILED),
    ],
)
def test_a_chain_that_happened_now_or_before_was_not_refused(statuses: tuple[Status, ...]) -> None:
    assert chain_refusal(results(*statuses)) is None


@pytest.mark.parametrize(
    ("statuses", "refusal"),
    [
        ((Status.EXCEEDS_CREDITS,), Status.EXCEEDS_CREDITS),
        ((Status.EXCEEDS_CREDITS, Status.LINKED_EVENT_FAILED), Status.EXCEEDS_CREDITS),
        ((Status.LINKED_EVENT_FAILED, Status.ID_ALREADY_FAILED), Status.ID_ALREADY_FAILED),
        ((Status.LINKED_EVENT_FAILED, Status.EXISTS), Status.EXISTS),
        ((Status.EXISTS_WITH_DIFFERENT_FLAGS,), Status.EXISTS_WITH_DIFFERENT_FLAGS),
    ],
)
def test_a_chain_that_did_not_happen_says_why(
    statuses: tuple[Status, ...], refusal: Status
) -> None:
    assert chain_refusal(results(*statuses)) is refusal


def test_answers_that_name_no_reason_are_no_answers() -> None:
    with pytest.raises(AssertionError):
        chain_refusal(results(Status.LINKED_EVENT_FAILED, Status.LINKED_EVENT_FAILED))
