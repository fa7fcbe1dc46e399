"""What the screens of a wallet say when somebody asks for help."""

from collections.abc import Sequence

from kiosk.screens.help import Help
from kiosk.screens.helps import for_attendees
from kiosk.widgets.frame import Key
from kiosk.words import Words


def opening(words: Words, keys: Sequence[Key]) -> Help:
    """Where the code is asked for."""
    return for_attendees(
        words,
        words("Opening your wallet"),
        words("Whoever has a ticket has a wallet: the code of the ticket names it."),
        words(
            "It opens with a PIN that you choose the first time, so that only you spend from it."
        ),
        keys=keys,
    )


def unlocking(words: Words, keys: Sequence[Key]) -> Help:
    """Where the PIN is asked for."""
    return for_attendees(
        words,
        words("Your PIN"),
        words("Type it, or touch its digits. Each wrong one makes the next try wait longer."),
        words("Forgotten? A supervisor takes it off, and your ticket lets you choose a new one."),
        keys=keys,
    )


def choosing_a_pin(words: Words, keys: Sequence[Key]) -> Help:
    """Where a PIN is chosen."""
    return for_attendees(
        words,
        words("Choosing a PIN"),
        words(
            "4 to 8 digits that you remember and nobody guesses: no row, no four times the same."
        ),
        words("You type it twice. Nobody can look it up later, not even the staff."),
        keys=keys,
    )


def wallet(words: Words, keys: Sequence[Key]) -> Help:
    """The wallet itself."""
    return for_attendees(
        words,
        words("Your wallet"),
        words("Above is what you can spend. Some of it may expire: it says when."),
        words("What expires first is spent first. Below is what came and went."),
        words("Close it when you go: nothing of it stays on this screen."),
        keys=keys,
    )


def all_of_it(words: Words, keys: Sequence[Key]) -> Help:
    """Bills and history."""
    return for_attendees(
        words,
        words("All of it"),
        words("What you have lies there as it came, like bills: what is on top is spent first."),
        words("Below it stands who had the marked ones before you."),
        keys=keys,
    )


def sending(words: Words, keys: Sequence[Key]) -> Help:
    """On the way to somebody else."""
    return for_attendees(
        words,
        words("Sending"),
        words("Say how many, then whom for: by the code of their ticket or wallet, or by e-mail."),
        words(
            "You see both names, half hidden, before anything goes. It goes once, or not at all."
        ),
        words("Who has no wallet can get a gift: a code that they claim."),
        keys=keys,
    )


def taking_along(words: Words, keys: Sequence[Key]) -> Help:
    """Where a code is shown."""
    return for_attendees(
        words,
        words("A code to take along"),
        words("Take a picture of it. It can be saved or printed too, where that is offered."),
        keys=keys,
    )


def more(words: Words, keys: Sequence[Key]) -> Help:
    """What is not wanted every day."""
    return for_attendees(
        words,
        words("More"),
        words("Here are gifts, your PIN, and a new code if somebody else may have yours."),
        keys=keys,
    )


def gifts(words: Words, keys: Sequence[Key]) -> Help:
    """Gifts, given and claimed."""
    return for_attendees(
        words,
        words("Gifts"),
        words("A gift waits for whoever has its code. It is claimed once."),
        words("If nobody claims it, it goes back to who gave it, with what was left of its time."),
        keys=keys,
    )
