"""What whoever tries again too soon after a wrong PIN or code is told."""

from kiosk.words import Words


def too_soon(words: Words, seconds: int) -> str:
    """That it was not looked at, right or wrong, and when the next try counts."""
    return words.count(
        "That was too soon to count: please try again in one second.",
        "That was too soon to count: please try again in {n} seconds.",
        seconds,
    )
