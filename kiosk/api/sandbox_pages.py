"""What the sandbox's pages say, in the buyer's language."""

from math import ceil
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from babel import negotiate_locale

from kiosk.api.markup import NOTHING, Html, fill, join, read
from kiosk.api.sandbox import Payment
from kiosk.domain.providers import EventKind, PaymentLine, PaymentRequest, ProviderEvent
from kiosk.words import LANGUAGES, Words

HURRY_SECONDS: Final = 60


class _Notice(NamedTuple):
    tone: str
    symbol: str
    heading: str
    words: str


_ENDS: Final = {
    EventKind.SUCCEEDED: _Notice("fine", "✔", "Paid", "Thank you. Now look at the kiosk."),
    EventKind.FAILED: _Notice(
        "bad",
        "✖",
        "The payment failed",
        "Nothing was taken. Look at the kiosk: you can pay in another way.",
    ),
    EventKind.CANCELLED: _Notice(
        "wait", "◌", "Cancelled", "Nothing was taken. The kiosk shows what you can do next."
    ),
}
_EXPIRED: Final = _Notice(
    "wait", "◌", "The time is up", "Nothing was taken. At the kiosk you can start again."
)
_UNKNOWN: Final = _Notice(
    "wait", "?", "No such payment", "Please scan the code on the kiosk's screen again."
)
_NOT_FROM_HERE: Final = _Notice(
    "bad", "✖", "That did not come from this page", "Please scan the kiosk's code and try again."
)
_UNAVAILABLE: Final = _Notice(
    "wait", "◌", "One moment, please", "Please load this page again in a few seconds."
)


def choice(payment: Payment, token: str) -> Html:
    """What there is to pay, how long, and the three ways it may end."""
    words = _words(payment.request.language)
    seconds = ceil(payment.seconds_left)
    content = fill(
        "choice.html",
        ticket=_ticket(payment.request, words),
        left_label=words("Time left to pay"),
        left=f"{seconds // 60}:{seconds % 60:02}",
        seconds=str(seconds),
        hurry="hurry" if seconds <= HURRY_SECONDS else "",
        token=token,
        pay=words("Pay {amount}", amount=words.sum(payment.request.amount)),
        fail=words("Let it fail"),
        cancel=words("Cancel"),
    )
    # A browser without scripts sees the end of the time by loading the page again then.
    refresh = fill("refresh.html", seconds=str(seconds + 1))
    return _layout(words, payment.request.event_name, content, refresh)


def ended(payment: Payment, event: ProviderEvent) -> Html:
    """How the payment ended."""
    return _about(payment.request, _ENDS[event.kind])


def expired(payment: Payment) -> Html:
    """Nobody paid in time."""
    return _about(payment.request, _EXPIRED)


def unknown(languages: list[str]) -> Html:
    """There is no payment with this reference."""
    return _notice(_negotiated(languages), _UNKNOWN)


def not_from_here(languages: list[str]) -> Html:
    """A form was sent that is not the page's own."""
    return _notice(_negotiated(languages), _NOT_FROM_HERE)


def unavailable(languages: list[str]) -> Html:
    """The sandbox cannot read its file just now."""
    return _notice(_negotiated(languages), _UNAVAILABLE)


def _about(request: PaymentRequest, notice: _Notice) -> Html:
    words = _words(request.language)
    return _notice(words, notice, _ticket(request, words))


def _notice(words: Words, notice: _Notice, ticket: Html = NOTHING) -> Html:
    content = fill(
        "notice.html",
        tone=notice.tone,
        symbol=notice.symbol,
        heading=words(notice.heading),
        words=words(notice.words),
        ticket=ticket,
    )
    return _layout(words, words(notice.heading), content)


def _ticket(request: PaymentRequest, words: Words) -> Html:
    return fill(
        "ticket.html",
        event=request.event_name,
        order=words("Order {number}", number=request.order_number),
        lines=join([_line(line, words) for line in request.lines]),
        total_label=words("Total"),
        total=words.sum(request.amount),
    )


def _line(line: PaymentLine, words: Words) -> Html:
    amount = words.money(line.amount)
    return fill("line.html", count=words.number(line.count), name=line.name, amount=amount)


def _layout(words: Words, title: str, content: Html, refresh: Html = NOTHING) -> Html:
    return fill(
        "layout.html",
        lang=words.language,
        title=title,
        refresh=refresh,
        style=read("page.css"),
        content=content,
        footer=words("Test payment: no real money moves."),
        script=read("countdown.js"),
    )


def _words(language: str) -> Words:
    return Words(language if language in LANGUAGES else LANGUAGES[0], ZoneInfo("UTC"))


def _negotiated(languages: list[str]) -> Words:
    return _words(negotiate_locale(languages, LANGUAGES, sep="-") or LANGUAGES[0])
