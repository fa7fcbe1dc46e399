"""What the notices say. Each tells what is true, and what happens next."""

from kiosk.domain.errors import NotOnSale, SoldOut
from kiosk.domain.events import EventSlot
from kiosk.domain.orders import Order
from kiosk.screens.notice import Notice
from kiosk.screens.offers import on_hold
from kiosk.words import Words


def sold_out(words: Words, refusal: SoldOut, slot: EventSlot) -> Notice:
    """Somebody was quicker."""
    if not refusal.on_hold:
        return Notice(
            words("Sold out"),
            (
                words("The last place for {slot} has just gone.", slot=slot.title),
                words("Nothing was taken from you. Perhaps there is something else you like."),
            ),
            words("See what is left"),
            step=1,
        )
    return Notice(
        words("Sold out just now"),
        (
            words("Every place for {slot} is taken.", slot=slot.title),
            words("But: {hold}.", hold=on_hold(words, refusal.on_hold, refusal.retry_seconds)),
            words("Nothing was taken from you. You can wait here and try again."),
        ),
        words("Try again"),
        words("See what is left"),
        step=1,
    )


def not_on_sale(words: Words, refusal: NotOnSale, slot: EventSlot) -> Notice:
    """The sale has ended, or not begun."""
    starts = refusal.sale.starts
    line = words("{slot} cannot be bought at the moment.", slot=slot.title)
    if refusal.state == "upcoming" and starts is not None:
        line = words(
            "{slot} can be bought from {when}.", slot=slot.title, when=words.moment(starts)
        )
    nothing = words("Nothing was taken from you. Perhaps there is something else you like.")
    return Notice(words("Not on sale"), (line, nothing), words("See what is left"), step=1)


def hold_lost(words: Words, slot: EventSlot) -> Notice:
    """The countdown ended."""
    return Notice(
        words("Time is up"),
        (
            words("Your hold on {slot} has ended, and the place went back.", slot=slot.title),
            words("You have paid nothing. If it is still there, you can hold it again."),
        ),
        words("Choose again"),
        step=2,
    )


def refund_due(words: Words, order: Order) -> Notice:
    """Paid, and no place left."""
    return Notice(
        words("No place left"),
        (
            words("You paid, but the last place had gone while your hold was over."),
            words(
                "You get {sum} back. It is written down under order {number}:"
                " the person at this desk gives it to you.",
                sum=words.sum(order.total),
                number=order.number,
            ),
            words("We are sorry. Nothing more will be taken."),
        ),
        words("I understand"),
        step=3,
    )


def tickets_later(words: Words, order: Order) -> Notice:
    """Paid, but the books do not answer when asked for the tickets."""
    return Notice(
        words("You have paid"),
        (
            words("Your tickets are safe; only the books do not answer just now."),
            words(
                "Try again in a moment, or tell the person at this desk order {number}.",
                number=order.number,
            ),
        ),
        words("Try again"),
        words("Leave it for now"),
        step=3,
    )
