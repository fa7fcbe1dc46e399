"""Who did what, where and when: entries that are added and never changed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Action(StrEnum):
    """What was done; stable words that outlive any wording on a screen."""

    UNLOCKED = "unlocked"
    """A member of staff said who they are, by PIN or badge; `detail` says which."""
    LOGGED_OUT = "logged_out"
    """`detail` says whether they did it or silence."""
    WRONG_PIN = "wrong_pin"
    LOCKED = "locked"
    """The last of too many wrong PINs in a row."""
    FREED = "freed"
    """PINs are taken again at the terminal that is the subject."""
    APPROVED = "approved"
    """Somebody let another do what that one alone may not; `detail` says what and whom."""
    BADGE_ISSUED = "badge_issued"
    BADGES_VOIDED = "badges_voided"
    BADGE_REFUSED = "badge_refused"
    TERMINAL_INVITED = "terminal_invited"
    TERMINAL_PAIRED = "terminal_paired"
    PAIRING_REFUSED = "pairing_refused"
    TERMINAL_REVOKED = "terminal_revoked"
    TERMINAL_CHANGED = "terminal_changed"
    """A setting of a terminal; `detail` says which, and what it is now."""
    SEARCHED = "searched"
    """Somebody looked for people; `detail` says for whom."""
    TICKET_TRANSFERRED = "ticket_transferred"
    """`detail` says to whom."""
    TICKET_REISSUED = "ticket_reissued"
    TICKET_REVOKED = "ticket_revoked"
    """`detail` says why."""
    TICKET_RESTORED = "ticket_restored"
    TICKET_NOTED = "ticket_noted"
    """`detail` is the note, "" if it was removed."""
    CONDUCT_ACCEPTED = "conduct_accepted"
    """The subject is the attendee; `detail` says in which language, and which text by its hash."""
    ADMITTED = "admitted"
    LET_OUT = "let_out"
    ADMISSION_UNDONE = "admission_undone"
    """`detail` says why."""
    EMPTIED = "emptied"
    """Everybody was let out who had gone home without a scan; the subject is the event."""
    TURNED_AWAY = "turned_away"
    """`detail` is the reason, a word of the door."""
    CONFLICT_FOUND = "conflict_found"
    """A lane had let somebody pass by itself; `detail` is the reason why it should not have."""
    CONFLICT_ACKNOWLEDGED = "conflict_acknowledged"
    """`detail` says which reason, and which lane."""
    HANDED_OUT = "handed_out"
    """The subject is the order; `detail` says which piece."""
    HAND_OUT_UNDONE = "hand_out_undone"
    REFUND_BEGUN = "refund_begun"
    """The subject is the order, all of which goes back."""
    PAID_OUT = "paid_out"
    """Money that was due went back; the subject is the order."""
    INVOICE_SETTLED = "invoice_settled"
    """Money came in for an order that was paid by invoice; `detail` says how much, and how."""
    WALLET_LOCKED = "wallet_locked"
    """The last of too many wrong PINs in a row; the subject is the wallet, here and below."""
    WALLET_PIN_RESET = "wallet_pin_reset"
    """Its owner chooses a new PIN; every code of it that was given out is void."""
    WALLET_REISSUED = "wallet_reissued"
    """It has a new code; `detail` says which version."""
    TOKENS_ISSUED = "tokens_issued"
    """The organiser gave somebody tokens; `detail` says how many of which."""
    TOKENS_SENT = "tokens_sent"
    """The organiser moved tokens between wallets; `detail` says how many of which, and whither."""
    TOKENS_ASKED = "tokens_asked"
    """Staff asked a wallet for tokens at a stall; `detail` says how many of which, and where."""
    TOKENS_GIVEN_BACK = "tokens_given_back"
    """What a stall took goes back into the wallet; `detail` says how many of which, and why."""
    EXPORTED = "exported"
    """Tables were written; the subject is the event, and `detail` says how many rows of which."""
    CAPACITY_CHANGED = "capacity_changed"
    """An event file says so; the subject is the event, and `detail` by how much of what."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and where."""

    terminal: int | None
    """The terminal's number; None is the command line, or an event file that was opened."""
    staff: str = ""
    """The name of a member of staff; "" is nobody, where people serve themselves."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done, to go on record in the unit of work that does it."""

    at: datetime
    actor: Actor
    action: Action
    subject: int | None = None
    """The id of what it was done to: a claim, an order, a terminal's number."""
    detail: str = ""
    """Facts for whoever reads it later, in English; it may hold people's own words."""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An entry as it is read back."""

    number: int
    """Counts up in the order of recording."""
    at: datetime
    terminal: str
    """Its name; "" is the command line."""
    staff: str
    action: str
    """An `Action`, or a word of another release."""
    subject: int | None
    detail: str
