"""Every word the kiosk says goes through here: message ids in English, catalogues beside it.

A catalogue is a gettext `.po` file in `languages/`. What it lacks is said in English.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal

from kiosk.domain.events import Window
from kiosk.domain.money import Money

LANGUAGES = ("en", "es", "de")
_FOLDER = Path(__file__).parent / "languages"
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What one language says, by the English message."""

    messages: dict[str, str]
    plurals: dict[str, tuple[str, str]]
    """By the singular message: the form for one, and for all other numbers."""


@lru_cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language; an empty one says everything in English."""
    path = _FOLDER / f"{language}.po"
    if not path.exists():
        return Catalogue({}, {})
    with path.open("rb") as file:
        read = read_po(file, locale=language)
    messages: dict[str, str] = {}
    plurals: dict[str, tuple[str, str]] = {}
    for message in read:
        match message.id, message.string:
            case str() as known, str() as said if known and said:
                messages[known] = said
            case (str() as one, str()), (str() as first, str() as second) if first and second:
                plurals[one] = (first, second)
    return Catalogue(messages, plurals)


@dataclass(frozen=True, slots=True)
class Words:
    """One language, and the time zone of the event: `words("Back")`, `words.money(price)`."""

    language: str
    timezone: ZoneInfo

    def __call__(self, message: str, **values: str | int) -> str:
        """`message` in this language, with `{names}` filled in. The values are never markup."""
        said = catalogue(self.language).messages.get(message, message)
        return said.format(**values) if values else said

    def count(self, one: str, many: str, n: int, **values: str | int) -> str:
        """The form of a message that goes with the number `n`, which it may name `{n}`."""
        singular, plural = catalogue(self.language).plurals.get(one, (one, many))
        return (singular if n == 1 else plural).format(n=self.number(n), **values)

    def number(self, value: int) -> str:
        """`12,400`, grouped as this language groups."""
        return format_decimal(value, locale=self._locale)

    def money(self, amount: Money) -> str:
        """`4.00 USD`, or "free" for nothing."""
        return self.sum(amount) if amount.minor else self("free")

    def sum(self, amount: Money) -> str:
        """`0.00 USD`: also nothing as a number."""
        return format_currency(amount.decimal, amount.currency, "#,##0.00 ¤¤", locale=self._locale)

    def bare_sum(self, amount: Money) -> str:
        """`4.00`, for a headline that names the currency beside it."""
        return self.sum(amount).rsplit(" ", 1)[0]

    def clock(self, at: datetime) -> str:
        """`18:04` at the event."""
        return format_time(at, "HH:mm", tzinfo=self.timezone, locale=self._locale)

    def clock_with_seconds(self, at: datetime) -> str:
        """`18:04:11` at the event."""
        return format_time(at, "HH:mm:ss", tzinfo=self.timezone, locale=self._locale)

    def when(self, at: datetime, now: datetime) -> str:
        """`17:40` today, `Saturday 09:00` this week, else with its date."""
        there, today = at.astimezone(self.timezone), now.astimezone(self.timezone).date()
        time = self.clock(at)
        days = abs((there.date() - today).days)
        if days == 0:
            return time
        if days < _WEEK:
            return f"{format_date(there, 'EEEE', locale=self._locale)} {time}"
        return f"{self._day(there)} {time}"

    def ahead(self, at: datetime, now: datetime) -> str:
        """`at 02:00 tonight`, `today at 18:00`, `on Saturday at 09:00`, `on 2 June at 09:00`."""
        there, here = at.astimezone(self.timezone), now.astimezone(self.timezone)
        time = self.clock(at)
        # The small hours belong to the evening before.
        if _evening(there) == _evening(here) and (there.hour >= 21 or there.hour < 5):
            return self("at {time} tonight", time=time)
        match (there.date() - here.date()).days:
            case 0:
                return self("today at {time}", time=time)
            case 1:
                return self("tomorrow at {time}", time=time)
        return self("on {day} at {time}", day=self._date(there, here), time=time)

    def ago(self, at: datetime, now: datetime) -> str:
        """`today 18:04`, `yesterday 18:04`, `Saturday 18:04` this week, else `2 June`."""
        there, here = at.astimezone(self.timezone), now.astimezone(self.timezone)
        time = self.clock(at)
        match days := (here.date() - there.date()).days:
            case 0:
                return self("today {time}", time=time)
            case 1:
                return self("yesterday {time}", time=time)
        day = self._date(there, here)
        return f"{day} {time}" if days < _WEEK else day

    def window(self, window: Window) -> str:
        """`Fri 12 Mar – Sun 14 Mar`, or `Sat 13 Mar 10:00 – 13:00` within one day."""
        starts, ends = window.starts, window.ends
        if starts is None and ends is None:
            return self("any time")
        if starts is None:
            assert ends is not None
            return self("until {when}", when=self.moment(ends))
        if ends is None:
            return self("from {when}", when=self.moment(starts))
        first = starts.astimezone(self.timezone)
        # A window that ends at midnight, or in the small hours, ends with the evening before.
        last = (ends - timedelta(hours=5)).astimezone(self.timezone)
        if first.date() >= last.date():
            return f"{self._day(first)} {self.clock(starts)} – {self.clock(ends)}"
        return f"{self._day(first)} – {self._day(last)}"

    def moment(self, at: datetime) -> str:
        """`Sat 13 Mar 09:00` at the event."""
        return f"{self._day(at.astimezone(self.timezone))} {self.clock(at)}"

    def _date(self, there: datetime, here: datetime) -> str:
        """`Saturday` within a week, else `2 June`, with its year if that is another one."""
        if abs((there.date() - here.date()).days) < _WEEK:
            return str(format_date(there, "EEEE", locale=self._locale))
        skeleton = "MMMMd" if there.year == here.year else "yMMMMd"
        return str(format_skeleton(skeleton, there.replace(tzinfo=None), locale=self._locale))

    def _day(self, local: datetime) -> str:
        return format_skeleton("MMMEd", local.replace(tzinfo=None), locale=self._locale)

    @property
    def _locale(self) -> Locale:
        # English of Europe: days before months, and twenty-four hours.
        return Locale.parse({"en": "en_GB"}.get(self.language, self.language))


def _evening(local: datetime) -> date:
    """The day that an hour belongs to for whoever is still up."""
    return (local - timedelta(hours=5)).date()
