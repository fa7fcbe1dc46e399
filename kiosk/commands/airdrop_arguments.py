"""What `kiosk airdrop` understands, and what does it."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.commands.airdrop import Wish
    from kiosk.settings import Settings


def run(said: Namespace, settings: "Settings") -> int:
    """Do what was said; the exit status: 1 if not everything is given yet."""
    from kiosk.commands import airdrop, airdrop_chains

    match said.subcommand:
        case "check":
            return airdrop.check(settings, _wish(said), said.to)
        case "load":
            return airdrop.load(settings, _wish(said))
        case "list":
            return airdrop.show(settings)
        case "run":
            return airdrop.go_on(settings, said.name)
        case "pause":
            return airdrop.pause(settings, said.name)
        case "resume":
            return airdrop.resume(settings, said.name)
        case "take-back":
            return airdrop.take_back(settings, said.name)
        case "results":
            return airdrop.results(settings, said.name, said.to)
        case "deploy":
            return airdrop_chains.put_on_chain(settings, said.token)
        case _:
            behaviour = airdrop_chains.Behaviour(said.delay, said.fail, said.lose)
            return airdrop_chains.behave(settings, behaviour)


def add_airdrop(parser: ArgumentParser) -> None:
    """What `kiosk airdrop` understands."""
    commands = parser.add_subparsers(dest="subcommand", metavar="COMMAND", required=True)
    check = commands.add_parser("check", help="say what would become of each row of a list")
    load = commands.add_parser("load", help="store a list and give its tokens")
    for command in (check, load):
        _add_wish(command)
    check.add_argument("--to", metavar="FILE", help="write it to a new CSV file")
    commands.add_parser("list", help="say which there are, and how far they are")
    for name, does in {
        "run": "go on with one now, and not in its next minute",
        "pause": "give nothing more of one until it is resumed",
        "resume": "go on with a paused one",
        "take-back": "end one, and take back what of it is unspent",
        "results": "say what became of every row",
    }.items():
        command = commands.add_parser(name, help=does)
        command.add_argument("name", metavar="NAME", help="as it was loaded")
        if name == "results":
            command.add_argument("--to", metavar="FILE", help="write it to a new CSV file")
    _add_sandbox(commands.add_parser("chain", help="tell the sandbox chain how to behave"))
    deploy = commands.add_parser("deploy", help="put the contract of a token on Ethereum")
    deploy.add_argument("--token", required=True, metavar="KEY", help="of the event file")


def _add_wish(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="what it is called")
    parser.add_argument(
        "file", metavar="FILE", help="CSV with columns name, email, amount, address; , or ;"
    )
    parser.add_argument("--token", required=True, metavar="KEY", help="of the event file")
    parser.add_argument("--amount", type=int, metavar="N", help="for rows that give none")
    parser.add_argument(
        "--if",
        dest="conditions",
        action="append",
        default=[],
        metavar="CONDITION",
        help="conduct, bought, bought:SLOT, redeemed or redeemed:SLOT; may be given again",
    )
    parser.add_argument("--claim", action="store_true", help="people claim it themselves")
    parser.add_argument(
        "--chain",
        choices=("sandbox", "ethereum"),
        default="",
        help="send it over an outside chain; ethereum wants KIOSK_ETHEREUM_URL",
    )


def _add_sandbox(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--delay", type=float, default=0, metavar="SECONDS", help="until it confirms"
    )
    parser.add_argument("--fail", type=int, default=0, metavar="N", help="of the next transactions")
    parser.add_argument("--lose", type=int, default=0, metavar="N", help="of the next replies")


def _wish(said: Namespace) -> "Wish":
    from kiosk.commands.airdrop import Wish

    return Wish(
        name=said.name,
        file=said.file,
        token=said.token,
        amount=said.amount,
        conditions=tuple(said.conditions),
        is_claimed=said.claim,
        chain=said.chain,
    )
