"""Amounts of money: integers of the smallest unit, never a fraction."""

from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering
from typing import Final


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency of ISO 4217: its number names its ledger, its digits place the decimal point."""

    code: str
    number: int
    digits: int = 2


def _table(digits: int, text: str) -> dict[str, Currency]:
    pairs = [entry.split(":") for entry in text.split()]
    return {code: Currency(code, int(number), digits) for code, number in pairs}


CURRENCIES: Final = {
    **_table(0, "CLP:152 ISK:352 JPY:392 KRW:410 PYG:600 UGX:800 VND:704 XAF:950 XOF:952"),
    **_table(
        2,
        "AED:784 ARS:032 AUD:036 BDT:050 BGN:975 BOB:068 BRL:986 CAD:124 CHF:756 CNY:156 COP:170"
        " CRC:188 CZK:203 DKK:208 DOP:214 EGP:818 EUR:978 GBP:826 GEL:981 GHS:936 GTQ:320 HKD:344"
        " HUF:348 IDR:360 ILS:376 INR:356 KES:404 KZT:398 LKR:144 MAD:504 MXN:484 MYR:458 NGN:566"
        " NOK:578 NPR:524 NZD:554 PEN:604 PHP:608 PKR:586 PLN:985 QAR:634 RON:946 RSD:941 RUB:643"
        " SAR:682 SEK:752 SGD:702 THB:764 TRY:949 TWD:901 UAH:980 USD:840 UYU:858 ZAR:710",
    ),
    **_table(3, "BHD:048 JOD:400 KWD:414 OMR:512 TND:788"),
}
"""The currencies an event may use, by ISO 4217 code."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the smallest unit of its currency; amounts of two currencies never mix."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        """Plain and exact, for logs: `4.00 USD`; screens format by locale."""
        return f"{self.decimal} {self.currency}"

    @property
    def decimal(self) -> Decimal:
        """The amount in whole units, exactly: what a formatter wants."""
        return Decimal(self.minor).scaleb(-CURRENCIES[self.currency].digits)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.minor


AMOUNT_MAX: Final = 10**12
"""The largest amount anybody types, in whole units."""


def zero(currency: str) -> Money:
    """Nothing, in `currency`."""
    return Money(0, currency)


def parse_amount(amount: Decimal | int, currency: str) -> Money | None:
    """The amount in minor units, or None if it is below 0, beyond reason, or too finely divided."""
    exact = Decimal(amount)
    if not exact.is_finite() or not 0 <= exact <= AMOUNT_MAX:
        return None
    minor = exact.scaleb(CURRENCIES[currency].digits)
    if minor != minor.to_integral_value():
        return None
    return Money(int(minor), currency)
