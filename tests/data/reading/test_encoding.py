"""Text in any encoding: Unicode with and without its mark, and what is none."""

import pytest


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read_with_and_without_its_mark(read, codec):
    tape = read("年収;пол\n1,5;ж\n2;м\n".encode(codec))
    assert tape.table.to_pydict() == {"年収": [1.5, 2.0], "пол": ["ж", "м"]}


def test_western_text_that_is_not_unicode_is_read_and_the_guess_is_stated(read):
    tape = read("prénom;x\nZoë;1\n".encode("cp1252"))
    assert tape.table.column_names == ["prénom", "x"]
    assert "Windows-1252, a guess: byte 3 is not UTF-8" in tape.how[0]
