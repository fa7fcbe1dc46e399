"""What refers to what in an event file: every name means one thing, and that is there."""

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches

from kiosk.domain.event_reader import Faults
from kiosk.domain.events import Event, ProviderName
from kiosk.domain.toml_lines import Path


def check_links(event: Event, faults: Faults) -> None:
    """Note each name that is taken, and each that nothing has."""
    slot_keys = [slot.key for slot in event.slots]
    pool_keys = [pool.key for pool in event.pools]
    hall_keys = [hall.key for hall in event.halls]
    _unique(faults, "slots", "key", slot_keys)
    _unique(faults, "pools", "key", pool_keys)
    _unique(faults, "halls", "key", hall_keys)
    _unique(faults, "goodies", "key", (goodie.key for goodie in event.goodies))
    _unique(faults, "tokens", "key", (token.key for token in event.tokens))
    _unique(faults, "packs", "key", (pack.key for pack in event.packs))
    _unique(faults, "stalls", "key", (stall.key for stall in event.stalls))
    _unique(faults, "staff", "name", (member.name for member in event.staff))
    _unique(faults, "discounts", "code", (discount.code for discount in event.discounts))
    _unique(faults, "access", "code", (access.code for access in event.access_codes))
    _two_kinds_of_code(event, faults)
    _check_packs(event, faults)
    _check_values(event, faults)
    for index, slot in enumerate(event.slots):
        if slot.pool is not None:
            _known(faults, ("slots", index, "pool"), [slot.pool], pool_keys, "a pool")
        if slot.hall is not None:
            _known(faults, ("slots", index, "hall"), [slot.hall], hall_keys, "a hall")
        others = [key for key in slot_keys if key != slot.key]
        _known(faults, ("slots", index, "requires"), slot.requires, others, "another slot")
    for array, entries in (
        ("goodies", [goodie.slot_keys for goodie in event.goodies]),
        ("discounts", [discount.slot_keys for discount in event.discounts]),
        ("access", [access.slot_keys for access in event.access_codes]),
    ):
        for index, keys in enumerate(entries):
            _known(faults, (array, index, "slots"), keys, slot_keys, "a slot")


def _unique(faults: Faults, array: str, key: str, values: Iterable[str]) -> None:
    counts = Counter[str]()
    for index, value in enumerate(values):
        counts[value] += 1
        if value and counts[value] == 2:
            faults.add((array, index, key), f"a {key} of its own: {value} is taken")


def _check_packs(event: Event, faults: Faults) -> None:
    slot_keys = {slot.key for slot in event.slots}
    token_keys = [token.key for token in event.tokens]
    for index, pack in enumerate(event.packs):
        if pack.key and pack.key in slot_keys:
            # A basket has both.
            expected = f"a key of its own: {pack.key} is a slot"
            faults.add(("packs", index, "key"), expected)
        if pack.token:
            _known(faults, ("packs", index, "token"), [pack.token], token_keys, "a token")


def _check_values(event: Event, faults: Faults) -> None:
    valued = [index for index, token in enumerate(event.tokens) if token.value is not None]
    for index in valued[1:]:
        faults.add(("tokens", index, "value"), "one kind of token at most that pays for orders")
    if ProviderName.TOKENS in event.providers and not valued:
        faults.add(("payments", "tokens"), "a token with a value, like value = 4.00")


def _two_kinds_of_code(event: Event, faults: Faults) -> None:
    # People type both into one field.
    discounts = {discount.code for discount in event.discounts}
    for index, access in enumerate(event.access_codes):
        if access.code and access.code in discounts:
            expected = f"a code of its own: {access.code} is a discount"
            faults.add(("access", index, "code"), expected)


def _known(faults: Faults, path: Path, names: Iterable[str], known: list[str], what: str) -> None:
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]}?" if close else f": {', '.join(known) or 'none'}"
            faults.add(path, f"the key of {what} of this file, not {name}{hint}")
