"""A registry with one record of each kind, made by the rules."""

import datetime as dt
from pathlib import Path

import pytest

from riskbench.governance.registry.records import Finding, Model, Review, RiskException, Verification, Version
from riskbench.governance.registry.states import begin
from riskbench.governance.registry.store import Registry

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
DAY = dt.date(2027, 3, 31)


def records():
    because = "it begins"
    model = Model(
        id="loans",
        title="Small loans",
        study="loans",
        owner="li",
        purpose="Approve small loans",
        tier=2,
        tier_because=["Some thousand decisions a year."],
        state="in_development",
    )
    version = Version(
        model="loans", number=1, run="loans-1", manifest_sha256="0" * 64, registered=NOON, registered_by="li"
    )
    finding = Finding(
        id="F-0001", model="loans", version=1, title="PDs are low", text="王小明 saw it.", severity="high",
        owner="li", due=DAY, raised_by="wang", state="open",
    )  # fmt: skip
    exception = RiskException(
        id="E-0001", model="loans", about="F-0001", because="time", requested_by="li", expires=DAY
    )
    begun = [begin(record, "li", because, NOON) for record in (model, version, finding, exception)]
    review = Review(model="loans", kind="annual", due=DAY, what="All of it")
    seen = Verification(
        run="loans-1", manifest_sha256="0" * 64, by="wang", at=NOON, seconds=1.5, python="3.11", system="Linux",
        files=3, figures=7,
    )  # fmt: skip
    return [*begun, review, seen]


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    made = Registry(tmp_path / "registry")
    for record in records():
        made.write(record)
    return made
