"""Staff badges: which version of whose is good."""

from sqlmodel import Session

from kiosk.domain.signed_codes import VERSION_MAX
from kiosk.store.staff_tables import BadgeRow


def badge_version(session: Session, member_id: int) -> int | None:
    """The version of a member's badge that is good; None if none was ever given out."""
    badge = session.get(BadgeRow, member_id)
    return badge.version if badge else None


def issue_badge(session: Session, member_id: int) -> int:
    """The version of a member's badge; the first if there was none."""
    badge = session.get(BadgeRow, member_id, with_for_update=True)
    if badge is None:
        badge = BadgeRow(member_id=member_id, version=1)
        session.add(badge)
    return badge.version


def void_badges(session: Session, member_id: int) -> bool:
    """Make every badge that a member was given void; whether there was one."""
    badge = session.get(BadgeRow, member_id, with_for_update=True)
    if badge is None:
        return False
    assert badge.version < VERSION_MAX
    badge.version += 1
    session.add(badge)
    return True
