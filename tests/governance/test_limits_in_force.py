"""The limits that judged a run are told, with what the study set otherwise and why."""

from riskbench.core.thresholds import Override, Thresholds
from riskbench.governance.limits_in_force import overridden, told


def test_without_overrides_the_version_is_told_and_the_table_is_empty() -> None:
    assert told(Thresholds()).endswith("the study has set none of them otherwise.")
    assert overridden(Thresholds()).empty


def test_an_override_stands_beside_the_limit_of_the_file_with_its_reason() -> None:
    own = Thresholds({"validation.auc": Override(green=0.6, amber=0.55, reason="thin files")})
    (row,) = overridden(own).to_dict("records")
    assert row["threshold"] == "validation.auc"
    assert (row["limit_of_the_file"], row["limit_here"]) == ("≥\xa00.65, watch ≥\xa00.6", "≥\xa00.6, watch ≥\xa00.55")
    assert row["because"] == "thin files"
    assert told(own).endswith("the study has set 1 of them otherwise.")


def test_every_limit_has_a_source_and_a_basis() -> None:
    assert all(threshold.source and threshold.basis in ("convention", "rule") for threshold in Thresholds())
