"""Column types that mean the same on SQLite's STRICT tables and on PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

# A STRICT table knows no BIGINT: there every INTEGER has 64 bits.
Integer64: Final = BigInteger().with_variant(Integer(), "sqlite")
# Words are looked up by how they begin: in the order of their symbols, whatever the language.
Word: Final = Text().with_variant(Text(collation="C"), "postgresql")


class Id128(TypeDecorator[int]):
    """A 128-bit id as 16 bytes, big-endian, so that time-ordered ids sort by time."""

    impl = LargeBinary(16)
    cache_ok = True

    # Bytes are what drivers want: what the implementation adds would only be called for each id.
    def bind_processor(self, dialect: Dialect) -> Callable[[int | None], bytes | None]:
        return _id_bytes

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[bytes | None], int | None]:
        return _id_number


def _id_bytes(value: int | None) -> bytes | None:
    return None if value is None else value.to_bytes(16, "big")


def _id_number(value: bytes | None) -> int | None:
    return None if value is None else int.from_bytes(value, "big")


def _microseconds(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)


def _number(flag: bool | None) -> int | None:
    return None if flag is None else int(flag)


class Instant(TypeDecorator[datetime]):
    """An aware instant; microseconds since 1970 on SQLite, which would drop the time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int] | TypeEngine[datetime]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None] | None:
        return _microseconds if dialect.name == "sqlite" else None

    def process_result_value(
        self, value: int | datetime | None, dialect: Dialect
    ) -> datetime | None:
        if isinstance(value, int):
            return instant(value)
        return None if value is None else value.astimezone(UTC)


def microseconds(at: datetime) -> int:
    """An instant as a number: microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def instant(microseconds_since_1970: int) -> datetime:
    """The instant of a number of `microseconds`."""
    return _EPOCH + microseconds_since_1970 * _MICROSECOND


class Flag(TypeDecorator[bool]):
    """True or false as 1 or 0."""

    impl = Integer
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[bool | None], int | None]:
        return _number

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)
