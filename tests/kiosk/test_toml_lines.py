"""Where keys are in TOML, however it is written."""

import pytest

from kiosk.domain.toml_lines import KeyLines, Path

TEXT = '''\
top = 1
"quoted key" = 2
[table]   # a comment
key = """
[not.a.table]
key = 0
"""
dotted.key = 1
inline = { a = 1 }

[[list]]
key = 1
[list.inner]
key = 2
  [[list]]
  key = \'\'\'
one\'\'\'
[[list.deep]]
key = 3
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("top",), 1),
        (("quoted key",), 2),
        (("table",), 3),
        (("table", "key"), 4),
        (("table", "dotted", "key"), 8),
        (("table", "inline", "a"), 9),
        (("list", 0), 11),
        (("list", 0, "key"), 12),
        (("list", 0, "inner", "key"), 14),
        (("list", 1), 15),
        (("list", 1, "key"), 16),
        (("list", 1, "deep", 0, "key"), 19),
        (("table", "missing"), 3),
        (("nowhere", "at", "all"), 1),
    ],
)
def test_a_key_is_found_or_what_is_around_it(path: Path, line: int) -> None:
    assert KeyLines(TEXT).line(path) == line
