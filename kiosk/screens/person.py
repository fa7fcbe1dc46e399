"""A name and an e-mail address, each checked as it is left."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget

from kiosk.domain.errors import InvalidEmail, InvalidName
from kiosk.domain.people import NAME_MAX, checked_email, checked_name
from kiosk.widgets.field import Field
from kiosk.words import Words

EMAIL_MAX = 254


class PersonFields(Widget):
    """Asks for one person."""

    DEFAULT_CSS = """
    PersonFields { height: auto; }
    """
    # Keys that come in one burst are handed to whatever has the focus as they arrive. So the focus
    # must move at once, and not when the field comes to it.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    ]

    def __init__(self, words: Words, name_label: str, email_label: str) -> None:
        super().__init__()
        self._words = words
        hint = words("as it should be on the ticket")
        self.name_field = Field(name_label, self._name_problem, hint=hint, length=NAME_MAX)
        self.email_field = Field(
            email_label, self._email_problem, hint=words("you@example.org"), length=EMAIL_MAX
        )

    @property
    def person(self) -> tuple[str, str]:
        """Name and address as they were typed."""
        return self.name_field.value, self.email_field.value

    def show(self, name: str, email: str) -> None:
        """Begin with these."""
        self.name_field.value = name
        self.email_field.value = email

    def compose(self) -> ComposeResult:
        yield self.name_field
        yield self.email_field

    def ask(self) -> None:
        """Put the cursor where one begins."""
        self.name_field.ask()

    def is_right(self) -> bool:
        """Check both, say what is wrong, and put the cursor at the first mistake."""
        wrong = [field for field in (self.name_field, self.email_field) if not field.is_right()]
        if wrong:
            wrong[0].ask()
        return not wrong

    def asks_on(self, submitted: Field) -> bool:
        """Whether the one submitted leads to the other, which nobody has filled in yet."""
        leads_on = (
            submitted is self.name_field
            and self.name_field.is_right()
            and not self.email_field.value
        )
        if leads_on:
            self.email_field.ask()
        return leads_on

    def _name_problem(self, typed: str) -> str:
        words = self._words
        try:
            checked_name(typed)
        except InvalidName as invalid:
            match invalid.reason:
                case "empty":
                    return words("Please tell us a name.")
                case "too_long":
                    return words("That is longer than our tickets are. A shorter form?")
                case _:
                    return words("There is a character in it that cannot be printed.")
        return ""

    def _email_problem(self, typed: str) -> str:
        words = self._words
        try:
            checked_email(typed)
        except InvalidEmail:
            if not typed.strip():
                return words("Please tell us an e-mail address.")
            if "@" not in typed:
                return words("An e-mail address has an @ in it, like you@example.org.")
            return words("That does not look like an e-mail address yet.")
        return ""
