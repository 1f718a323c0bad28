"""Tokens are those of the pseudonyms of the house, at twice the length."""

from pathlib import Path

import pandas as pd
import pytest

from riskbench.core.errors import CannotRun
from riskbench.decision.log.tokens import APPLICATION, CUSTOMER, LINK, Tokens, load_tokens
from riskbench.privacy.pseudonyms import pseudonymise

KEY = bytes(range(32))


@pytest.mark.parametrize("name", ["C01", "李", 17, ""])
def test_a_token_begins_with_the_pseudonym_of_its_purpose(name: str | int) -> None:
    tokens = Tokens(KEY)
    assert tokens.application(name)[:16] == pseudonymise(pd.Series([name]), KEY, APPLICATION)[0]
    assert tokens.customer(name)[:16] == pseudonymise(pd.Series([name]), KEY, CUSTOMER)[0]
    assert len(tokens.customer(name)) == 32


def test_another_key_gives_another_token() -> None:
    assert Tokens(KEY).customer("C01") != Tokens(bytes(32)).customer("C01")


@pytest.mark.parametrize("name", [1.5, True, None])
def test_only_texts_and_whole_numbers_are_names(name: object) -> None:
    with pytest.raises(ValueError, match="a text or a whole number"):
        Tokens(KEY).customer(name)  # type: ignore[arg-type]


def test_the_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "decision_log.key"
    assert load_tokens(path).customer("C01") == load_tokens(path).customer("C01")
    path.chmod(0o644)
    with pytest.raises(CannotRun, match="mode 600"):
        load_tokens(path)


def test_a_link_has_a_purpose_of_its_own_for_each_name() -> None:
    tokens = Tokens(KEY)
    given = tokens.links({"device": "17", "phone": "17"})
    assert given["device"][:16] == pseudonymise(pd.Series(["17"]), KEY, f"{LINK}device")[0]
    assert len({*given.values(), tokens.customer("17"), tokens.application("17")}) == 4
    assert Tokens(KEY).links({"phone": "17"}) == {"phone": given["phone"]}
