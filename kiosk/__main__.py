"""The command line: reads arguments, and hands over to what was asked for."""

import os
import sys
from argparse import (
    Action,
    ArgumentParser,
    ArgumentTypeError,
    Namespace,
    RawDescriptionHelpFormatter,
)
from collections.abc import Sequence
from select import POLLERR, poll
from typing import TYPE_CHECKING

from kiosk.commands import airdrop_arguments, staff_arguments, wallet_arguments

if TYPE_CHECKING:
    from kiosk.settings import Settings

ENVIRONMENT = """\
environment:
  KIOSK_HOME          the data folder, shared by the terminals of one machine
  KIOSK_EVENT         the event file
  KIOSK_LEDGER        which ledger, as --ledger
  KIOSK_DATABASE      the URL of the database of people and orders (default: a file)
  KIOSK_TERMINAL      this terminal's name
  KIOSK_HTTP_HOST     where pay pages are served; 0.0.0.0 lets phones in (default: 127.0.0.1)
  KIOSK_HTTP_PORT     on which port (default: any free one)
  KIOSK_PUBLIC_URL    how phones reach it, if not by this machine's address
  KIOSK_TICKETS       where buyers save their tickets, if not in the data folder
  KIOSK_DOOR_DEADLINE seconds until a door goes on without ledger and store, if not 1.5
  KIOSK_PRINT_COMMAND what prints the PDF named after it (default: lp, if there is a printer)
  KIOSK_DOOR_LOGOUT   minutes of silence after which a door locks; 0 is never (default: 10)
  KIOSK_ORGANISER_LOGOUT  the same for what organisers open (default: 2)
  KIOSK_TIGERBEETLE   the TigerBeetle server's file
"""

_STATUS_OF_BROKEN_PIPE = 128 + 13
"""As shells say it of a program that SIGPIPE ends."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `kiosk`; the exit status: 0 done, 1 it could not be done, 2 it was asked wrongly."""
    said = _parser().parse_args(arguments)
    try:
        status = _run(said)
        sys.stdout.flush()
        return status
    except _expected_errors() as error:
        if isinstance(error, BrokenPipeError) and _nobody_reads_on():
            return _STATUS_OF_BROKEN_PIPE
        _report(error)
        return 1
    except KeyboardInterrupt:
        return 130


def _nobody_reads_on() -> bool:
    """Whether what we print goes to a program that has seen enough, like `head`."""
    out = sys.stdout.fileno()
    reader = poll()
    reader.register(out, 0)
    if not any(seen & POLLERR for _, seen in reader.poll(0)):
        return False
    # Python would try to print the rest as it ends, and complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), out)
    return True


def _run(said: Namespace) -> int:
    # Imported here, so that --help need not wait for what it does not use.
    from kiosk.logs import log_to
    from kiosk.settings import Arguments, Settings

    settings = Settings.read(
        os.environ,
        Arguments(
            home=said.home,
            event=said.event,
            ledger=said.ledger,
            database=said.database,
            terminal=said.terminal,
            mode=said.mode,
        ),
    )
    if said.command == "event" and said.event_command == "check":
        from kiosk.commands import event

        return event.check(said.file)
    log_to(settings.log_file)
    if said.command == "event":
        from kiosk.commands import event

        return event.load(settings, said.file)
    if said.command == "ledger":
        return _ledger_command(said, settings)
    if said.command == "airdrop":
        return airdrop_arguments.run(said, settings)
    if said.command == "wallet":
        return wallet_arguments.run(said, settings)
    if said.command == "export":
        from kiosk.commands import export

        return export.write(settings, said.folder)
    if said.command in staff_arguments.COMMANDS:
        return staff_arguments.run(said, settings)
    from kiosk.pauses import load_in_peace

    load_in_peace()
    from kiosk.start import run

    return run(settings)


def _ledger_command(said: Namespace, settings: "Settings") -> int:
    from kiosk.commands import ledger

    match said.ledger_command:
        case "install":
            return ledger.install(settings, archive=said.archive, sha256=said.sha256)
        case "status":
            return ledger.status(settings)
        case _:
            return ledger.start(settings)


def _report(error: Exception) -> None:
    import logging

    # Before the log is open, there is nothing that a log could add.
    if logging.getLogger().handlers:
        logging.getLogger("kiosk").error("could not go on", exc_info=error)
    print(f"kiosk: {error}", file=sys.stderr)


def _expected_errors() -> tuple[type[Exception], ...]:
    """What is told in one line; called only once something has gone wrong."""
    from kiosk.domain.errors import KioskError
    from ledger.engine import LedgerError

    return KioskError, LedgerError, OSError


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="kiosk",
        description="Sell, admit and count at an event, from a terminal.",
        epilog=ENVIRONMENT,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_PrintVersion, nargs=0, help="print the version")
    parser.add_argument("--home", metavar="DIR", help="the data folder")
    parser.add_argument("--event", metavar="FILE", help="the event file (default: a demo event)")
    parser.add_argument(
        "--ledger",
        metavar="LEDGER",
        type=_ledger,
        help="auto, node, embedded, or tigerbeetle://HOST:PORT/CLUSTER (default: auto)",
    )
    parser.add_argument("--database", metavar="URL", help="the database of people and orders")
    parser.add_argument("--terminal", metavar="NAME", help="this terminal's name")
    parser.add_argument(
        "--mode",
        choices=["attendee", "door", "organiser"],
        default="attendee",
        help="what to show first; all but the first need a PIN",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="other commands")
    _add_event_commands(commands.add_parser("event", help="the event file"))
    _add_ledger_commands(commands.add_parser("ledger", help="the TigerBeetle server"))
    airdrop_arguments.add_airdrop(commands.add_parser("airdrop", help="give tokens to many"))
    wallet_arguments.add_wallet(commands.add_parser("wallet", help="tokens of single people"))
    staff_arguments.add_staff(commands.add_parser("staff", help="badges, and locked PINs"))
    staff_arguments.add_terminal(commands.add_parser("terminal", help="let in, and send out"))
    export = commands.add_parser("export", help="write tables of everything, for spreadsheets")
    export.add_argument("folder", metavar="FOLDER", help="a new folder, with a file of each kind")
    staff_arguments.add_audit(commands.add_parser("audit", help="who did what, where and when"))
    return parser


def _add_event_commands(parser: ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="event_command", metavar="COMMAND", required=True)
    check = commands.add_parser("check", help="say everything that is wrong with an event file")
    load = commands.add_parser("load", help="create the event of a file, or change it")
    for command in (check, load):
        command.add_argument("file", metavar="FILE", help="a TOML file; see assets/events")


def _add_ledger_commands(parser: ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="ledger_command", metavar="COMMAND", required=True)
    install = commands.add_parser("install", help="install the server into the data folder")
    install.add_argument(
        "--from", dest="archive", metavar="FILE", help="a release already fetched (a zip file)"
    )
    install.add_argument(
        "--sha256",
        metavar="HEX",
        type=_sha256,
        help="the checksum that the release must have (default: the one known for it)",
    )
    commands.add_parser("status", help="say which ledger there is, and whether it runs")
    commands.add_parser("start", help="run the server in the foreground, for all terminals here")


def _ledger(text: str) -> str:
    from pathlib import Path

    from ledger.engine import LedgerError
    from ledger.settings import LedgerSettings

    try:
        LedgerSettings.parse(text, folder=Path())
    except LedgerError as error:
        raise ArgumentTypeError(str(error)) from error
    return text


def _sha256(text: str) -> str:
    from ledger.install import InstallError, checked_sha256

    try:
        return checked_sha256(text)
    except InstallError as error:
        raise ArgumentTypeError(str(error)) from error


class _PrintVersion(Action):
    """As argparse's own, but the version is looked up only when asked for."""

    def __call__(self, parser: ArgumentParser, *_: object) -> None:
        print(f"kiosk {_version()}")
        parser.exit()


def _version() -> str:
    import tomllib
    from importlib.metadata import PackageNotFoundError, version
    from pathlib import Path

    try:
        return version("turnstile")
    except PackageNotFoundError:
        # A checkout runs without being installed.
        project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())
        return str(project["project"]["version"])


if __name__ == "__main__":
    sys.exit(main())
