"""A small card on every kind of column, and bundles of it with any policy of `policies.py`."""

import tomllib
from typing import Any

import numpy as np
import pandas as pd

from riskbench.data.candidates import candidates_of
from riskbench.data.study import Study
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.bundle.making import bundle_of
from riskbench.decision.bundle.parts import MadeFrom
from riskbench.decision.policy.policy import Policy
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.reason_texts import ReasonTexts

STUDY = Study.model_validate(
    tomllib.loads("""
schema_version = 1
name = "everywhere"
title = "A card on every kind of column"
description = "d"
purpose = "to ask every engine"
population = "booked"
customers = "mixed"
currency = "XTS"
licence = "none"
policy = "policy.yaml"
limitations = []
source = { kind = "files" }
base = { key = "id", customer = "who", as_of = "asked", amount = "amount", segments = [] }
outcome = { kind = "column", column = "y", bad = ["1"], good = ["0"], horizon_months = 12, definition = "d" }
samples = { salt = "s", test_share = 0.3 }
scaling = { pdo = 2, base_score = 0, base_odds = 4 }

[features.burden]
formula = "ratio(debts, income)"
description = "Debts over income"

[features.known_days]
formula = "days_between(since, seen)"
description = "Days since the first loan"

[tables.applications]
file = "applications.parquet"
join = "base"
owner = "o"
purpose = "p"
lawful_basis = "l"

[tables.applications.columns]
id = { role = "key", type = "text", description = "Key" }
who = { role = "key", type = "text", description = "Customer" }
asked = { role = "date", type = "date", description = "Day" }
amount = { role = "feature", type = "number", description = "Amount" }
n1 = { role = "feature", type = "number", description = "First", lower = -1, upper = 1e12, special = [-999] }
n2 = { role = "feature", type = "number", description = "Second" }
income = { role = "feature", type = "number", description = "Income" }
debts = { role = "feature", type = "number", description = "Debts" }
loans = { role = "feature", type = "integer", description = "Loans", lower = 0, special = [-1] }
t1 = { role = "feature", type = "category", description = "Kind", levels = ["a", "b", "a ", "A", "ä", "it's", "x;y", "中文"] }
t2 = { role = "feature", type = "text", description = "Free" }
owner = { role = "feature", type = "boolean", description = "Owner" }
since = { role = "date", type = "date", description = "First loan" }
seen = { role = "date", type = "timestamp", description = "Last seen" }
y = { role = "outcome", type = "integer", description = "Bad" }
""")
)
FEATURES = ["n1", "burden", "known_days", "loans", "t1", "owner"]


def card() -> Scorecard:
    """Scores around 0, where the bands of random policies have their cuts."""
    rng, n = np.random.default_rng(5), 1_200
    frame = pd.DataFrame(
        {
            "amount": 1.0, "n2": 0.0, "t2": "x",
            "n1": rng.choice([-999.0, np.nan, -1.0, 0.0, 0.1, 0.1 + 0.2, 1.0, 7.5], n),
            "income": rng.integers(1, 40, n) * 0.5, "debts": rng.integers(0, 40, n) * 0.25,
            "loans": rng.choice([-1.0, 0, 1, 2, 6, np.nan], n),
            "t1": rng.choice(["a", "b", "a ", "ä", "中文"], n), "owner": rng.choice(["yes", "no"], n),
            "since": pd.Timestamp("2020-02-29") + pd.to_timedelta(rng.integers(0, 900, n), "D"),
            "seen": pd.Timestamp("2024-01-01 10:30"),
        }
    )  # fmt: skip
    risk = frame["debts"] / frame["income"] + 0.6 * (frame["t1"] == "b") - 0.4 * (frame["n1"] > 0.2) - 1
    X = candidates_of(STUDY, frame)[FEATURES]
    y = (rng.random(n) < 1 / (1 + np.exp(-risk))).astype(float)
    return Scorecard(WoeBinning(max_bins=4), pdo=2, base_score=0, base_odds=4).fit(X, y)


CARD = card()


def bundle(policy: Policy) -> Bundle:
    """The card with a policy."""
    steps: dict[str, Any] = {"step": ["logit"], "slope": [1.0], "intercept": [0.0], "because": ["for a test"]}
    made = MadeFrom(study="0" * 64, code="1" * 64, data="2" * 64)
    return bundle_of(STUDY, CARD, policy, ReasonTexts(), steps=pd.DataFrame(steps), made_from=made)
