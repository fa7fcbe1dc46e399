"""Lists for airdrops, as spreadsheets of all countries write them."""

import pytest

from kiosk.domain.airdrop_lists import BadRow, InvalidList, ListedRow, RowFault, read_list
from kiosk.domain.people import Attendee

ADA = Attendee("Ada", "ada@example.org")


@pytest.mark.parametrize(
    "text",
    [
        "name,email,amount\nAda,ada@example.org,5\n",
        "name;email;amount\r\nAda;ada@example.org;5\r\n",
        "\ufeffEmail; Name ;AMOUNT\nada@example.org;Ada; 5 \n\n;;\n",
        'name,email,amount\n"Ada","ada@example.org","5"',
    ],
)
def test_both_ways_to_write_it_read_the_same(text: str) -> None:
    [row] = read_list(text)
    assert isinstance(row, ListedRow)
    assert (row.owner, row.amount, row.position) == (ADA, 5, 1)


def test_rows_that_give_no_amount_get_the_one_that_was_said() -> None:
    rows = list(read_list("name,email,amount\nAda,ada@example.org,\nBo,bo@example.org,3", 7))
    assert [row.amount for row in rows if isinstance(row, ListedRow)] == [7, 3]


def test_an_address_on_the_chain_is_kept() -> None:
    [row] = read_list("name,email,address\nAda,ada@example.org,0xABC", 1)
    assert isinstance(row, ListedRow)
    assert row.address == "0xABC"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (",ada@example.org,5", RowFault.NAME),
        (f"{'x' * 201},ada@example.org,5", RowFault.NAME),
        ("Ada,ada,5", RowFault.EMAIL),
        ("Ada,ada@example.org,0", RowFault.AMOUNT),
        ("Ada,ada@example.org,-1", RowFault.AMOUNT),
        ("Ada,ada@example.org,1.5", RowFault.AMOUNT),
        (f"Ada,ada@example.org,{'9' * 5000}", RowFault.AMOUNT),
        ("Ada,ada@example.org,٣", RowFault.AMOUNT),
        ("Ada,ada@example.org,", RowFault.AMOUNT),
        ("Ada,ada@example.org,5,6", RowFault.COLUMNS),
        ("Bo,bo@example.org,5", RowFault.TWICE),
    ],
)
def test_each_bad_row_says_why_and_keeps_nobody_else(line: str, fault: RowFault) -> None:
    first, bad, last = read_list(
        f"name,email,amount\nBo,bo@example.org,1\n{line}\nCy [/],cy@example.org,2"
    )
    assert isinstance(first, ListedRow)
    assert isinstance(bad, BadRow)
    assert (bad.fault, bad.line, bad.position) == (fault, 3, 2)
    assert isinstance(last, ListedRow)
    assert last.owner.name == "Cy [/]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "columns named"),
        ("name,amount\nAda,5", "columns named"),
        ("name,email\nAda,ada@example.org", "amount"),
        ("name,email,amount,phone\n", "and not phone"),
        ("name,email,amount,amount\n", "each column once"),
    ],
)
def test_a_list_without_its_columns_is_refused_whole(text: str, expected: str) -> None:
    with pytest.raises(InvalidList, match=expected):
        read_list(text)


def test_a_bad_row_is_told_by_its_columns_in_whatever_order() -> None:
    [bad] = read_list("amount;email;name\n5;ada;Ada")
    assert isinstance(bad, BadRow)
    assert bad.values == {"name": "Ada", "email": "ada", "amount": "5"}
