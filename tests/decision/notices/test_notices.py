"""Notices give the reasons of the decision, in two languages, about nobody in particular."""

import math

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Thresholds
from riskbench.decision.decide import decide
from riskbench.decision.notices.checks import Told, agreement, reason_checks, reasons_given, told_factors
from riskbench.decision.notices.notices import (
    Parties,
    decision_reasons,
    notice,
    route_told,
    samples,
    text_checks,
    typical_bins,
)
from riskbench.decision.policy.bands import Band
from riskbench.decision.policy.policy import Policy
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.reason_texts import FeatureWords, ReasonTexts

DRAW = np.random.default_rng(5)
X = pd.DataFrame({"income": DRAW.lognormal(7, 1, 2000).round(), "late": DRAW.poisson(1.0, 2000).astype(float)})
RISK = -0.6 * np.log(X["income"] / 1000) + 0.7 * X["late"]
Y = (DRAW.random(2000) < 1 / (1 + np.exp(1.5 - RISK))).astype(int)
CARD = Scorecard(WoeBinning()).fit(X, Y)
DOCUMENT = CARD.to_dict()
TEXTS = ReasonTexts(
    {"income": FeatureWords(en="Income", zh="收入"), "late": FeatureWords(en="Late payments", zh="逾期次数")}
)
CUT, HIGH = np.quantile(CARD.points(X), [0.3, 0.6]).round()
RULE = {
    "name": "very_late",
    "when": {"variable": "late", "op": ">=", "value": 4},
    "action": "decline",
    "reason": "four or more late payments",
    "reason_zh": "逾期四次或以上",
    "on_missing": "refer",
}


def policy(*rules: dict, bands: list[dict] | None = None) -> Policy:
    bands = bands or [
        {"name": "low", "action": "decline", "from": -math.inf, "to": float(CUT)},
        {"name": "middle", "action": "refer", "from": float(CUT), "to": float(HIGH)},
        {"name": "high", "action": "approve", "from": float(HIGH), "to": math.inf},
    ]
    costs = {"lgd": 0.5, "margin": 0.25, "funding_cost": 0.05}
    return Policy.model_validate({"schema_version": 2, "bands": bands, "rules": list(rules), "economics": costs})


def frame(rows: pd.DataFrame = X) -> pd.DataFrame:
    return rows.assign(score=CARD.points(rows))


def told(of: Policy, rows: pd.DataFrame = X) -> Told:
    read = frame(rows)
    return told_factors(of, CARD, decide(of, read), read)


def checks(of: Policy, found: Told) -> dict[str, str]:
    return {c.name: c.status for c in reason_checks(of, CARD, DOCUMENT, found, Thresholds())}


def test_every_reason_given_is_one_of_the_decision():
    assert set(checks(policy(RULE), told(policy(RULE))).values()) == {"green"}


def test_two_reasons_told_the_wrong_way_round_still_agree_but_one_left_out_does_not():
    found = told(policy())
    swapped = found.factors.assign(reason_1=found.factors["reason_2"], reason_2=found.factors["reason_1"])
    assert agreement(policy(), CARD, DOCUMENT, Told(swapped, found.decided, found.frame, found.X)).all()
    alone = found.factors.assign(reason_1=None)
    left_out = agreement(policy(), CARD, DOCUMENT, Told(alone, found.decided, found.frame, found.X))
    assert not left_out[found.factors["reason_1"].notna()].any()


def test_a_reason_that_nothing_reads_fails():
    found = told(policy())
    invented = Told(found.factors.assign(reason_4="star_sign"), found.decided, found.frame, found.X)
    assert checks(policy(), invented)["reasons.foreign"] == "red"


def test_a_rule_that_does_not_hold_for_the_value_is_no_reason():
    found = told(policy(RULE))
    by_rule = (found.decided["rule"] == "very_late").to_numpy()
    harmless = found.frame.assign(late=0.0)
    asked = agreement(policy(RULE), CARD, DOCUMENT, Told(found.factors, found.decided, harmless, found.X))
    assert by_rule.any()
    assert not asked[by_rule].any()


def test_a_rule_gives_its_variable_first_and_the_score_only_where_its_band_would_decline_too():
    safe = pd.DataFrame({"income": [1e5], "late": [4.0]})
    lenient = [{"name": "all", "action": "approve", "from": -math.inf, "to": math.inf}]
    assert told(policy(RULE, bands=lenient), safe).factors.iloc[0].tolist() == ["late", None, None, None]
    strict = [{"name": "all", "action": "decline", "from": -math.inf, "to": math.inf}]
    poor = pd.DataFrame({"income": [10.0], "late": [4.0]})
    assert told(policy(RULE, bands=strict), poor).factors.iloc[0].tolist() == ["late", "income", None, None]


def test_where_everybody_is_approved_nothing_is_judged():
    lenient = policy(bands=[{"name": "all", "action": "approve", "from": -math.inf, "to": math.inf}])
    found = told(lenient)
    assert set(checks(lenient, found).values()) == {"not_evaluated"}
    assert reasons_given(found, TEXTS).empty


def test_how_often_a_reason_is_given_is_a_share_of_the_notices_of_its_action():
    given = reasons_given(told(policy()), TEXTS).set_index("factor")
    assert given.called.to_dict() == {"income": "Income", "late": "Late payments"}
    assert given["first"].sum() == pytest.approx(1)  # each notice has one first reason
    assert given.limit.isna().all()  # this policy limits nobody


def test_typical_bins_have_a_score_in_the_band():
    for band in policy().bands:
        bins = typical_bins(CARD, X, band)
        score = CARD.base_ + sum(CARD.points_[name][at] for name, at in bins.items())
        assert band.lower <= score < band.upper


@pytest.mark.parametrize(("rows", "problem"), [(X[:0], "nobody"), (X, "no mix of frequent values")])
def test_a_band_that_nobody_can_reach_has_no_sample(rows, problem):
    unreachable = Band.model_validate({"name": "sky", "action": "decline", "from": 5000, "to": math.inf})
    with pytest.raises(NotEvaluated, match=problem):
        typical_bins(CARD, rows, unreachable)


def test_each_band_rule_and_unknown_value_that_leads_to_a_notice_has_a_sample():
    of = policy(RULE)
    made = samples(of, CARD, TEXTS, decide(of, frame()), X)
    assert [sample.of for sample in made] == decision_reasons(of)
    told_of = {sample.of.kind: sample.reasons for sample in made}
    assert told_of["rule"] == {"en": ("Four or more late payments",), "zh": ("逾期四次或以上",)}
    assert told_of["unknown"] == {"en": ("Late payments: not known",), "zh": ("逾期次数：信息缺失",)}


def test_a_notice_names_reasons_the_ways_to_contest_and_its_blanks():
    of = policy(RULE)
    made = samples(of, CARD, TEXTS, decide(of, frame()), X)
    table = notice("decline", made, Parties(name="A Bank", regulator="The Authority")).set_index("part")
    assert table.english["from"] == "A Bank, [blank: address of the lender]"
    assert table.english["reasons: rule very_late"] == "1. Four or more late payments."
    assert "The Authority" in table.chinese["authority"]
    assert "review by a person" in table.index
    assert "[blank: who reviews decisions]" in route_told(Parties())


def test_an_action_that_the_policy_never_takes_has_no_notice():
    with pytest.raises(NotEvaluated, match="no application with the action limit"):
        notice("limit", samples(policy(), CARD, TEXTS, decide(policy(), frame()), X), Parties())


def test_where_there_are_no_rules_no_text_of_one_is_judged():
    untranslated = text_checks(policy(), Parties(), Thresholds())[0]
    assert (untranslated.status, untranslated.estimate.reason) == (
        "not_evaluated",
        "the policy has no rules, only bands of the score",
    )


def test_a_rule_without_chinese_and_a_blank_are_watched():
    silent = policy(RULE | {"reason_zh": ""})
    found = {c.name: (c.estimate.value, c.status) for c in text_checks(silent, Parties(name="A"), Thresholds())}
    assert found == {"texts.untranslated": (1, "amber"), "lender.blanks": (3, "amber")}
    (by_rule,) = [s for s in samples(silent, CARD, TEXTS, decide(silent, frame()), X) if s.of.kind == "rule"]
    assert by_rule.reasons["zh"] == ("Four or more late payments（暂无中文说明）",)


LIMITED = policy(RULE).model_dump(by_alias=True, exclude_none=True) | {
    "bands": [
        {"name": "low", "action": "refer", "from": -math.inf, "to": float(CUT)},
        {"name": "high", "action": "approve", "from": float(CUT), "to": math.inf},
    ],
    "freshness": [
        {"source": "bureau", "within_hours": 24.0, "action": "refer", "reason": "old report", "on_missing": "refer"}
    ],
    "limits": [
        {
            "name": "by_income",
            "by": "income",
            "lines": [
                {"from": -math.inf, "to": 1000.0, "value": {"high": 300.0}},
                {"from": 1000.0, "to": math.inf, "value": {"high": 900.0}},
            ],
            "reason": "the most for this income",
            "reason_zh": "该收入的最高额度",
            "on_missing": "refer",
        },
        {"name": "times_income", "times": "income", "less": "owed", "lines": [{"value": 1.0}], "reason": "income",
         "on_missing": "refer"},
    ],
    "smallest_amount": {"value": 50.0, "action": "decline", "reason": "too little"},
    "price": {"term": "months", "terms": [6, 12], "lines": [{"value": 0.02}], "reason": "no price",
              "on_missing": "refer"},
    "caps": {"amount": {"value": 800.0, "source": "the board"}},
}  # fmt: skip


def limited(**changes: object) -> tuple[Policy, pd.DataFrame, pd.DataFrame]:
    """A policy with every section, its applications, of whom each section decides some, and the decisions."""
    of = Policy.model_validate(LIMITED)
    rng = np.random.default_rng(3)
    rows = frame().assign(
        amount=rng.choice([100.0, 700.0, 2000.0], len(X)),
        owed=np.where(rng.random(len(X)) < 0.1, np.nan, rng.choice([0.0, 900.0], len(X))),
        months=rng.choice([6.0, 7.0, 12.0, np.nan], len(X)),
        **{"age_hours:bureau": rng.choice([1.0, 30.0, np.nan], len(X), p=[0.8, 0.1, 0.1])},
    )
    return of, rows.assign(**changes), decide(of, rows)


def test_whatever_decides_gives_reasons_that_its_values_show():
    of, rows, decided = limited()
    everything = {"very_late", "stale:bureau", "by_income", "times_income", "cap:amount", "smallest_amount", "price"}
    assert set(decided.rule) == everything | {""}
    assert set(checks(of, told_factors(of, CARD, decided, rows)).values()) == {"green"}


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("stale:bureau", {"age_hours:bureau": 1.0}),
        ("by_income", {"income": 5000.0}),
        ("times_income", {"owed": 5.0}),
        ("cap:amount", {"amount": 100.0}),
        ("smallest_amount", {"amount": 100.0, "income": 900.0, "owed": 0.0}),
        ("price", {"months": 6.0}),
    ],
)
def test_values_that_do_not_show_what_decided_are_no_reason(rule, changes):
    of, rows, decided = limited(**changes)
    own = (decided["rule"] == rule).to_numpy()
    found = told_factors(of, CARD, decided, rows)
    asked = agreement(of, CARD, DOCUMENT, found)[(found.decided["rule"] == rule).to_numpy()]
    assert own.any()
    assert not asked.all()


def test_limits_prices_and_old_data_have_their_sample_in_both_languages():
    of, _, decided = limited()
    told_of = {(s.of.kind, s.of.name): s.reasons["en"][0] for s in samples(of, CARD, TEXTS, decided, X)}
    assert told_of["rule", "by_income"] == "The most for this income"
    assert told_of["unknown", "by_income"] == "Income: not known"
    assert told_of["rule", "cap:amount"] == "No loan may be larger than 800"
    assert told_of["rule", "stale:bureau"] == "Old report"
    assert told_of["rule", "smallest_amount"] == "Too little"
    assert ("unknown", "price") in told_of


def test_a_limit_gives_what_it_reads_and_a_cap_the_amount_asked_for():
    of, rows, decided = limited()
    found = told_factors(of, CARD, decided, rows)
    first = found.factors["reason_1"].groupby(found.decided["rule"]).unique()
    assert first["times_income"].tolist() == ["income"]
    assert first["cap:amount"].tolist() == ["amount"]
    assert first["stale:bureau"].tolist() == ["bureau"]
