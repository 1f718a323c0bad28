"""The page of a switch: the answer first, figures with intervals, and what is lacking said aloud."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from riskbench.core.files import digest
from riskbench.data.study import load_study
from riskbench.decision.bundle.making import bundle_of
from riskbench.decision.bundle.parts import MadeFrom
from riskbench.decision.effect.effect import Applicants, bundle_effect
from riskbench.decision.policy.reading import load_policy
from riskbench.report.effect_page import SwitchTold, effect_lines, render_effect
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.reason_texts import ReasonTexts

FOLDER = Path(__file__).parents[2] / "data" / "microloan"
LENDER = Path(__file__).parents[1] / "decision" / "lender.yaml"
TOLD = SwitchTold("first <1> to second", "300 applications", [("Before", "run first")])
HASHES = dict.fromkeys(("study", "code", "data"), digest("a"))
RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "night_share": RNG.random(300).round(2),
        "contacts": RNG.poisson(40, 300).astype(float),
        "amount_requested": 100.0,
        "delinquencies_12m": 0.0,
        "enquiries_6m": 1.0,
    }
)
Y = pd.Series((RNG.random(300) < 0.02 + 0.3 * FRAME["night_share"]).astype(float))


def bundle(feature, **economics):
    card, policy = Scorecard(WoeBinning(max_bins=3)).fit(FRAME[[feature]], Y), load_policy(LENDER)
    policy = policy.model_copy(update={"economics": policy.economics.model_copy(update=economics)})
    steps = pd.DataFrame({"step": ["logit"], "slope": [1.0], "intercept": [0.0], "because": ["test"]})
    study, made_from = load_study(FOLDER / "study.toml"), MadeFrom(**HASHES)
    return bundle_of(study, card, policy, ReasonTexts(), steps=steps, made_from=made_from)


def effect(drop=(), **economics):
    groups = pd.DataFrame({"sex": ["a", "b"] * 150})
    people = Applicants(FRAME.drop(columns=list(drop)), Y, groups, 10)
    return bundle_effect(bundle("night_share"), bundle("contacts", **economics), people)


@pytest.fixture(scope="module")
def page():
    return BeautifulSoup(render_effect(effect(), TOLD), "html.parser")


def test_the_answer_stands_first_and_names_approvals_and_pds(page):
    assert page.select_one(".conclusion").text.startswith("On 300 applications, the share approved would go from")
    assert [dt.text for dt in page.select(".strip dt")][2] == "Applications decided otherwise"


def test_every_figure_has_its_interval_and_every_table_its_caption(page):
    captions = [caption.text for caption in page.select("caption")]
    assert captions[0] == "Figures before and after"
    assert len(captions) == 6
    rows = page.select("table")[0].select("tbody tr")
    assert all(" to " in cell.text for row in rows for cell in row.select("td"))


def test_it_holds_no_script_and_what_it_is_told_is_escaped(page):
    assert not page.select("script, link, img")
    assert page.select_one(".kicker").text == "first <1> to second"


def test_what_is_lacking_is_said_and_its_tables_are_not_evaluated():
    page = BeautifulSoup(render_effect(effect(drop=["contacts"]), TOLD), "html.parser")
    assert "its card reads contacts, which these applications do not have" in page.text
    assert page.text.count("not evaluated, because") == 5
    assert "what is lacking is said below" in page.select_one(".conclusion").text


def test_other_economics_are_said_to_move_profit():
    assert "different economics" in "\n".join(effect_lines(effect(lgd=0.5), TOLD))
    assert "different economics" not in "\n".join(effect_lines(effect(), TOLD))


def test_the_terminal_is_told_the_same_tables_without_markup():
    text = "\n".join(effect_lines(effect(), TOLD))
    assert "From each action before (rows) to each action after (columns)\nbefore" in text
    assert "<" not in text.replace("< ", "")
