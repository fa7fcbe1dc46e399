"""Who may do what at this terminal."""

from kiosk.domain.events import Role, StaffMember


class Staff:
    """PINs of the event's staff."""

    async def unlock(self, pin: str, role_at_least: Role) -> StaffMember:
        """Whose PIN this is; raises `WrongPin`, whose wait grows with each wrong try."""
        raise NotImplementedError
