"""What this terminal was told: by its command line first, then by its environment."""

import platform
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Self
from urllib.parse import urlsplit

from platformdirs import user_data_path

from kiosk.domain.errors import KioskError

if TYPE_CHECKING:
    from ledger.settings import LedgerSettings

DEMO_EVENT: Final = Path(__file__).parents[1] / "assets" / "events" / "demo.toml"

Mode = Literal["attendee", "door", "organiser"]

TERMINAL_NAME_LENGTH_MAX = 64
LOOPBACK = "127.0.0.1"
DOOR_DEADLINE_SECONDS_MIN, DOOR_DEADLINE_SECONDS_MAX = 0.1, 60.0


class SettingsError(KioskError):
    """A setting cannot be used; the message names it and says what was expected."""


@dataclass(frozen=True, slots=True)
class LogOuts:
    """After how many minutes of silence staff are logged out; 0 is never."""

    door: int = 10
    organiser: int = 2


@dataclass(frozen=True, slots=True)
class EthereumSettings:
    """A node of an Ethereum chain, and where the private key is of the account that pays.

    A payout is believed after so many `confirmations`; a unit of gas is worth `fee_max_gwei`.
    """

    url: str
    key_file: Path
    confirmations: int = 12
    fee_max_gwei: int = 200


@dataclass(frozen=True, slots=True)
class Arguments:
    """What the command line said; None where it said nothing."""

    home: str | None = None
    event: str | None = None
    ledger: str | None = None
    database: str | None = None
    terminal: str | None = None
    mode: Mode = "attendee"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a terminal keeps its data, and what it works with.

    `home` is the data folder, shared by the terminals of one machine. `event_file` None means
    the demo event. `ledger` is what `LedgerSettings.parse` reads. `database_url` is SQLAlchemy's,
    None for a file in `home`. Webhooks and pay pages are served on `http_host` and `http_port`
    (0 is any free one); `public_url` is how a phone reaches them, None to work that out. Buyers
    save their tickets in `tickets`, None for a folder in `home`. `print_command` prints a PDF that
    is added to it; None is the system's own, if it has a printer, and () is not to print. A door
    goes on by itself when there is no verdict after `door_deadline_seconds`, None for the usual.
    """

    home: Path
    event_file: Path | None = None
    ledger: str = "auto"
    database_url: str | None = None
    terminal: str = "terminal"
    mode: Mode = "attendee"
    http_host: str = LOOPBACK
    http_port: int = 0
    public_url: str | None = None
    tickets: Path | None = None
    door_deadline_seconds: float | None = None
    print_command: tuple[str, ...] | None = None
    log_outs: LogOuts = LogOuts()
    ethereum: EthereumSettings | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str], arguments: Arguments | None = None) -> Self:
        """Settings from `KIOSK_HOME`, `_EVENT`, `_LEDGER`, `_DATABASE`, `_TERMINAL`, and arguments.

        Where HTTP is served, `KIOSK_HTTP_HOST`, `_HTTP_PORT` and `_PUBLIC_URL` alone say, and
        `KIOSK_TICKETS` and `KIOSK_PRINT_COMMAND` alone where tickets are saved, and how printed;
        `KIOSK_DOOR_DEADLINE` is in seconds. `KIOSK_ETHEREUM_URL` names a node to pay airdrops by,
        with `_ETHEREUM_KEY`, `_ETHEREUM_CONFIRMATIONS` and `_ETHEREUM_FEE_MAX` (in gwei).
        Raises `SettingsError`.
        """
        said = arguments or Arguments()
        home = said.home or environment.get("KIOSK_HOME")
        event = said.event or environment.get("KIOSK_EVENT")
        tickets = environment.get("KIOSK_TICKETS")
        folder = Path(home).expanduser().absolute() if home else user_data_path("kiosk")
        return cls(
            home=folder,
            event_file=Path(event).expanduser().absolute() if event else None,
            ledger=said.ledger or environment.get("KIOSK_LEDGER") or "auto",
            database_url=said.database or environment.get("KIOSK_DATABASE") or None,
            terminal=_terminal(said.terminal or environment.get("KIOSK_TERMINAL")),
            mode=said.mode,
            http_host=environment.get("KIOSK_HTTP_HOST") or LOOPBACK,
            http_port=_port(environment.get("KIOSK_HTTP_PORT") or "0"),
            public_url=_public_url(environment.get("KIOSK_PUBLIC_URL")),
            tickets=Path(tickets).expanduser().absolute() if tickets else None,
            log_outs=LogOuts(
                door=_minutes(environment, "KIOSK_DOOR_LOGOUT", LogOuts().door),
                organiser=_minutes(environment, "KIOSK_ORGANISER_LOGOUT", LogOuts().organiser),
            ),
            door_deadline_seconds=_door_deadline(environment.get("KIOSK_DOOR_DEADLINE")),
            print_command=_print_command(environment.get("KIOSK_PRINT_COMMAND")),
            ethereum=_ethereum(environment, folder),
        )

    @property
    def ledger_folder(self) -> Path:
        """Where a node or an embedded ledger keeps everything it has."""
        return self.home / "ledger"

    @property
    def tickets_folder(self) -> Path:
        """Where buyers save tickets; it may be a place that can be taken away."""
        return self.tickets or self.home / "tickets"

    @property
    def log_file(self) -> Path:
        """What would disturb the screen goes here."""
        return self.home / "kiosk.log"

    def ledger_settings(self) -> "LedgerSettings":
        """Which ledger to open; raises `LedgerError` if the text names none."""
        # The ledger's vocabulary loads a native library, and `kiosk --help` has no use for it.
        from ledger.settings import LedgerSettings

        return LedgerSettings.parse(self.ledger, folder=self.ledger_folder)


def _terminal(name: str | None) -> str:
    chosen = (name or platform.node() or "terminal").strip()
    if not chosen.isprintable() or not 0 < len(chosen) <= TERMINAL_NAME_LENGTH_MAX:
        raise SettingsError(
            f"the terminal's name {chosen!r} (KIOSK_TERMINAL) cannot be shown; expected 1 to "
            f"{TERMINAL_NAME_LENGTH_MAX} printable characters, for example door-2"
        )
    return chosen


def _print_command(text: str | None) -> tuple[str, ...] | None:
    if not text:
        return None
    try:
        return () if text == "none" else tuple(shlex.split(text))
    except ValueError as fault:
        raise SettingsError(
            f"the command {text!r} (KIOSK_PRINT_COMMAND) cannot be used: {fault}; expected one that"
            " prints the PDF named after it, for example lp -d front-desk, or none"
        ) from fault


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 5 or int(text) >= 1 << 16:
        raise SettingsError(
            f"the port {text!r} (KIOSK_HTTP_PORT) cannot be used; expected a number from 0 to"
            " 65535, 0 for any that is free"
        )
    return int(text)


def _door_deadline(text: str | None) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not DOOR_DEADLINE_SECONDS_MIN <= seconds <= DOOR_DEADLINE_SECONDS_MAX:
        raise SettingsError(
            f"the deadline {text!r} (KIOSK_DOOR_DEADLINE) cannot be used; expected seconds from"
            f" {DOOR_DEADLINE_SECONDS_MIN:g} to {DOOR_DEADLINE_SECONDS_MAX:g}, for example 1.5"
        )
    return seconds


def _minutes(environment: Mapping[str, str], name: str, otherwise: int) -> int:
    text = environment.get(name)
    if not text:
        return otherwise
    if not (text.isascii() and text.isdecimal()) or len(text) > 4:
        raise SettingsError(
            f"{name} is {text!r}; expected whole minutes of silence from 0 to 9999, 0 for never"
        )
    return int(text)


def _ethereum(environment: Mapping[str, str], home: Path) -> EthereumSettings | None:
    url = environment.get("KIOSK_ETHEREUM_URL")
    if not url:
        return None
    if not url.startswith(("http://", "https://")):
        # Not shown: it often holds what its owner pays the node for.
        raise SettingsError("expected an address of a node with http or https (KIOSK_ETHEREUM_URL)")
    key_file = environment.get("KIOSK_ETHEREUM_KEY")
    return EthereumSettings(
        url=url,
        key_file=Path(key_file).expanduser().absolute()
        if key_file
        else home / "keys" / "ethereum.key",
        confirmations=_some(environment, "KIOSK_ETHEREUM_CONFIRMATIONS", 12),
        fee_max_gwei=_some(environment, "KIOSK_ETHEREUM_FEE_MAX", 200),
    )


def _some(environment: Mapping[str, str], name: str, otherwise: int) -> int:
    text = environment.get(name)
    if not text:
        return otherwise
    if not (text.isascii() and text.isdecimal()) or len(text) > 5 or not int(text):
        raise SettingsError(f"{name} is {text!r}; expected a whole number from 1 to 99999")
    return int(text)


def _public_url(text: str | None) -> str | None:
    if not text:
        return None
    refusal = SettingsError(
        f"the address {text!r} (KIOSK_PUBLIC_URL) cannot be used; expected one that phones can"
        " open, for example https://kiosk.example.org"
    )
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as fault:
        raise refusal from fault
    if not usable or parts.query or parts.fragment or not text.isprintable() or " " in text:
        raise refusal
    return text.rstrip("/")
