"""What the screens of the staff say when somebody asks for help."""

from collections.abc import Sequence

from kiosk.screens.help import Help
from kiosk.widgets.frame import Key
from kiosk.words import Words


def refunding(words: Words, keys: Sequence[Key]) -> Help:
    """Where money is given back."""
    return _staffs(
        words("Giving money back"),
        words("The list has money that bought nothing: it came too late, or twice."),
        words(
            "Say that it went back once it did: it is on record then, and nobody else gives it"
            " back again."
        ),
        words(
            "A whole order can be given back as long as nobody was let in with it. Its tickets"
            " admit nobody then, and its places are free again. A supervisor has to agree."
        ),
        keys=keys,
    )


def watching(words: Words, keys: Sequence[Key]) -> Help:
    """Where the event is watched."""
    return _staffs(
        words("Watching the event"),
        words("Every figure is the ledger's, and is asked for again each second."),
        words(
            "The books balance if store and ledger say the same of every order, ticket and token."
            " Both are compared every minute."
        ),
        words("A lamp that is not green says what is the matter: ▲ soon, ✖ now."),
        keys=keys,
    )


def taking_tokens(words: Words, keys: Sequence[Key]) -> Help:
    """Where a stall takes tokens."""
    return _staffs(
        words("Taking tokens"),
        words("Choose how many, then scan the wallet of whoever pays, or a ticket of theirs."),
        words("For more than a few, they type the PIN of their wallet themselves."),
        words(
            "What was taken in this shift can be given back, by the word of a supervisor. It"
            " expires as before."
        ),
        keys=keys,
    )


def settling(words: Words, keys: Sequence[Key]) -> Help:
    """Where money for invoices is recorded."""
    return _staffs(
        words("Open invoices"),
        words("Whoever is here has tickets already, and owes for them."),
        words(
            "Look at the bank statement, choose the invoice, and type what came and its reference."
            " A part may come: the rest stays owed."
        ),
        words("The same transfer is recorded once, whoever records it."),
        keys=keys,
    )


def tracing(words: Words, keys: Sequence[Key]) -> Help:
    """Where the life of tokens is told."""
    return _staffs(
        words("The life of tokens"),
        words(
            "Tokens are bills, as paper money is. Who sends a part of one tears it: the change"
            " stays, and the rest is a new bill of somebody else."
        ),
        words("The tree begins with the issue; below each bill are those it was sent on as."),
        keys=keys,
    )


def _staffs(title: str, *text: str, keys: Sequence[Key]) -> Help:
    return Help(title, text, tuple(keys))
