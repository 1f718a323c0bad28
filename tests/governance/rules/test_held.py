"""What people wrote down in the registry counts as evidence for the rules that ask for it."""

import datetime as dt

from riskbench.governance.model_card_file import ModelCardFile
from riskbench.governance.registry.records import Model, Review, Step, Version
from riskbench.governance.rules.catalogue import catalogue
from riskbench.governance.rules.held import held_by
from riskbench.governance.rules.resolve import resolve
from riskbench.governance.standing import Standing

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
MODEL = Model(id="card", title="t", study="s", owner="o", purpose="p", tier=1, tier_because=["x"])
NEW = Version(
    model="card", number=1, run="r", manifest_sha256="0" * 64, registered=NOW, registered_by="ana", history=[]
)


def test_a_model_and_a_review_are_records_and_a_version_without_a_change_is_no_change_log():
    review = Review(model="card", kind="annual", due=NOW.date(), what="all")
    assert held_by(Standing(model=MODEL, versions=[NEW], reviews=[review])) == {"inventory", "reviews"}
    moved = NEW.model_copy(update={"history": [Step(at=NOW, by="ana", after="approved", because="signed")]})
    assert held_by(Standing(versions=[moved])) == {"changes"}


def test_a_registered_model_fills_the_gap_of_the_inventory():
    before, after = (
        {r.rule.id: r.extent for r in resolve(catalogue(), {}, ModelCardFile(), held_by(standing))}
        for standing in (Standing(), Standing(model=MODEL))
    )
    assert (before["SR26-2-INV"], after["SR26-2-INV"]) == ("none", "part")
