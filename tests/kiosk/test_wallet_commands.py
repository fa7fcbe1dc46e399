"""`kiosk wallet` as an organiser types it."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.commands.wallet_words import WalletPrinter
from kiosk.services.gifts import GiftState, GiftStatus
from tests.kiosk.fake_events import an_event
from tests.kiosk.fake_wallets import a_gift

EVENT = str(Path(__file__).parents[2] / "assets" / "events" / "gopherfest.toml")
ADA, HOSTILE = "ada@example.org", "[@click=app.quit]\u202e[/]"

Kiosk = Callable[..., int]
Said = pytest.CaptureFixture[str]


@pytest.fixture
def plain(folder: Path, log_ends: None, monkeypatch: pytest.MonkeyPatch) -> Kiosk:
    for name in [name for name in os.environ if name.startswith("KIOSK_")]:
        monkeypatch.delenv(name)
    common = ["--home", str(folder), "--event", EVENT, "--ledger", "embedded"]
    return lambda *said: main([*common, *said])


@pytest.fixture
def kiosk(plain: Kiosk) -> Kiosk:
    return lambda *said: plain("wallet", *said)


@pytest.fixture
def given(kiosk: Kiosk, capsys: Said) -> str:
    """Ada was given ten drinks; the receipt of it."""
    said = kiosk("issue", ADA, "10", "--token", "drink", "--name", "Ada", "--note", HOSTILE)
    assert said == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("10 Drink, ")
    return lines[-1].removeprefix("receipt ")


def fails(kiosk: Kiosk, capsys: Said, *said: str) -> str:
    """What it says when it cannot be done."""
    assert kiosk(*said) == 1
    return capsys.readouterr().err


def test_what_was_given_is_shown_with_its_history(kiosk: Kiosk, given: str, capsys: Said) -> None:
    assert kiosk("show", ADA) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"Ada <{ADA}>  code version 1, no PIN yet\n  Drink: 10 to spend\n")
    assert "+10 from the organiser" in out
    # What somebody typed moves nobody's cursor.
    assert "[@click=app.quit]\N{REPLACEMENT CHARACTER}[/]" in out


def test_tokens_are_sent_and_their_tree_is_drawn(kiosk: Kiosk, given: str, capsys: Said) -> None:
    assert kiosk("issue", "bo@example.org", "1", "--token", "drink", "--name", HOSTILE) == 0
    assert kiosk("send", ADA, "bo@example.org", "4", "--token", "drink") == 0
    capsys.readouterr()
    assert kiosk("show", ADA, "--lines", "1") == 0
    out = capsys.readouterr().out
    assert "-4 to [••" in out
    [bill] = re.findall(r"bill ([0-9a-f]{12})  6 ", out)
    assert kiosk("bill", bill) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"bill {bill}  10 to Ada <{ADA}>")
    assert "(6 left" in first
    assert re.match(r"└─ bill [0-9a-f]{12}  4 to \[@click=app.quit\]", second)


def test_the_books_balance(kiosk: Kiosk, given: str, capsys: Said) -> None:
    assert kiosk("totals") == 0
    out = capsys.readouterr().out
    assert "Drink: 10 issued = 10 in wallets + 0 on their way + 0 spent + 0 expired" in out
    assert out.endswith("The books balance\n")


def test_a_receipt_is_checked(kiosk: Kiosk, given: str, capsys: Said) -> None:
    assert kiosk("check", given) == 0
    out = capsys.readouterr().out
    assert out.startswith("valid\n10 Drink, ")
    assert "to A•• <a•••@example.org>" in out
    broken = given[:40] + ("0" if given[40] != "0" else "1") + given[41:]
    assert kiosk("check", broken) == 1
    assert "never signed" in capsys.readouterr().out
    assert kiosk("check", HOSTILE) == 1
    assert "no receipt at all" in capsys.readouterr().out


def test_a_code_is_given_anew_and_saved_once(
    kiosk: Kiosk, given: str, capsys: Said, folder: Path
) -> None:
    assert kiosk("reissue", ADA) == 0
    assert "█" in capsys.readouterr().out
    file = str(folder / "ada.png")
    assert kiosk("reissue", ADA, "--save", file) == 0
    assert Path(file).read_bytes().startswith(b"\x89PNG")
    assert "Ada chooses its PIN" in capsys.readouterr().out
    assert "File exists" in fails(kiosk, capsys, "reissue", ADA, "--save", file)
    assert kiosk("show", ADA) == 0
    assert "code version 3" in capsys.readouterr().out


def test_a_pin_is_reset_on_record(plain: Kiosk, kiosk: Kiosk, given: str, capsys: Said) -> None:
    assert kiosk("reset-pin", ADA) == 0
    assert capsys.readouterr().out.startswith("Ada chooses a new PIN")
    assert plain("audit") == 0
    out = capsys.readouterr().out
    assert "wallet_pin_reset" in out
    assert "tokens_issued  10 drink" in out


def test_what_has_not_expired_is_not_swept(kiosk: Kiosk, given: str, capsys: Said) -> None:
    assert kiosk("sweep") == 0
    assert capsys.readouterr().out == "0 tokens have expired, 0 gifts went back\n"
    assert kiosk("gifts") == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("state", "fate"),
    [
        (GiftState.WAITING, "waiting, goes back 2027-03-19 18:04"),
        (GiftState.CLAIMED, "claimed"),
        (GiftState.RETURNED, "returned"),
    ],
)
def test_only_a_gift_that_waits_is_said_to_go_back(
    state: GiftState, fate: str, capsys: Said
) -> None:
    WalletPrinter(an_event()).gifts([GiftStatus(a_gift(), state)])
    assert capsys.readouterr().out.endswith(f" for grace@example.org  {fate}\n")


def test_people_of_one_address_are_told_apart(kiosk: Kiosk, given: str, capsys: Said) -> None:
    assert kiosk("issue", ADA, "1", "--token", "drink", "--name", HOSTILE) == 0
    said = fails(kiosk, capsys, "issue", ADA, "1", "--token", "drink")
    assert "--name says which one" in said
    assert "\u202e" not in said
    assert kiosk("issue", ADA, "1", "--token", "drink", "--name", "Ada") == 0
    capsys.readouterr()
    assert kiosk("show", ADA) == 0
    assert "Drink: 11 to spend" in capsys.readouterr().out


def test_what_cannot_be_done_says_why(kiosk: Kiosk, given: str, capsys: Said) -> None:
    token = ("--token", "drink")
    for said, words in (
        (("show", "bo@example.org"), "bo@example.org has a wallet"),
        (("show", "[/]"), "@-sign"),
        (("issue", "bo@example.org", "1", *token), "bo@example.org has a wallet"),
        (("issue", ADA, "1", "--token", "beer"), "drink"),
        (("issue", ADA, "1000000", *token), "1000000 were wanted"),
        (("issue", ADA, "91", *token), "limit of 100"),
        (("send", ADA, ADA, "1", *token), "same wallet"),
        (("send", ADA, "bo@example.org", "1", *token), "bo@example.org has a wallet"),
        (("bill", "[/]"), "no bill begins with '[/]'"),
        (("reissue", "bo@example.org"), "bo@example.org has a wallet"),
        (("reset-pin", "bo@example.org"), "bo@example.org has a wallet"),
    ):
        assert words in fails(kiosk, capsys, *said)
    assert kiosk("issue", "bo@example.org", "1", *token, "--name", "Bo") == 0
    assert "11 were wanted, and 10" in fails(
        kiosk, capsys, "send", ADA, "bo@example.org", "11", *token
    )


@pytest.mark.parametrize("amount", ["0", "-1", "1.5", "²", "x"])
def test_an_amount_is_a_whole_number(kiosk: Kiosk, amount: str, capsys: Said) -> None:
    with pytest.raises(SystemExit) as refused:
        kiosk("issue", ADA, amount, "--token", "drink")
    assert refused.value.code == 2
