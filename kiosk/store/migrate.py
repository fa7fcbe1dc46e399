"""Bring a database's tables up to date."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, inspect, text

from kiosk.domain.errors import StoreTooNew
from kiosk.store import newest

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "0021"
"""The newest revision, kept here so that a start at head need not load Alembic."""

_SCRIPTS: Final = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Create or migrate the tables as of `HEAD`; at head already, this is one query."""
    with engine.begin() as connection:
        # On SQLite this connection holds the write lock: a second terminal waits, then sees head.
        revision = current_revision(connection)
        if revision is None and connection.dialect.name == "sqlite":
            newest.create(connection)
            revision = current_revision(connection)
        if revision is not None and revision > HEAD:
            raise StoreTooNew(revision, HEAD)
        if revision != HEAD:
            migrate(connection)


def migrate(connection: Connection) -> None:
    """Go through every migration that the database lacks."""
    from alembic import command

    command.upgrade(alembic_config(connection), "head")


def current_revision(connection: Connection) -> str | None:
    """The revision the database is at; None if it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def alembic_config(connection: Connection) -> "Config":
    """Alembic's settings, without a file: where the scripts are, and what to work on."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
