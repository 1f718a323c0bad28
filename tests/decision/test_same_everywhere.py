"""The same application, asked of every way to be decided, has the same decision, to the point and the last bit."""

import datetime as dt
import math
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from riskbench.decision.policy.arms import REPLACED
from riskbench.decision.policy.policy import Policy
from riskbench.decision.replay.replay import MATCHED, replayed
from tests.decision import everywhere
from tests.decision.everywhere import Answers, Row
from tests.decision.one_card import bundle
from tests.decision.policies import AGES, AMOUNTS, NUMBER_CELLS, TEXT_CELLS, policies
from tests.examples import examples

BEYOND = 2**53  # of whole numbers the service takes none larger
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # every example asks databases and a service


@st.composite
def with_arms(draw: st.DrawFn) -> Policy:
    """A random policy with a challenger and a shadow, each with sections of its own."""
    champion, other, third = draw(policies()), draw(policies()), draw(policies())
    content = champion.model_dump(by_alias=True)

    def alternative(name: str, of: Policy) -> dict[str, Any]:
        sections = of.model_dump(by_alias=True)
        own = REPLACED if of.price or not champion.price else ("rules",)  # a price is of certain bands
        return {"name": name, "because": "to see"} | {key: sections[key] for key in own}

    content["arms"] = {"key": "2026-1", "challengers": [alternative("b", other) | {"share": 0.5}]}
    content["shadow"] = [alternative("beside", third)]
    return Policy.model_validate(content)


NUMBER = NUMBER_CELLS | st.sampled_from([-999.0, -1.0000000000000002, 1e12, 1e12 + 1, 1e300])
TEXT = TEXT_CELLS | st.sampled_from([" b", "b\t", "line\nbreak", "1e3", "NULL", "nan", "x,y", "\U0001f642"])
DAYS = st.sampled_from([None, *map(dt.date, (2020, 1900, 2026, 9999), (2, 1, 11, 12), (29, 1, 26, 31))])
MOMENTS = st.none() | st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1))
APPLICATIONS = st.fixed_dictionaries(
    {
        "amount": AMOUNTS,
        **dict.fromkeys(("n1", "n2", "income", "debts"), NUMBER),
        "loans": st.none() | st.sampled_from([math.nan, -1.0, -2.0, 0.0, 1.0, 6.0, 0.5, float(BEYOND)]),
        **dict.fromkeys(("t1", "t2"), TEXT),
        "owner": st.sampled_from([None, "yes", "no", "maybe"]),
        "since": DAYS,
        "seen": MOMENTS,
        "who": st.sampled_from([None, "c1", "c2", "c3", "c4", "中文", "it's"]),
        **dict.fromkeys(("age_hours:bureau", "age_hours:payments"), AGES),
    }
)
MODERATE = st.fixed_dictionaries(
    {"n1": st.sampled_from([-1.0, 0.1, 1.0]), "n2": st.just(6.0), "income": st.sampled_from([0.5, 7.5, 1000.0]),
     "debts": st.sampled_from([0.0, 12.0, 333.0]), "loans": st.just(1.0), "t1": st.sampled_from(["a", "b", "ä"]),
     "t2": st.sampled_from(["a", "it's"])}
)  # fmt: skip
ROWS = st.lists(st.tuples(APPLICATIONS, st.none() | MODERATE), min_size=20, max_size=50).map(
    lambda rows: [{"id": f"A{n:03d}", **row, **(more or {})} for n, (row, more) in enumerate(rows)]
)


@pytest.mark.parametrize(("drawn", "few"), [(policies(), 2), (with_arms(), 1)], ids=["champion", "arms"])
def test_every_way_to_be_decided_says_the_same(service, drawn, few):
    @settings(max_examples=examples(few), phases=UNSHRUNK)
    @given(drawn, ROWS)
    def same(policy: Policy, rows: list[Row]) -> None:
        of = bundle(policy)
        expected, refused = everywhere.by_row(of, rows)
        rest = [row for row in rows if row["id"] not in refused]
        if not rest:
            return
        same_as(expected, everywhere.by_frame(of, rest))
        with tempfile.TemporaryDirectory() as folder:
            in_files(of, rows, (expected, refused), Path(folder))
        by_the_service(service, of, rows, (expected, refused))

    same()


def in_files(of, rows: list[Row], told: tuple[Answers, set[str]], folder: Path) -> None:
    """Parquet, the text of its query, and CSV, where an empty text is a missing one."""
    expected, refused = told
    parquet = everywhere.write_parquet(everywhere.arrow_of(of, rows), folder / "a.parquet")
    found, not_decided, steps = everywhere.by_file(of, parquet)
    assert not_decided == refused
    same_as(expected, found)
    same_as(expected, everywhere.by_sql(of, steps))
    full = [row for row in rows if "" not in (row["t1"], row["t2"])]
    path = everywhere.write_csv(everywhere.arrow_of(of, full), folder / "a.csv")
    found, not_decided, _ = everywhere.by_file(of, path)
    ids = {row["id"] for row in full}
    assert not_decided == refused & ids
    same_as({key: answer for key, answer in expected.items() if key in ids}, found)


def by_the_service(service, of, rows: list[Row], told: tuple[Answers, set[str]]) -> None:
    """Answer, log and replay; the service refuses what is refused elsewhere, and what is beyond its own bounds."""
    expected, refused = told
    answers, log = service(of, rows)
    beyond = {row["id"] for row in rows if any(map(_beyond, everywhere.inputs_of(of, row).values()))}
    codes = {row["id"]: answer.status_code for row, answer in zip(rows, answers, strict=True)}
    assert set(codes.values()) <= {200, 400, 422}
    assert {key for key, code in codes.items() if code != 200} == refused | beyond  # 400: infinity is no JSON
    said = {row["id"]: answer.json() for row, answer in zip(rows, answers, strict=True) if answer.status_code == 200}
    there = {key: answer for key, answer in expected.items() if key in said}
    same_as(there, {key: everywhere.by_answer(answer) for key, answer in said.items()}, but=("hits", "shadows"))
    written = {record["id"]: record for record in log}
    same_as(there, {key: everywhere.by_log(of, written[answer["id"]]) for key, answer in said.items()})
    for table in replayed(log, of):
        assert set(table["verdict"]) == {MATCHED}, table.to_dict("records")


def same_as(expected: Answers, found: Answers, but: tuple[str, ...] = ()) -> None:
    """Every application has its decision, the PD to twelve figures and all else to the last bit."""
    assert found.keys() == expected.keys()
    for key, answer in expected.items():
        other = found[key]
        assert {k: v for k, v in other.items() if k not in (*but, "pd")} == {
            k: v for k, v in answer.items() if k not in (*but, "pd")
        }
        assert other["pd"] == pytest.approx(answer["pd"], rel=1e-12, abs=0)


def _beyond(cell: Any) -> bool:
    if isinstance(cell, str):
        return not 0 < len(cell) <= 200
    return isinstance(cell, float) and not -BEYOND <= cell <= BEYOND


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The service, which one bundle after another decides in."""
    with everywhere.served(tmp_path_factory.mktemp("served")) as ask:
        yield ask
