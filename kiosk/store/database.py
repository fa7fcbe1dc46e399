"""The one place that knows threads, connections and transactions."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from kiosk.domain.errors import StoreUnavailable
from kiosk.store.migrate import upgrade

T = TypeVar("T")
Item = TypeVar("Item")
BulkWork = Callable[[Connection, Sequence[Item]], Sequence[T]]
"""Does something with many items at once; a result for each."""

BUSY_TIMEOUT_SECONDS = 10
"""How long another process may keep the file before a unit of work gives up."""

BULK_ITEMS_MAX = 256
"""So many share one call: their statements stay far below what databases take at once."""

# Ids are random, so a rush touches pages everywhere: they are kept, and seldom copied back.
_CHECKPOINT_PAGES = 8000
_CACHE_KIBIBYTES = 65536


class _Waiting(Protocol):
    """Work for one caller or many."""

    def run(self, connection: Connection) -> None: ...

    def finish(self, error: BaseException | None = None) -> None: ...


class _Unit(Generic[T]):
    """A unit of work."""

    def __init__(self, work: Callable[[Session], T], caller: "asyncio.Future[T]") -> None:
        self._work = work
        self._caller = caller

    def run(self, connection: Connection) -> None:
        self._answer = _attempt(connection, self._work)

    def finish(self, error: BaseException | None = None) -> None:
        """Tell the caller; `error` is what befell everybody."""
        _tell(self._caller, error or self._answer)


class _Bulk(Generic[Item, T]):
    """The same work for many callers, done at once, or one by one if that fails."""

    def __init__(self, work: BulkWork[Item, T]) -> None:
        self._work = work
        self._items: list[Item] = []
        self._callers: list[asyncio.Future[T]] = []
        self._answers: Sequence[T | BaseException] = ()

    @property
    def is_full(self) -> bool:
        return len(self._items) >= BULK_ITEMS_MAX

    def add(self, item: Item, caller: "asyncio.Future[T]") -> None:
        self._items.append(item)
        self._callers.append(caller)

    def run_whole(self, connection: Connection) -> bool:
        """Do it without a savepoint; false means that the transaction is to be undone."""
        with _Caught() as caught:
            self._answers = self._work(connection, self._items)
        return caught.error is None

    def run(self, connection: Connection) -> None:
        answers = self._attempt(connection, self._items)
        self._answers = (
            [self._one(connection, item) for item in self._items]
            if isinstance(answers, BaseException)
            else answers
        )

    def _one(self, connection: Connection, item: Item) -> T | BaseException:
        answers = self._attempt(connection, [item])
        return answers if isinstance(answers, BaseException) else answers[0]

    def _attempt(
        self, connection: Connection, items: Sequence[Item]
    ) -> Sequence[T] | BaseException:
        with _Caught() as caught, connection.begin_nested():
            answers = self._work(connection, items)
        return caught.error or answers

    def finish(self, error: BaseException | None = None) -> None:
        """Tell the callers; `error` is what befell everybody."""
        answers = self._answers if error is None else [error] * len(self._callers)
        for caller, answer in zip(self._callers, answers, strict=True):
            _tell(caller, answer)


class _Caught:
    """Keeps the error of what is done within it."""

    error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self.error = error
        return isinstance(error, Exception)


def _attempt(connection: Connection, work: Callable[[Session], T]) -> T | BaseException:
    """Do the work in a savepoint of its own: if it fails, it fails alone."""
    with (
        _Caught() as caught,
        Session(connection, join_transaction_mode="create_savepoint") as session,
        session.begin(),
    ):
        result = work(session)
    return caught.error or result


def _tell(caller: "asyncio.Future[T]", answer: T | BaseException) -> None:
    if caller.done():
        return  # It has left.
    if isinstance(answer, BaseException):
        caller.set_exception(answer)
    else:
        caller.set_result(answer)


class Database:
    """The store: SQLite by default, PostgreSQL by URL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # Kept: to fetch one for each commit takes longer than a small one has to write.
        self._kept: Connection | None = None
        # One thread: SQLite has one writer anyway, and what waits for it shares its next commit.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._waiting: list[_Waiting] = []
        self._bulks: dict[object, object] = {}
        self._drain: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, url: URL | str) -> Self:
        """Open the database at `url`, with its tables up to date.

        Raises `StoreUnavailable` or `StoreTooNew`.
        """
        try:
            async with AsyncExitStack() as undo:
                database = cls(_engine(make_url(url)))
                undo.push_async_callback(database.close)
                await database._in_thread(lambda: upgrade(database._engine))
                undo.pop_all()
        except (SQLAlchemyError, ImportError, OSError) as error:
            raise StoreUnavailable(f"the database cannot be opened: {error}") from error
        return database

    async def transaction(self, work: Callable[[Session], T]) -> T:
        """Run `work` off this thread; when it returns, what it wrote is durable.

        Units of work that wait together share one commit. Raises what `work` raises, having
        undone it, or `StoreUnavailable`. A caller who leaves does not stop the work.
        """
        caller: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Unit(work, caller))
        self._start()
        return await self._answered(caller)

    async def bulk(self, work: BulkWork[Item, T], item: Item) -> T:
        """As `transaction`, but one call of `work` serves all who wait to do the same.

        `work` is a module's function: by it they are known to do the same. If it raises, each
        item is tried by itself, so that one which fails fails alone.
        """
        return await self._answered(self.bulk_later(work, item))

    def bulk_later(self, work: BulkWork[Item, T], item: Item) -> "asyncio.Future[T]":
        """As `bulk`, for a caller who need not wait; units of work that come later see it done."""
        caller: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        # By the key it can only be a bulk of the same work.
        bulk = cast("_Bulk[Item, T] | None", self._bulks.get(work))
        if bulk is None or bulk.is_full:
            self._bulks[work] = bulk = _Bulk(work)
            self._waiting.append(bulk)
        bulk.add(item, caller)
        self._start()
        return caller

    async def close(self) -> None:
        """Finish what waits and let go of the files."""
        if self._drain is not None:
            await self._drain
        await self._in_thread(self._let_go)
        self._thread.shutdown()

    def _start(self) -> None:
        if self._drain is None:
            self._drain = asyncio.create_task(self._run_waiting())

    async def _answered(self, caller: "asyncio.Future[T]") -> T:
        try:
            return await caller
        except OperationalError as error:
            raise StoreUnavailable(str(error.orig)) from error

    async def _run_waiting(self) -> None:
        while self._waiting:
            units, self._waiting = self._waiting, []
            self._bulks.clear()
            failure: BaseException | None = None
            try:
                await self._in_thread(partial(self._commit, units))
            except (SQLAlchemyError, StoreUnavailable) as error:
                failure = error
            for unit in units:
                unit.finish(failure)
        self._drain = None

    def _commit(self, units: list[_Waiting]) -> None:
        bulks = [unit for unit in units if isinstance(unit, _Bulk)]
        if len(bulks) == len(units) and self._commit_whole(bulks):
            return
        connection = self._connection()
        with connection.begin():
            for unit in units:
                unit.run(connection)
            _check_open(connection)

    def _commit_whole(self, bulks: "Sequence[_Bulk[object, object]]") -> bool:
        """Commit, or do nothing if one fails, which bulks hardly ever do: in a rush, a savepoint
        for each would cost a tenth of all that the store does."""
        connection = self._connection()
        with connection.begin() as transaction:
            if not all(bulk.run_whole(connection) for bulk in bulks):
                transaction.rollback()
                return False
            _check_open(connection)
        return True

    def _connection(self) -> Connection:
        if self._kept is None:
            self._kept = self._engine.connect()
        return self._kept

    def _let_go(self) -> None:
        if self._kept is not None:
            self._kept.close()
        self._engine.dispose()

    async def _in_thread(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)


def sqlite_url(path: Path) -> URL:
    """The URL of a database file."""
    return URL.create("sqlite", database=str(path))


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite" and url.database:
        # People's names are in it: SQLite gives its side files the same permissions.
        Path(url.database).touch(mode=0o600)
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def _configure_sqlite(connection: SqliteConnection, entry: ConnectionPoolEntry) -> None:
    # The driver would begin transactions late and end them before savepoints; we begin our own.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")


def _begin_immediate(connection: Connection) -> None:
    # Taken at once, the write lock is waited for; taken halfway, a stale reader is turned away.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _check_open(connection: Connection) -> None:
    if connection.invalidated:
        raise StoreUnavailable("the connection to the database was lost")
    # On a full disk SQLite may end a transaction by itself, and the driver would then commit
    # nothing without a word.
    driver = connection.connection.driver_connection
    if isinstance(driver, SqliteConnection) and not driver.in_transaction:
        raise StoreUnavailable("the database gave the transaction up")
