"""What `kiosk wallet` understands, and what does it."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.settings import Settings


def run(said: Namespace, settings: "Settings") -> int:
    """Do what was said; the exit status: 1 if a check fails."""
    from kiosk.commands import wallet
    from kiosk.commands.wallet import Amount, Who

    match said.subcommand:
        case "show":
            return wallet.show(settings, Who(said.email, said.name), said.lines)
        case "issue":
            amount = Amount(said.amount, said.token, said.note)
            return wallet.issue(settings, amount, Who(said.email, said.name))
        case "send":
            amount = Amount(said.amount, said.token, said.note)
            sender, to = Who(said.email, said.name), Who(said.to, said.to_name)
            return wallet.send(settings, amount, sender, to)
        case "bill":
            return wallet.bill(settings, said.id)
        case "totals":
            return wallet.totals(settings)
        case "sweep":
            return wallet.sweep(settings)
        case "reissue":
            return wallet.reissue(settings, Who(said.email, said.name), said.save)
        case "reset-pin":
            return wallet.reset_pin(settings, Who(said.email, said.name))
        case "check":
            return wallet.check(settings, said.receipt)
        case _:
            return wallet.gifts(settings)


def add_wallet(parser: ArgumentParser) -> None:
    """What `kiosk wallet` understands."""
    commands = parser.add_subparsers(dest="subcommand", metavar="COMMAND", required=True)
    show = commands.add_parser("show", help="say what is in somebody's wallet, and how it came")
    show.add_argument("--lines", type=_count, default=50, metavar="N", help="of its history")
    issue = commands.add_parser("issue", help="give somebody tokens that come to be")
    send = commands.add_parser("send", help="move tokens from one wallet to another")
    reissue = commands.add_parser("reissue", help="give a wallet a new code; the old one is void")
    reissue.add_argument("--save", metavar="FILE", help="save it to print: a new PNG file")
    reset = commands.add_parser("reset-pin", help="let the owner of a wallet choose another PIN")
    for command in (show, issue, send, reissue, reset):
        command.add_argument("email", metavar="EMAIL", help="of the wallet's owner")
        command.add_argument("--name", default="", help="where several have it, or nobody yet")
    send.add_argument("to", metavar="TO", help="the e-mail address of whoever receives them")
    send.add_argument("--to-name", default="", metavar="NAME", help="where several have that one")
    for command in (issue, send):
        command.add_argument("amount", type=_count, metavar="AMOUNT")
        command.add_argument("--token", required=True, metavar="KEY", help="of the event file")
        command.add_argument("--note", default="", metavar="WORDS", help="what for")
    bill = commands.add_parser("bill", help="say where the tokens of a bill came from and went")
    bill.add_argument("id", metavar="BILL", help="how its id begins; see `kiosk wallet show`")
    commands.add_parser("totals", help="say where all tokens are, and whether the books balance")
    commands.add_parser("sweep", help="book what has expired now, and not in its next minute")
    check = commands.add_parser("check", help="say whether a receipt is real, and what for")
    check.add_argument("receipt", metavar="RECEIPT", help="the text of its QR code")
    commands.add_parser("gifts", help="say which there are, and what became of each")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise ArgumentTypeError(f"a whole number, 1 or more, was expected and not {text!r}")
    return int(text)
