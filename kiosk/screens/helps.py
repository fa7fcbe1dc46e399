"""What the attendee's screens say when somebody asks for help."""

from collections.abc import Sequence

from kiosk.screens.help import Help
from kiosk.widgets.frame import Key
from kiosk.words import Words


def beginning(words: Words, keys: Sequence[Key]) -> Help:
    """On the first screen."""
    return for_attendees(
        words,
        words("Buy tickets here"),
        words(
            "Choose tickets, say who they are for, pay, and take the codes with you: that is all."
        ),
        words("Nothing is kept of you on this screen. Whoever comes next finds it empty."),
        keys=keys,
    )


def choosing(words: Words, keys: Sequence[Key]) -> Help:
    """Where tickets are chosen."""
    return for_attendees(
        words,
        words("Choosing tickets"),
        words(
            "Each card is a kind of ticket. Go to one and say how many you want, with the arrow"
            " keys or by touching − and +."
        ),
        words(
            "What is left changes while others buy. What they hold but do not pay comes back after"
            " a few minutes."
        ),
        keys=keys,
    )


def naming(words: Words, keys: Sequence[Key]) -> Help:
    """Where it is said whom tickets are for."""
    return for_attendees(
        words,
        words("Whom the tickets are for"),
        words(
            "The name is on the ticket, and you are greeted by it at the door. Whoever has the"
            " e-mail address can be found there without the ticket."
        ),
        words("Several tickets can be all for you, or each for somebody else."),
        keys=keys,
    )


def paying(words: Words, keys: Sequence[Key]) -> Help:
    """Where one pays."""
    return for_attendees(
        words,
        words("Paying"),
        words("Nobody else can buy your tickets until the time at the upper right has run out."),
        words("With your phone: scan the code that is shown then, and pay on the page it opens."),
        words("In cash: tell the person at the desk. They confirm it here with their PIN."),
        keys=keys,
    )


def paying_by_phone(words: Words, keys: Sequence[Key]) -> Help:
    """While the code of the pay page is shown."""
    return for_attendees(
        words,
        words("Paying with your phone"),
        words("Point the camera of your phone at the code, and pay on the page it opens."),
        words(
            "This screen goes on by itself as soon as you paid. If your phone says that you paid"
            " and nothing happens here, tell the person at the desk."
        ),
        keys=keys,
    )


def taking_along(words: Words, keys: Sequence[Key]) -> Help:
    """Where the tickets are shown."""
    return for_attendees(
        words,
        words("Your tickets"),
        words(
            "Take a picture of each code: it opens the door. The number beside it does too, should"
            " the picture not be good enough."
        ),
        words("When you are done, make room for the next person: your tickets stay yours."),
        keys=keys,
    )


def going_on(words: Words, keys: Sequence[Key]) -> Help:
    """Where something went otherwise."""
    return for_attendees(
        words,
        words("What now?"),
        words("This page says what happened, and what happens next. Nothing is taken twice."),
        keys=keys,
    )


def for_attendees(words: Words, title: str, *text: str, keys: Sequence[Key]) -> Help:
    """Help that ends with who helps with everything else."""
    who = words("Staff at the desk help you with everything else.")
    return Help(title, text, tuple(keys), who)
