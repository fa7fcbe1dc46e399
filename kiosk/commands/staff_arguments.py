"""What `kiosk staff`, `kiosk terminal` and `kiosk audit` understand, and what does it."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.settings import Settings

COMMANDS = ("staff", "terminal", "audit")


def run(said: Namespace, settings: "Settings") -> int:
    """Do what was said; the exit status."""
    from kiosk.commands import audit, staff, terminal

    match said.command, said.subcommand if said.command != "audit" else "":
        case "staff", "badge":
            return staff.badge(settings, said.name, said.save)
        case "staff", "void":
            return staff.void(settings, said.name)
        case "staff", "unlock":
            return terminal.free(settings, said.name)
        case "terminal", "list":
            return terminal.show(settings)
        case "terminal", "invite":
            return terminal.invite(settings, said.name)
        case "terminal", "revoke":
            return terminal.revoke(settings, said.name)
        case "terminal", "search":
            return terminal.let_search(settings, said.name, said.switch == "on")
        case _:
            return audit.show(settings, said.since, as_csv=said.csv)


def add_staff(parser: ArgumentParser) -> None:
    """What `kiosk staff` understands."""
    commands = parser.add_subparsers(dest="subcommand", metavar="COMMAND", required=True)
    badge = commands.add_parser("badge", help="show somebody's badge, to scan instead of a PIN")
    badge.add_argument("--save", metavar="FILE", help="save it to print: a new PNG file")
    void = commands.add_parser("void", help="make every badge of somebody void, when one is lost")
    for command in (badge, void):
        command.add_argument("name", metavar="NAME", help="as the event file says it")
    unlock = commands.add_parser("unlock", help="take PINs again where too many were wrong")
    unlock.add_argument("name", metavar="TERMINAL", help="see `kiosk terminal list`")


def add_terminal(parser: ArgumentParser) -> None:
    """What `kiosk terminal` understands."""
    commands = parser.add_subparsers(dest="subcommand", metavar="COMMAND", required=True)
    commands.add_parser("list", help="say which there are, and which may do anything")
    invite = commands.add_parser("invite", help="give out a code that lets one in, once")
    revoke = commands.add_parser("revoke", help="send one out: it stops within seconds")
    search = commands.add_parser("search", help="say whether staff may find people by name there")
    for command in (invite, revoke, search):
        command.add_argument("name", metavar="NAME", help="the name it is started with")
    search.add_argument("switch", choices=("on", "off"))


def add_audit(parser: ArgumentParser) -> None:
    """What `kiosk audit` understands."""
    since = "from then on: 2027-03-12, or 2027-03-12T18:00 at the event"
    parser.add_argument("--since", metavar="WHEN", help=since)
    parser.add_argument("--csv", action="store_true", help="for a spreadsheet")
