"""Who the customers are: what they tell, and what nobody sees.

Two traits stand behind everything. `thrift` (larger is worse) shows itself in bureau, e-payments, device and social
data; `trait` shows nowhere and acts on the probability of default alone: the part that no model can have.
"""

import numpy as np

from riskbench.data.synthetic.columns import Columns
from riskbench.data.synthetic.names import FAMILY, FEMALE, MALE
from riskbench.data.synthetic.randomness import BLOCK, choose, sigmoid, stream
from riskbench.data.synthetic.timeline import CALENDAR, MONTHS, SEASON, days, month_end, month_number, month_start
from riskbench.privacy.identifiers import LARGEST_BODY, SMALLEST_BODY, make_national_ids

RING_SHARE = 0.012  # customers who come once, in the burst
RINGS = 4  # a block's burst is the work of so many
REGION_SHARES = np.array([0.22, 0.18, 0.15, 0.13, 0.11, 0.10, 0.06, 0.05])
REGION_INCOME = np.array([8.0, 4.0, 2.0, 0.0, -3.0, -5.0, -8.0, -9.0])  # added to the postcode's income index
MINORITY_SHARES = np.array([0.002, 0.002, 0.002, 0.002, 0.002, 0.002, 0.004, 0.075])
# salaried, public, self_employed, informal (retired is by age)
WORK_SHARES = {False: np.array([0.50, 0.12, 0.20, 0.18]), True: np.array([0.44, 0.08, 0.23, 0.25])}
WORK_INCOME = np.array([0.10, 0.12, -0.02, -0.22, -0.15])
RETIRED = 4


def draw(seed: int, block: int) -> Columns:
    """One block of customers; categories as positions, dates as days."""
    rng = stream(seed, "customers", block)
    number = block * BLOCK + np.arange(BLOCK) + 1
    ring = np.where(rng.random(BLOCK) < RING_SHARE, np.arange(BLOCK) % RINGS, -1)
    first = _first_application(rng, ring >= 0)
    shifted = month_number(first) >= CALENDAR.population_shift
    age = 18.3 + np.where(shifted, rng.gamma(1.7, 7.2, BLOCK), rng.gamma(2.2, 8.5, BLOCK))
    age = np.minimum(age, 74.0)
    female = rng.random(BLOCK) < 0.46
    region = choose(rng, np.tile(REGION_SHARES, (BLOCK, 1)))
    minority = rng.random(BLOCK) < MINORITY_SHARES[region]
    postcode = np.where(minority, rng.normal(72, 9, BLOCK), rng.normal(100, 12, BLOCK) + REGION_INCOME[region])
    work = np.where(shifted[:, None], WORK_SHARES[True], WORK_SHARES[False])
    employment = np.where(age > 63, RETIRED, choose(rng, work))
    level = 6.75 + 0.010 * (np.minimum(age, 50) - 36) + WORK_INCOME[employment] + 0.006 * (postcode - 100)
    level += -0.12 * female + rng.normal(0, 0.38, BLOCK)
    device = rng.integers(0, 2**63, BLOCK, dtype=np.int64)
    ring_device = rng.integers(0, 2**63, RINGS, dtype=np.int64)
    return {
        "number": number,
        "ring": ring,
        "first_applied": first,
        "onboarded_on": first - days(np.minimum(rng.geometric(0.35, BLOCK) - 1, 21)),
        "birth_date": first - days(np.floor(age * 365.25).astype(np.int64)),
        "female": female,
        "sex": female.astype(np.int64),
        "given_name": rng.integers(0, np.where(female, len(FEMALE), len(MALE))),
        "family_name": rng.integers(0, len(FAMILY), BLOCK),
        "national_id": _national_ids(seed, number),
        "phone": _phones(seed, number, ring, block),
        "region": region,
        "minority_language": minority,
        "marital_status": _marital_status(rng, age),
        "postcode_income_index": np.round(postcode, 1),
        "employment": employment,
        "income_level": level,
        "thrift": rng.normal(0, 1, BLOCK),
        "trait": rng.normal(0, 1, BLOCK),
        "has_file": (rng.random(BLOCK) < sigmoid(0.3 + 0.06 * (age - 25))) & (ring < 0),
        "has_wallet": rng.random(BLOCK) < 0.80,
        "consents": rng.random(BLOCK) < 0.55,
        "os": np.where(ring >= 0, 0, rng.random(BLOCK) < 0.20).astype(np.int64),
        "device_id": np.where(ring >= 0, ring_device[ring], device),
        "device_bought": first - days(np.floor(rng.gamma(1.6, 330, BLOCK)).astype(np.int64)),
        "shares_device": rng.random(BLOCK) < 0.07,
    }


def _first_application(rng: np.random.Generator, ring: np.ndarray) -> np.ndarray:
    weights = np.tile(SEASON, MONTHS // 12)
    month = rng.choice(MONTHS, BLOCK, p=weights / weights.sum()) + 1
    length = (month_end(month) - month_start(month)).astype(np.int64) + 1
    ordinary = month_start(month) + days(np.floor(rng.random(BLOCK) * length).astype(np.int64))
    burst = month_start(np.full(BLOCK, CALENDAR.burst)) + days(13 + rng.integers(0, 3, BLOCK))
    return np.where(ring, burst, ordinary)


def _national_ids(seed: int, number: np.ndarray) -> np.ndarray:
    # The multiplier shares no factor with 9e9, so that no two customers have the same body.
    bodies = LARGEST_BODY - SMALLEST_BODY + 1
    return make_national_ids(SMALLEST_BODY + (number * 2_654_435_761 + seed * 7_919) % bodies)


def _phones(seed: int, number: np.ndarray, ring: np.ndarray, block: int) -> np.ndarray:
    # A ring gives one number for all its members, which is nobody else's: negative owners are rings.
    owner = np.where(ring >= 0, -1 - block * RINGS - ring, number)
    return (owner * 60_662_171 + seed * 104_729) % 10**8


def _marital_status(rng: np.random.Generator, age: np.ndarray) -> np.ndarray:
    # single, married, divorced, widowed
    single = np.clip(1.35 - 0.03 * age, 0.12, 0.85)
    widowed = np.clip(0.006 * (age - 45), 0.005, 0.15)
    divorced = np.clip(0.004 * (age - 20), 0.005, 0.13)
    return choose(rng, np.column_stack([single, 1 - single - widowed - divorced, divorced, widowed]))
