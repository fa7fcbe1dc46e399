"""Tokens on the ledger: each kind on a ledger of its own, each bill an account of its own.

    income --emit--> debt --issue--> bill --send--> bill --spend--> app --give back--> bill
                                       bill --expire--> expired
                                       bill --claw back--> debt
                                       bill --gift--> gift --claim, return--> bill

Debt is what was emitted and is nobody's yet: it cannot go below nothing, so no more is issued than
the event says there is. A bill is funded once, by its issue or by the bill it was sent from: the
walk up these transfers is the life of its tokens; a gift is no owner, and is left out of it.
Issued = in wallets + in gifts + spent + expired, always.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from kiosk.domain.chart import AccountCode, LedgerNumber, TransferCode, linked
from kiosk.domain.events import Event
from kiosk.domain.token_moves import CHAIN_MAX, Move, MoveKind, MovePart
from kiosk.domain.tokens import Token
from ledger.ids import derived_id
from ledger.types import Account, Transfer, TransferFlags
from ledger.types import AccountFlags as Flags

_CODES: Final = {
    MoveKind.ISSUE: TransferCode.ISSUE,
    MoveKind.SEND: TransferCode.SEND,
    MoveKind.SPEND: TransferCode.SPEND,
    MoveKind.GIVE_BACK: TransferCode.GIVE_BACK,
    MoveKind.EXPIRE: TransferCode.EXPIRE,
    MoveKind.CLAW_BACK: TransferCode.CLAW_BACK,
    MoveKind.GIFT: TransferCode.GIFT,
    MoveKind.GIFT_CLAIM: TransferCode.GIFT_CLAIM,
    MoveKind.GIFT_RETURN: TransferCode.GIFT_RETURN,
}
_LIMITED: Final = Flags.DEBITS_MUST_NOT_EXCEED_CREDITS


def token_ledger(token_number: int) -> int:
    """The ledger of one kind of token."""
    return LedgerNumber.TOKENS + token_number


def token_account_id(event: Event, token_number: int, code: AccountCode) -> int:
    """Income, debt or expired of one kind of token."""
    return derived_id("token-account", event.id, token_number, code)


def app_account_id(event: Event, token_number: int, app: str) -> int:
    """What was spent of one kind of token at one place."""
    return derived_id("token-app", event.id, token_number, app)


def token_accounts(event: Event, token: Token) -> list[Account]:
    """The accounts that a kind of token has once."""
    flags = {
        AccountCode.INCOME: Flags.NONE,
        AccountCode.DEBT: _LIMITED,
        AccountCode.TOKENS_EXPIRED: Flags.NONE,
    }
    return [
        Account(
            id=token_account_id(event, token.number, code),
            user_data_128=event.id,
            user_data_64=token.number,
            ledger=token_ledger(token.number),
            code=code,
            flags=of,
        )
        for code, of in flags.items()
    ]


def app_account(event: Event, token_number: int, app: str) -> Account:
    """The account of a place where tokens are spent."""
    return Account(
        id=app_account_id(event, token_number, app),
        user_data_128=event.id,
        user_data_64=token_number,
        ledger=token_ledger(token_number),
        code=AccountCode.APP,
    )


def emit(event: Event, token: Token, *, emitted: int) -> Transfer:
    """Bring what was `emitted` of a token up to its supply; two who ask for it ask for one."""
    return Transfer(
        id=derived_id("emit", event.id, token.number, emitted),
        debit_account_id=token_account_id(event, token.number, AccountCode.INCOME),
        credit_account_id=token_account_id(event, token.number, AccountCode.DEBT),
        amount=token.supply - emitted,
        user_data_128=event.id,
        user_data_64=token.number,
        ledger=token_ledger(token.number),
        code=TransferCode.EMIT,
    )


def bill_account(
    bill: int, *, token_number: int, owner: int, expires_at: datetime | None
) -> Account:
    """A bill of the wallet `owner`, with its expiry in Unix seconds or 0."""
    return Account(
        id=bill,
        user_data_128=owner,
        user_data_64=0 if expires_at is None else int(expires_at.timestamp()),
        ledger=token_ledger(token_number),
        code=AccountCode.BILL,
        flags=_LIMITED,
    )


def gift_account_id(move_id: int, attempt: int, position: int) -> int:
    """What keeps a part of a gift until somebody claims it."""
    return derived_id("gift-part", move_id, attempt, position)


def gift_accounts(move: Move) -> list[Account]:
    """What keeps the parts of a gift, if the move is one."""
    return [
        Account(
            id=part.held,
            user_data_128=move.id,
            ledger=token_ledger(move.token_number),
            code=AccountCode.GIFT,
            flags=_LIMITED,
        )
        for part in move.parts
        if part.held is not None and move.kind is MoveKind.GIFT
    ]


def bill_accounts(move: Move) -> list[Account]:
    """The bills that a move makes, of its receiver."""
    return [
        bill_account(
            part.bill,
            token_number=move.token_number,
            owner=move.receiver or 0,
            expires_at=part.expires_at,
        )
        for part in move.parts
        if part.bill is not None
    ]


def transfers(event: Event, move: Move) -> list[Transfer]:
    """A move that fits in one chain: all of it happens, or nothing."""
    assert not move.is_long
    return linked(list(_transfers(event, move, "move")))


def holds(event: Event, move: Move) -> list[list[Transfer]]:
    """A long move, as chains that hold it."""
    pending = list(_transfers(event, move, "hold"))
    for transfer in pending:
        transfer.flags = TransferFlags.PENDING
    return [linked(chain) for chain in _cut(pending)]


def posts(move: Move) -> list[list[Transfer]]:
    """What is held of a move is moved: each transfer by itself, as none of them can fail."""
    ends = [
        Transfer(
            id=_id("post", move, at),
            pending_id=_id("hold", move, at),
            amount=part.amount,
            flags=TransferFlags.POST_PENDING_TRANSFER,
        )
        for at, part in enumerate(move.parts)
    ]
    return _cut(ends)


def voids(move: Move) -> list[list[Transfer]]:
    """What is held of a move is given back; each by itself, as some may not be held."""
    ends = [
        Transfer(
            id=_id("void", move, at),
            pending_id=_id("hold", move, at),
            flags=TransferFlags.VOID_PENDING_TRANSFER,
        )
        for at in range(len(move.parts))
    ]
    return _cut(ends)


def _transfers(event: Event, move: Move, step: str) -> Iterator[Transfer]:
    for at, part in enumerate(move.parts):
        debit, credit = _sides(event, move, part)
        yield Transfer(
            id=_id(step, move, at),
            debit_account_id=debit,
            credit_account_id=credit,
            amount=part.amount,
            user_data_128=move.id,
            user_data_64=at,
            ledger=token_ledger(move.token_number),
            code=_CODES[move.kind],
        )


def _sides(event: Event, move: Move, part: MovePart) -> tuple[int, int]:
    """From which account to which a part goes."""
    debt = token_account_id(event, move.token_number, AccountCode.DEBT)
    source = debt if part.source is None else part.source
    match move.kind:
        case MoveKind.ISSUE | MoveKind.SEND:
            assert part.bill is not None
            return source, part.bill
        case MoveKind.SPEND:
            return source, app_account_id(event, move.token_number, move.app)
        case MoveKind.GIVE_BACK:
            assert part.bill is not None
            return app_account_id(event, move.token_number, move.app), part.bill
        case MoveKind.EXPIRE:
            expired = token_account_id(event, move.token_number, AccountCode.TOKENS_EXPIRED)
            return source, expired
        case MoveKind.CLAW_BACK:
            return source, debt
        case MoveKind.GIFT:
            assert part.held is not None
            return source, part.held
        case MoveKind.GIFT_CLAIM | MoveKind.GIFT_RETURN:
            assert part.held is not None
            assert part.bill is not None
            return part.held, part.bill


def _cut(transfers: Sequence[Transfer]) -> list[list[Transfer]]:
    starts: Iterable[int] = range(0, len(transfers), CHAIN_MAX)
    return [list(transfers[start : start + CHAIN_MAX]) for start in starts]


def _id(step: str, move: Move, position: int) -> int:
    return derived_id(f"token-{step}", move.id, move.attempt, position)
