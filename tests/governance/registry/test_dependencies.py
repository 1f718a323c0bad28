from riskbench.governance.registry.dependencies import dependencies, shared

PACKAGES = {"numpy": "2.0", "pandas": "3.0", "scipy": "1.15", "black": "1"}


def test_a_model_depends_on_its_tables_its_features_and_the_libraries_of_its_figures(microloan):
    lines = dependencies(microloan, ["annual_income", "night_share"], PACKAGES, [])
    assert "data: bureau (bureau.parquet) of the credit bureau" in lines
    assert "feature: night_share (device data), from device" in lines
    assert not any("annual_income" in line for line in lines)  # income is no alternative data
    assert [line for line in lines if line.startswith("library")] == [
        "library: numpy, computes the statistics",
        "library: pandas, holds the tables",
        "library: scipy, gives distributions and tests",
    ]


def test_what_a_person_added_stays_and_what_the_last_run_said_is_renewed(microloan):
    before = ["feature: apps_finance (device data), from device", "model: income_model", "service: sms gateway"]
    lines = dependencies(microloan, ["night_share"], PACKAGES, before)
    assert lines[-2:] == ["model: income_model", "service: sms gateway"]
    assert before[0] not in lines


def test_models_that_share_a_source_are_told_and_libraries_are_not_a_source():
    lines = ["data: bureau", "data: device", "library: numpy"]
    assert shared(lines, {"cards": ["data: bureau", "library: numpy"], "cars": ["data: bureau"], "x": []}) == {
        "data: bureau": ["cards", "cars"]
    }
