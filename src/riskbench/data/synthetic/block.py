"""One block of customers, from first application to last repayment: the story that the other files tell parts of.

All customers of a block apply in turn 0; those whose loan ended, who were declined or did not take the offer may come
again in turn 1, and so on. Each turn is one pass over arrays, so that what happened before is known when needed.
"""

from dataclasses import dataclass

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
from riskbench.data.synthetic.randomness import BLOCK, Columns, stream, take
from riskbench.data.synthetic.timeline import OBSERVED_UNTIL, days, month_number

TURNS = 8  # more applications than anybody makes in three years of loans
KEY = "key"  # customer's position in the block times TURNS plus turn: the order of rows, and what they belong to


@dataclass
class History:
    """What the past of each customer of the block is, as far as the next turn needs it."""

    applied: np.ndarray
    previous: np.ndarray
    last_report: np.ndarray
    bad_elsewhere: np.ndarray
    bad_elsewhere_reported: np.ndarray
    paid_loans: np.ndarray
    wallet: np.ndarray
    wallet_month: np.ndarray


Parts = dict[str, list[Columns]]


def make_block(seed: int, block: int, unemployment: np.ndarray) -> dict[str, Columns]:
    """All tables of one block (macro apart), rows in order of customer, application and date, each with its `key`."""
    people = customers.draw(seed, block)
    never = np.full(BLOCK, np.datetime64("NaT", "D"))
    none = np.zeros(BLOCK, dtype=np.int64)
    history = History(people["first_applied"].copy(), never.copy(), never.copy(), none.copy(), none.copy(), none.copy(),
                      np.zeros((BLOCK, behaviour.SNAPSHOTS, 4)), none.copy())  # fmt: skip
    parts: Parts = {"customers": [_customer_table(people)]}
    who = np.arange(BLOCK)
    for turn in range(TURNS):
        if not len(who):
            break
        who = _turn(seed, block, turn, who, people, history, unemployment, parts)
    return {table: _in_order(table, rows) for table, rows in parts.items()}


def _turn(seed: int, block: int, turn: int, who: np.ndarray, people: Columns, history: History,
          unemployment: np.ndarray, parts: Parts) -> np.ndarray:  # fmt: skip
    """One application of each customer in `who`; adds its rows to `parts` and returns who comes again."""

    def rng(table: str) -> np.random.Generator:
        return stream(seed, table, block, turn)

    def add(table: str, columns: Columns, rows: np.ndarray | None = None) -> None:
        owner = key if rows is None else key[rows]
        parts.setdefault(table, []).append({KEY: owner, **columns})

    key = who * TURNS + turn
    person = take(people, who)
    applied = history.applied[who]
    month = month_number(applied)

    finances, employer_months = income.draw(rng("income"), person, applied)
    application = applications.draw(rng("applications"), person, applied, finances["monthly_income"])
    report, credit = bureau.draw(rng("bureau"), person, applied, history.last_report[who])
    device, use = behaviour.draw_device(rng("device"), person, application)
    social, referrals_bad_share = behaviour.draw_social(rng("social"), person)
    wallet, fresh = behaviour.carry_over(
        behaviour.draw_wallet(rng("payments"), person, finances["monthly_income"]),
        month, history.wallet[who], history.wallet_month[who],
    )  # fmt: skip
    owner, loans = elsewhere.draw(rng("previous_loans"), person, applied, history.previous[who])
    bad = loans["worst_dpd"] >= elsewhere.MATERIAL_DPD
    reported = bad & (loans["reported_at"] <= applied[owner])
    history.bad_elsewhere[who] += np.bincount(owner[bad], minlength=len(who))
    history.bad_elsewhere_reported[who] += np.bincount(owner[reported], minlength=len(who))

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
        "has_file": person["has_file"],
        "has_wallet": person["has_wallet"],
        "female": person["female"],
        "employer_months": employer_months,
        "low_days": wallet[:, :, 3].mean(axis=1),
        "referrals_bad_share": referrals_bad_share,
        "bad_elsewhere": history.bad_elsewhere[who],
        "unemployment": unemployment[month - 1],
        "month": month,
    }
    chance = rng("outcome")
    pd = risk.true_pd(chance, actual, person["trait"])
    defaults = chance.random(len(who)) < pd
    fraud = chance.random(len(who)) < risk.fraud_probability(actual, person["ring"] >= 0)
    decision = policy.draw(rng("decisions"), known, person["trait"])
    booked = np.flatnonzero(decision["funded"])
    loan = {"amount": decision["approved_amount"], "rate": decision["monthly_rate"], "term": application["term_months"],
            "decided_at": decision["decided_at"], "pd": pd, "default": defaults, "fraud": fraud}  # fmt: skip
    row, payments, outcome = repayment.draw(rng("repayments"), take(loan, booked))
    end, seen = decision["decided_at"].copy(), np.full(len(who), np.datetime64("NaT", "D"))
    end[booked], seen[booked] = outcome["end"], outcome["default_seen"]

    has_later, after = bureau.draw_after(rng("bureau after"), person, credit, decision, seen)
    has_later &= after["reported_at"] <= OBSERVED_UNTIL
    calls = rng("collections")
    application["collections_calls"] = np.where(
        np.isnat(seen), calls.poisson(0.06 * decision["funded"]), 1 + calls.poisson(2.5, len(who))
    )

    add("applications", {"customer_id": person["number"], **application})
    add("income", finances)
    add("device", device)
    add("social", social)
    add("bureau", {"customer_id": person["number"], **report})
    add("bureau", {"customer_id": person["number"][has_later], **take(after, has_later)}, has_later)
    owner_w, snapshots = behaviour.snapshots(wallet, fresh & person["has_wallet"][:, None], month)
    add("payments", {"customer_id": person["number"][owner_w], **snapshots}, owner_w)
    known_loans = loans["reported_at"] <= OBSERVED_UNTIL
    owner = owner[known_loans]
    add("previous_loans", {"customer_id": person["number"][owner], **take(loans, known_loans)}, owner)
    add("decisions", decision)
    add("repayments", payments, booked[row])
    add("truth", {"true_pd": pd, "would_default": defaults, "fraudulent": fraud})

    history.previous[who] = applied
    newest = np.where(has_later, after["reported_at"], report["reported_at"])
    history.last_report[who] = np.fmax(history.last_report[who], newest)
    history.paid_loans[who] += decision["funded"] & ~defaults & ~fraud
    history.wallet[who], history.wallet_month[who] = wallet, month
    return _comes_again(rng("return"), who, person, decision, defaults | fraud, end, history)


def _comes_again(rng: np.random.Generator, who: np.ndarray, person: Columns, decision: Columns, lost: np.ndarray,
                 end: np.ndarray, history: History) -> np.ndarray:  # fmt: skip
    """Who applies again, and (in `history`) when: after the loan has ended, or some time after a refusal."""
    n = len(who)
    funded, declined = decision["funded"], decision["decision"] == policy.DECLINE
    chance = np.where(funded, 0.62 * ~lost, np.where(declined, 0.32, 0.25)) * (person["ring"] < 0)
    wait = np.where(funded, 2 + rng.exponential(40, n), 15 + rng.exponential(70, n))
    following = end + days(np.floor(wait).astype(np.int64))
    again = (rng.random(n) < chance) & (following <= OBSERVED_UNTIL)
    history.applied[who] = following
    return who[again]


def _customer_table(people: Columns) -> Columns:
    renamed = {"customer_id": people["number"], "sex": people["female"].astype(np.int64)}
    kept = ("given_name", "family_name", "national_id", "phone", "birth_date", "region",
            "minority_language", "marital_status", "onboarded_on")  # fmt: skip
    return {KEY: np.arange(BLOCK) * TURNS, **renamed, **{name: people[name] for name in kept}}


def _in_order(table: str, parts: list[Columns]) -> Columns:
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    if table == "bureau":
        # One report a day: of two, the one made for an application stays (it was added first).
        day = columns["reported_at"].astype(np.int64)
        _, first = np.unique(np.column_stack([columns["customer_id"], day]), axis=0, return_index=True)
        columns = take(columns, np.sort(first))
    return take(columns, np.argsort(columns[KEY], kind="stable"))
