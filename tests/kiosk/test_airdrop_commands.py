"""`kiosk airdrop` as an organiser types it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.__main__ import main

EVENT = str(Path(__file__).parents[2] / "assets" / "events" / "gopherfest.toml")
LIST = "name;email;amount\nAda [/];ada@example.org;5\n=cmd();bo@example.org;\n"

Kiosk = Callable[..., int]


@pytest.fixture
def kiosk(folder: Path, log_ends: None, monkeypatch: pytest.MonkeyPatch) -> Kiosk:
    for name in [name for name in os.environ if name.startswith("KIOSK_")]:
        monkeypatch.delenv(name)
    common = ["--home", str(folder), "--event", EVENT, "--ledger", "embedded"]
    return lambda *said: main([*common, "airdrop", *said])


@pytest.fixture
def people(folder: Path) -> str:
    file = folder / "people.csv"
    file.write_text(LIST)
    return str(file)


def test_a_list_is_tried_given_and_told(
    kiosk: Kiosk, people: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wish = ("welcome", people, "--token", "drink", "--amount", "7")
    assert kiosk("check", *wish) == 0
    assert "3,'=cmd(),bo@example.org,7,\n" in capsys.readouterr().out.replace("\r\n", "\n")
    assert kiosk("list") == 0
    assert capsys.readouterr().out == ""
    for _ in range(2):
        assert kiosk("load", *wish) == 0
        assert capsys.readouterr().out == "2 received (12 tokens)\n"
    assert kiosk("results", "welcome") == 0
    assert "Ada [/],ada@example.org,5,received" in capsys.readouterr().out
    assert kiosk("take-back", "welcome") == 0
    assert kiosk("list") == 0
    assert "welcome  clawed_back  2 taken back (12 tokens)" in capsys.readouterr().out


def test_a_chain_that_loses_a_reply_is_asked_again(
    kiosk: Kiosk, people: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kiosk("chain", "--lose", "1") == 0
    wish = ("vip", people, "--token", "drink", "--amount", "7", "--chain", "sandbox")
    assert kiosk("load", *wish) == 1
    assert "reply was lost" in capsys.readouterr().err
    assert kiosk("run", "vip") == 0
    assert capsys.readouterr().out == "2 received (12 tokens)\n"


def test_a_list_with_a_bad_row_is_not_begun(
    kiosk: Kiosk, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "bad.csv"
    file.write_text("name,email,amount\nAda,nomail,5\n")
    assert kiosk("load", "x", str(file), "--token", "drink") == 1
    assert "bad.csv:2: an e-mail address was expected" in capsys.readouterr().err
    assert kiosk("run", "x") == 1
    assert "there is none called x" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (("--token", "beer"), "a token of GopherFest 2027: drink"),
        (("--token", "drink", "--if", "rich"), "a condition like conduct"),
        (("--token", "drink", "--if", "bought:nothing"), "a condition like conduct"),
    ],
)
def test_what_was_asked_wrongly_is_said_with_what_was_expected(
    kiosk: Kiosk,
    people: str,
    capsys: pytest.CaptureFixture[str],
    more: tuple[str, ...],
    expected: str,
) -> None:
    assert kiosk("load", "x", people, "--amount", "1", *more) == 1
    assert expected in capsys.readouterr().err


def test_a_result_replaces_no_file(
    kiosk: Kiosk, people: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wish = ("x", people, "--token", "drink", "--amount", "1")
    assert kiosk("check", *wish, "--to", people) == 1
    assert Path(people).read_text() == LIST
