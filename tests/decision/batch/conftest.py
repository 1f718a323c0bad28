"""A bundle with arms, a shadow, freshness, limits and a price, and applications with every kind of cell."""

import numpy as np
import pandas as pd
import pytest

from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.policy.policy import Policy

SECTIONS = {
    "limits": [
        {
            "name": "by_income",
            "by": "employment",
            "times": "monthly_income",
            "lines": [{"levels": ["salaried", "public"], "value": 0.8}, {"value": 0.4}],
            "on_missing": "refer",
            "reason": "the income allows less",
            "reason_zh": "收入允许的额度更低",
        }
    ],
    "smallest_amount": {"value": 60.0, "action": "decline", "reason": "too little is left"},
    "price": {
        "term": "term_months",
        "terms": [1, 3, 6],
        "fee": 0.01,
        "on_missing": "refer",
        "reason": "the term is none that is lent for",
        "lines": [{"value": 0.02}],
    },
    "caps": {"amount": {"value": 500.0, "source": "the board"}},
    "freshness": [
        {"source": "bureau", "within_hours": 24, "action": "refer", "reason": "old data", "on_missing": "refer"}
    ],
    "shadow": [{"name": "lenient", "because": "to see", "rules": []}],
}

SECTIONS_OF_AGES = {"freshness": SECTIONS["freshness"]}


@pytest.fixture(scope="session")
def bundle(lender) -> Bundle:
    """A card on a number with specials, a category and an engineered feature, and a policy of every section."""
    plain = lender.bundle("employment").credit_policy.model_dump(by_alias=True)
    stricter = [{**rule, "action": "decline"} for rule in plain["rules"]]
    arms = {"key": "2026-1", "challengers": [{"name": "b", "because": "to see", "share": 0.4, "rules": stricter}]}
    policy = Policy.model_validate(plain | SECTIONS | {"arms": arms})
    return lender.bundle("amount_to_income", "employment", "delinquencies_12m", policy=policy)


@pytest.fixture(scope="session")
def simple(lender) -> Bundle:
    """The same card, and the policy of the study with an age of one source: its query is built sooner."""
    plain = lender.bundle("employment").credit_policy.model_dump(by_alias=True)
    policy = Policy.model_validate(
        plain | dict.fromkeys(("arms", "price", "smallest_amount")) | {"limits": [], "shadow": []} | SECTIONS_OF_AGES
    )
    return lender.bundle("amount_to_income", "employment", "delinquencies_12m", policy=policy)


@pytest.fixture(scope="session")
def applications(lender, bundle) -> pd.DataFrame:
    """Two thousand, some with missing, special, never seen and out-of-range cells; ages of the bureau's data."""
    rng, n = np.random.default_rng(11), 2_000
    rows = lender.applications[[column.name for column in bundle.inputs.columns]].copy()
    rows.insert(0, "application_id", [f"A{i:05d}" for i in range(n)])
    rows["customer_id"] = np.where(rng.random(n) < 0.1, None, [f"C{i % 700}" for i in range(n)])
    rows["term_months"] = rng.choice([1.0, 3.0, 6.0, 2.0, np.nan], n)
    rows.loc[rng.random(n) < 0.05, "employment"] = "sailor"
    rows.loc[rng.random(n) < 0.05, "employment"] = None
    rows.loc[rng.random(n) < 0.05, "delinquencies_12m"] = -999.0
    rows.loc[rng.random(n) < 0.05, "delinquencies_12m"] = -1.0
    rows.loc[rng.random(n) < 0.05, "monthly_income"] = np.nan
    rows.loc[rng.random(n) < 0.02, "monthly_income"] = 0.0
    rows["age_hours:bureau"] = rng.choice([1.0, 24.0, 25.0, np.nan], n, p=[0.7, 0.2, 0.05, 0.05])
    return rows.astype({"customer_id": "str", "employment": "str"})


@pytest.fixture(scope="session")
def expected(bundle, applications) -> pd.DataFrame:
    """What the frame gives."""
    return bundle.decide_with_arms(applications)
