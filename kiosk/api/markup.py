"""HTML made of templates. Whatever a template is filled with is escaped, unless it is HTML."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import Final


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


NOTHING: Final = Html()


def fill(page: str, **values: str) -> Html:
    """The template `pages/<page>` with its `$names` filled in."""
    escaped = {
        name: value if isinstance(value, Html) else escape(value) for name, value in values.items()
    }
    return Html(_template(page).substitute(escaped))


def join(parts: list[Html]) -> Html:
    """Several pieces of HTML, one after the other."""
    return Html("".join(parts))


@cache
def read(name: str) -> Html:
    """A file of `pages/` as it is."""
    return Html((files(__package__) / "pages" / name).read_text("utf-8"))


def source(text: str) -> str:
    """What names an inline style or script in a Content-Security-Policy."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def _template(page: str) -> Template:
    return Template(read(page))
