from riskbench.data.dictionary import dictionary, functions_used


def test_every_candidate_of_every_study_has_a_meaning_and_an_origin(studies):
    for study in studies.values():
        told = dictionary(study).set_index("feature")
        assert list(told.index) == [*study.raw_candidates, *study.features]
        assert (told[["meaning", "made_from"]] != "").all(axis=None)


def test_it_says_what_a_candidate_is_made_from(small):
    small.content["tables"]["account"]["aggregates"] = {
        "late": {"how": "count", "where": "value > 1", "within_days": 10, "skip_days": 5, "description": "Late"}
    }
    told = dictionary(small.study()).set_index("feature")["made_from"]
    assert told["amount"] == "table applications"
    assert told["double"] == "amount * 2"
    assert told["late"] == "count in table account where value > 1, 10 days, up to 5 days before the decision"
    assert told["own_worst"] == "max of dpd in table own"


def test_the_functions_that_a_study_calls_are_told_once(small):
    small.content["features"] = {
        name: {"formula": formula, "description": "d"}
        for name, formula in (("half", "ratio(amount, 2)"), ("third", "clip(ratio(amount, 3), 0, 1)"))
    }
    used = functions_used(small.study())
    assert used["function"].tolist() == ["ratio(a, b)", "clip(x, low, high)"]
    assert used["meaning"].iloc[0] == "The first number over the second"
