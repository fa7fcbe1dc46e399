"""What each role may do: one table."""

import pytest

from kiosk.domain.events import Role
from kiosk.domain.rights import NotAllowed, Right, least_role, may, require
from tests.kiosk.factories import a_cashier

STEWARD = {Right.OPEN_DOOR, Right.SEARCH, Right.HAND_OUT, Right.NOTE}
CASHIER = STEWARD | {
    Right.TAKE_CASH,
    Right.TAKE_TOKENS,
    Right.PAY_OUT,
    Right.TRANSFER,
    Right.REISSUE,
}
SUPERVISOR = CASHIER | {Right.UNDO, Right.REVOKE, Right.REFUND, Right.ACKNOWLEDGE, Right.CLOSE}
SUPERVISOR |= {Right.EMPTY, Right.RESET_WALLET}


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        (Role.STEWARD, STEWARD),
        (Role.CASHIER, CASHIER),
        (Role.SUPERVISOR, SUPERVISOR),
        (Role.ORGANISER, set(Right)),
    ],
)
def test_a_role_has_its_rights_and_those_of_the_roles_below(role: Role, rights: set[Right]) -> None:
    assert {right for right in Right if may(role, right)} == rights


@pytest.mark.parametrize("right", Right)
def test_who_lacks_a_right_is_refused_by_name(right: Right) -> None:
    require(a_cashier(role=least_role(right)), right)
    if least_role(right) > Role.STEWARD:
        with pytest.raises(NotAllowed) as refused:
            require(a_cashier(role=Role.STEWARD), right)
        assert (refused.value.right, refused.value.role) == (right, Role.STEWARD)
