"""PINs as they are kept: hashed with argon2id, which takes its time, beside whatever else runs."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError


async def hashed(pin: str) -> str:
    """What is stored of a PIN, in PHC form."""
    return await asyncio.to_thread(PasswordHasher().hash, pin)


async def fits(pin_hash: str, pin: str) -> bool:
    """Whether this is the PIN that was hashed."""
    return await asyncio.to_thread(_fits, pin_hash, pin)


def _fits(pin_hash: str, pin: str) -> bool:
    try:
        return PasswordHasher().verify(pin_hash, pin)
    except VerifyMismatchError:
        return False
