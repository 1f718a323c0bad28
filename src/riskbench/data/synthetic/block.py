"""One block of customers, from first application to last repayment: the story that the other files tell parts of.

All customers of a block apply in turn 0; those whose loan ended, who were declined or did not take the offer may come
again in turn 1, and so on. Each turn is one pass over arrays, so that what happened before is known when needed.
"""

from dataclasses import dataclass, field

import numpy as np

from riskbench.data.synthetic import (
    applications,
    behaviour,
    bureau,
    customers,
    elsewhere,
    income,
    policy,
    repayment,
    risk,
)
from riskbench.data.synthetic.columns import Columns, take
from riskbench.data.synthetic.randomness import BLOCK, stream
from riskbench.data.synthetic.timeline import OBSERVED_UNTIL, days, month_number

TURNS = 8  # more applications than anybody makes in three years of loans
KEY = "key"  # customer's position in the block times TURNS plus turn: the order of rows, and what they belong to

NEVER = np.datetime64("NaT", "D")


def _nothing() -> np.ndarray:
    return np.zeros(BLOCK, dtype=np.int64)


def _no_day() -> np.ndarray:
    return np.full(BLOCK, NEVER)


@dataclass
class History:
    """What the past of each customer of the block is, as far as the next turn needs it."""

    applied: np.ndarray
    previous: np.ndarray = field(default_factory=_no_day)
    last_report: np.ndarray = field(default_factory=_no_day)
    bad_elsewhere: np.ndarray = field(default_factory=_nothing)
    bad_elsewhere_reported: np.ndarray = field(default_factory=_nothing)
    paid_loans: np.ndarray = field(default_factory=_nothing)
    wallet: np.ndarray = field(default_factory=lambda: np.zeros((BLOCK, behaviour.SNAPSHOTS, 4)))
    wallet_month: np.ndarray = field(default_factory=_nothing)


@dataclass(frozen=True)
class Turn:
    """One application of each customer in `who`, and where its rows go."""

    seed: int
    block: int
    number: int
    who: np.ndarray
    person: Columns
    applied: np.ndarray
    parts: dict[str, list[Columns]]

    def rng(self, table: str) -> np.random.Generator:
        """The stream of a table in this turn."""
        return stream(self.seed, table, self.block, self.number)

    def add(self, table: str, columns: Columns, owner: np.ndarray | None = None) -> None:
        """Add rows, one for each application, or each for the application at position `owner`."""
        owner = np.arange(len(self.who)) if owner is None else owner
        keys = {KEY: self.who[owner] * TURNS + self.number, "customer_id": self.person["number"][owner]}
        self.parts.setdefault(table, []).append(keys | columns)


def make_block(seed: int, block: int, unemployment: np.ndarray) -> dict[str, Columns]:
    """All tables of one block (macro apart), rows in order of customer, application and date, each with its `key`."""
    people = customers.draw(seed, block)
    history = History(people["first_applied"].copy())
    table = people | {KEY: np.arange(BLOCK) * TURNS, "customer_id": people["number"]}
    parts: dict[str, list[Columns]] = {"customers": [table]}
    who = np.arange(BLOCK)
    for number in range(TURNS):
        if not len(who):
            break
        turn = Turn(seed, block, number, who, take(people, who), history.applied[who], parts)
        known, actual = _apply(turn, history, unemployment)
        who = _lend(turn, history, known, actual)
    return {name: _in_order(name, rows) for name, rows in parts.items()}


def _apply(turn: Turn, history: History, unemployment: np.ndarray) -> tuple[Columns, Columns]:
    """All that precedes the decision: what the lender knows of each application, and what is the case."""
    who, person, applied = turn.who, turn.person, turn.applied
    month = month_number(applied)
    finances, employer_months = income.draw(turn.rng("income"), person, applied)
    application = applications.draw(turn.rng("applications"), person, applied, finances["monthly_income"])
    report, credit = bureau.draw(turn.rng("bureau"), person, applied, history.last_report[who])
    device, use = behaviour.draw_device(turn.rng("device"), person, application)
    social, referrals_bad_share = behaviour.draw_social(turn.rng("social"), person)
    wallet, fresh = behaviour.carry_over(
        behaviour.draw_wallet(turn.rng("payments"), person, finances["monthly_income"]),
        month,
        history.wallet[who],
        history.wallet_month[who],
    )
    owner, loans = elsewhere.draw(turn.rng("previous_loans"), person, applied, history.previous[who])
    bad = loans["worst_dpd"] >= elsewhere.MATERIAL_DPD
    reported = bad & (loans["reported_at"] <= applied[owner])

    history.previous[who] = applied
    history.last_report[who] = np.fmax(history.last_report[who], report["reported_at"])
    history.bad_elsewhere[who] += np.bincount(owner[bad], minlength=len(who))
    history.bad_elsewhere_reported[who] += np.bincount(owner[reported], minlength=len(who))
    history.wallet[who], history.wallet_month[who] = wallet, month

    turn.add("income", finances)
    turn.add("device", device)
    turn.add("social", social)
    turn.add("bureau", report)
    observed = loans["reported_at"] <= OBSERVED_UNTIL
    turn.add("previous_loans", take(loans, observed), owner[observed])
    of, snapshots = behaviour.snapshots(wallet, fresh & person["has_wallet"][:, None], month)
    turn.add("payments", snapshots, of)

    instalment = application["amount_requested"] * (1 / application["term_months"] + 0.025)
    known = {
        **application,
        **finances,
        **{name: report[name] for name in bureau.ITEMS},
        "age": (applied - person["birth_date"]).astype(np.int64) / 365.25,
        "burden": (finances["monthly_expense"] + instalment) / finances["monthly_income"],
        "payday": application["product"] == applications.PAYDAY,
        "paid_loans": history.paid_loans[who],
        "bad_elsewhere_reported": history.bad_elsewhere_reported[who],
    }
    actual = {
        **known,
        **credit,
        **use,
        **{name: person[name] for name in ("has_file", "has_wallet", "female")},
        "employer_months": employer_months,
        "low_days": wallet[:, :, 3].mean(axis=1),
        "referrals_bad_share": referrals_bad_share,
        "bad_elsewhere": history.bad_elsewhere[who],
        "unemployment": unemployment[month - 1],
        "month": month,
    }
    return known, actual


def _lend(turn: Turn, history: History, known: Columns, actual: Columns) -> np.ndarray:
    """The decision and all that follows from it; returns who comes again."""
    who, person, chance = turn.who, turn.person, turn.rng("outcome")
    pd = risk.true_pd(chance, actual, person["trait"])
    default = chance.random(len(who)) < pd
    fraud = chance.random(len(who)) < risk.fraud_probability(actual, person["ring"] >= 0)
    decision = policy.draw(turn.rng("decisions"), known, person["trait"])
    booked = np.flatnonzero(decision["funded"])
    loan = {
        "amount": decision["approved_amount"],
        "rate": decision["monthly_rate"],
        "term": known["term_months"],
        "decided_at": decision["decided_at"],
        "pd": pd,
        "default": default,
        "fraud": fraud,
    }
    of, repayments, outcome = repayment.draw(turn.rng("repayments"), take(loan, booked))
    end, default_seen = decision["decided_at"].copy(), np.full(len(who), NEVER)
    end[booked], default_seen[booked] = outcome["end"], outcome["default_seen"]

    later, report = bureau.draw_after(turn.rng("bureau after"), person, actual, decision, default_seen)
    later &= report["reported_at"] <= OBSERVED_UNTIL
    rng = turn.rng("collections")
    ordinary, many = rng.poisson(0.06 * decision["funded"]), 1 + rng.poisson(2.5, len(who))
    application = known | {"collections_calls": np.where(np.isnat(default_seen), ordinary, many)}

    history.last_report[who] = np.fmax(history.last_report[who], np.where(later, report["reported_at"], NEVER))
    history.paid_loans[who] += decision["funded"] & ~default & ~fraud

    turn.add("applications", application)
    turn.add("decisions", decision)
    turn.add("repayments", repayments, booked[of])
    turn.add("bureau", take(report, later), np.flatnonzero(later))
    turn.add("truth", {"true_pd": pd, "would_default": default, "fraudulent": fraud})
    return _return(turn, history, decision, default | fraud, end)


def _return(turn: Turn, history: History, decision: Columns, lost: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Who applies again, and (in `history`) when: after the loan has ended, or some time after a refusal."""
    n, rng = len(turn.who), turn.rng("return")
    funded, declined = decision["funded"], decision["decision"] == policy.DECLINE
    chance = np.where(funded, 0.62 * ~lost, np.where(declined, 0.32, 0.25)) * (turn.person["ring"] < 0)
    wait = np.where(funded, 2 + rng.exponential(40, n), 15 + rng.exponential(70, n))
    following = end + days(np.floor(wait).astype(np.int64))
    history.applied[turn.who] = following
    return turn.who[(rng.random(n) < chance) & (following <= OBSERVED_UNTIL)]


def _in_order(table: str, parts: list[Columns]) -> Columns:
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    if table == "bureau":
        # The bureau answers once a day; of two reports the first that was made stays.
        day = columns["reported_at"].astype(np.int64)
        _, first = np.unique(np.column_stack([columns["customer_id"], day]), axis=0, return_index=True)
        columns = take(columns, np.sort(first))
    return take(columns, np.argsort(columns[KEY], kind="stable"))
