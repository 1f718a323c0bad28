"""A neutral credit policy to begin with: bands around the score of average risk, economics that break even below it."""

from math import log2, sqrt

from riskbench.data.study.sections import Scaling

LGD, FUNDING = 0.45, 0.03


def average_score(bad_rate: float, scaling: Scaling) -> int:
    """The score at which the PD is `bad_rate`: base score + PDO · log2(odds / base odds), odds good to bad.

    >>> average_score(1 / 51, Scaling()), average_score(1 / 26, Scaling())
    (600, 580)
    """
    odds = (1 - bad_rate) / bad_rate
    return round(scaling.base_score + scaling.pdo * log2(odds / scaling.base_odds))


def write_policy(name: str, bad_rate: float, scaling: Scaling, amount: str | None) -> str:
    """The policy file of a drafted study.

    The odds of average risk are halved and doubled: twice as good is prime, twice as bad is declined. The margin is
    chosen so that a loan at the lower end of what is lent, √2 times the average odds of bad, earns nothing.
    """
    middle, pdo = average_score(bad_rate, scaling), scaling.pdo
    prime, lowest, review = middle + round(pdo), middle - round(pdo / 2), middle - round(pdo)
    odds = sqrt(2) * bad_rate / (1 - bad_rate)
    margin = round(FUNDING + LGD * odds + 0.5e-4, 4)  # rounded up: a loan repaid must earn something
    exposure = f"the amounts of column {amount}" if amount else "one unit a loan, because no amounts are known"
    return f"""\
# The credit policy of the study "{name}", drafted from the bad rate alone. Nobody has decided any of it.
# Scale: {scaling.base_score:g} points at odds of {scaling.base_odds:g} good to 1 bad, {pdo:g} points double the odds.
# Of 100 applications with a known outcome {100 * bad_rate:.3g} are bad: that is {middle} points. Twice as good is
# {prime} points and more, twice as bad is below {review}.
# Limits, prices, caps, challengers and how old data may be have sections of their own: docs/policy.md shows each.
schema_version: 2

bands:
  - {{name: prime, action: approve, from: {prime}, to: .inf}}
  - {{name: standard, action: approve, from: {middle}, to: {prime}}}
  - {{name: reduced, action: limit, from: {lowest}, to: {middle}, limit_share: 0.5}}
  - {{name: review, action: refer, from: {review}, to: {lowest}}}
  - {{name: decline, action: decline, from: -.inf, to: {review}}}

# Rules can only make a decision more severe: decline, then refer, limit, approve. One reads, for example:
#   - name: many_enquiries
#     when: {{variable: enquiries_6m, op: ">=", value: 8}}      # several conditions: a list, all of which must hold
#     action: refer
#     reason: eight or more enquiries within half a year
#     on_missing: pass
rules: []

# Illustrative: to be replaced. The margin is set so that a loan at {lowest} points, the lower end of what is lent,
# earns nothing. Exposure: {exposure}.
economics:
  basis: "illustrative: to be replaced by the lender's own; the margin was chosen to break even at {lowest} points"
  lgd: {LGD:<12} # share of the amount lost when a loan goes bad
  margin: {margin:<9} # interest and fees of a loan repaid, per unit lent over its life
  funding_cost: {FUNDING} # per unit lent over its life
"""
