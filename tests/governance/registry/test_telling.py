import datetime as dt

from riskbench.governance.registry.telling import exception_lines, finding_lines, model_told, review_told

TODAY, AFTER = dt.date(2026, 11, 26), dt.date(2027, 4, 10)


def test_a_model_is_told_with_all_that_is_about_it(registry):
    text = "\n".join(model_told(registry, "loans", AFTER))
    for line in (
        "loans: Small loans [in development]",
        "  Some thousand decisions a year.",
        "  1 loans-1 [candidate]",
        "  F-0001 [high; open, overdue by 10 days] PDs are low",
        "  E-0001 about F-0001 [requested]",
        "  2027-03-31 annual (overdue by 10 days): All of it",
    ):
        assert line in text


def test_models_that_depend_on_the_same_are_named(registry):
    [loans] = registry.models()
    line = "data: bureau (bureau.parquet) of the credit bureau"
    registry.write(loans.model_copy(update={"id": "cards", "depends_on": [line]}))
    registry.write(loans.model_copy(update={"id": "cars", "depends_on": [line]}))
    assert f"  {line} [so does cars]" in model_told(registry, "cards", TODAY)


def test_a_finding_is_told_with_its_history(registry):
    lines = finding_lines(registry, "F-0001", TODAY)
    assert lines[:3] == [
        "F-0001 [open, due 2027-03-31] PDs are low",
        "In loans, version 1; raised by wang",
        "王小明 saw it.",
    ]
    assert lines[-1] == "  2026-11-20 12:00 open, by li: it begins"


def test_an_exception_is_told_with_what_it_lacks(registry):
    lines = exception_lines(registry, "E-0001", TODAY)
    assert lines[0] == "E-0001 [requested] about F-0001, in loans"
    assert "Compensated by: nothing is said" in lines
    assert "Asked for by li, granted by nobody, last day 2027-03-31" in lines


def test_a_review_is_told_as_due_late_or_done(registry):
    [review] = registry.reviews()
    assert review_told(review, TODAY) == "2027-03-31 annual: All of it"
    done = review.model_copy(update={"done": TODAY, "by": "chen", "outcome": "fit"})
    assert review_told(done, AFTER) == "2027-03-31 annual: done on 2026-11-26 by chen: fit"
