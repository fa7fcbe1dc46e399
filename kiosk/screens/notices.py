"""What the notices say. Each tells what is true, and what happens next."""

from collections import Counter

from kiosk.domain.errors import BasketFault, NotOnSale, RequiredSlotMissing, SoldOut
from kiosk.domain.events import Event
from kiosk.domain.orders import Order
from kiosk.screens.baskets import fault_words
from kiosk.screens.notice import Notice
from kiosk.screens.offers import on_hold
from kiosk.words import Words


def sold_out(words: Words, event: Event, refusal: SoldOut) -> Notice:
    """Somebody was quicker."""
    title = event.sold(refusal.slot_key).title
    if refusal.left:
        headline = words("Not so many left")
        fact = words.count(
            "You asked for {wanted} of {slot}, and one is left.",
            "You asked for {wanted} of {slot}, and {n} are left.",
            refusal.left,
            wanted=words.number(refusal.wanted),
            slot=title,
        )
    elif refusal.on_hold:
        headline = words("Sold out just now")
        fact = words("Every place for {slot} is taken.", slot=title)
    else:
        headline = words("Sold out")
        fact = words("The last place for {slot} has just gone.", slot=title)
    if not refusal.on_hold:
        nothing = words("Nothing was taken from you. Perhaps there is something else you like.")
        return Notice(headline, (fact, nothing), words("See what is left"), step=1)
    return Notice(
        headline,
        (
            fact,
            words("But: {hold}.", hold=on_hold(words, refusal.on_hold, refusal.retry_seconds)),
            words("Nothing was taken from you. You can wait here and try again."),
        ),
        words("Try again"),
        words("See what is left"),
        step=1,
    )


def not_to_be_had(words: Words, event: Event, fault: BasketFault) -> Notice:
    """Not on sale, too many, or something that is required is missing."""
    text = [fault_words(words, event, fault)]
    match fault:
        case RequiredSlotMissing(email=email):
            headline = words("Something is missing")
            text.append(words("There is no such ticket for {email} yet.", email=email))
        case NotOnSale():
            headline = words("Not on sale")
        case _:
            headline = words("Not like this")
    nothing = words("Nothing was taken from you. Perhaps there is something else you like.")
    return Notice(headline, (*text, nothing), words("See what is left"), step=1)


def hold_lost(words: Words, order: Order, *, by_phone: bool) -> Notice:
    """The countdown ended; a payment on a phone may still be on its way."""
    nothing = words("You have paid nothing. If it is still there, you can hold it again.")
    if by_phone:
        nothing = words(
            "If your phone says that you have paid, your tickets or your money are safe: tell the"
            " person at this desk order {number}.",
            number=order.number,
        )
    return Notice(
        words("Time is up"),
        (words("Your hold has ended, and what was held went back."), nothing),
        words("Choose again"),
        step=2,
    )


def refund_due(words: Words, order: Order) -> Notice:
    """Paid, and no place left."""
    return Notice(
        words("No place left") if order.claims else words("No tokens left"),
        (
            words("You paid, but the last place had gone while your hold was over.")
            if not order.packs
            else words(
                "You paid, but while your hold was over the last had gone, or your wallet was full."
            ),
            words(
                "You get {sum} back. It is written down under order {number}:"
                " the person at this desk gives it to you.",
                sum=words.sum(order.payment.amount if order.payment else order.due),
                number=order.number,
            ),
            words("We are sorry. Nothing more will be taken."),
        ),
        words("I understand"),
        step=3,
    )


def tokens_there(words: Words, event: Event, order: Order) -> Notice:
    """Paid, and no ticket among it: nothing to take along."""
    return Notice(
        words("Paid. Enjoy!"),
        (
            words("In your wallet: {tokens}", tokens=tokens(words, event, order)),
            words(
                "It is the wallet of {name}. Order {number}.",
                name=order.attendee.name,
                number=order.number,
            ),
        ),
        words("Next person"),
        step=3,
    )


def tokens(words: Words, event: Event, order: Order) -> str:
    """`20 × Drink`, of what an order bought."""
    bought = Counter[int]()
    for pack in order.packs:
        bought[pack.token_number] += pack.amount
    names = {token.number: token.name for token in event.tokens}
    return ", ".join(
        f"{words.number(amount)} × {names[number]}" for number, amount in bought.items()
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
