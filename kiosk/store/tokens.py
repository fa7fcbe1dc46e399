"""Kinds of tokens: which number stands for which, for ever."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import insert, select
from sqlmodel import Session

from kiosk.domain.tokens import Token
from kiosk.store.wallet_tables import METADATA

_TOKENS: Final = METADATA.tables["token"]


def numbered(session: Session, event_id: int, tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens of an event with their numbers, new ones for those that are new."""
    query = select(_TOKENS.c.key, _TOKENS.c.number).where(_TOKENS.c.event_id == event_id)
    numbers: dict[str, int] = {row.key: row.number for row in session.execute(query)}
    for token in tokens:
        if token.key not in numbers:
            number = max(numbers.values(), default=0) + 1
            row = {"event_id": event_id, "number": number, "key": token.key}
            session.connection().execute(insert(_TOKENS), row)
            numbers[token.key] = number
    return tuple(replace(token, number=numbers[token.key]) for token in tokens)
