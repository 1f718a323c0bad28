"""A policy as tables for a reader: bands, rules, limits, prices, caps, arms, and what it assumes of a loan."""

import math
from collections.abc import Sequence

import pandas as pd

from riskbench.decision.policy.arms import CHAMPION
from riskbench.decision.policy.grids import Line
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.rates import Convention, all_in_rate, life_margin
from riskbench.decision.policy.rules import Condition

EFFECTIVE: Convention = "effective"  # how a year is told where no cap says how
SHADOW = "nobody, is only written down"


def bands_table(policy: Policy) -> pd.DataFrame:
    """The score bands from the riskiest up: scores, action and limit, in words."""

    def limit(share: float | None, amount: float | None) -> str:
        return f"{share:.0%} of the request" if share else f"{amount:,.0f}" if amount else ""

    rows = [
        (b.name, b.action, _end(b.lower, "lowest"), _end(b.upper, "highest"), limit(b.limit_share, b.limit_amount))
        for b in policy.bands_by_score
    ]
    return pd.DataFrame(rows, columns=["band", "action", "from", "below", "limit"])


def rules_table(policy: Policy) -> pd.DataFrame:
    """The rules in the order of the file: when they fire, what they do, and what a missing value does."""
    rows = [(r.name, " and ".join(map(_condition, r.when)), r.action, r.on_missing, r.reason) for r in policy.rules]
    return pd.DataFrame(rows, columns=["rule", "when", "action", "on_missing", "reason"])


def freshness_table(policy: Policy) -> pd.DataFrame:
    """How old the data of each source may be, what older ones do, and what an age does that nobody knows."""
    rows = [(f.source, _span(f.within_hours), f.action, f.on_missing, f.reason) for f in policy.freshness]
    return pd.DataFrame(rows, columns=["source", "within", "action", "on_missing", "reason"])


def limits_table(policy: Policy) -> pd.DataFrame:
    """The most that is lent, a row a line of each table: `limit`, `applies_to`, each band, `less`, `on_missing`.

    Values are in words: an amount, or so many times a variable. The cap and the smallest amount come last.
    """
    bands = [band.name for band in policy.lending_bands]
    rows: list[tuple[str, ...]] = []
    for table in policy.limits:
        unit = f" × {table.times}" if table.times else ""
        for line in table.lines:
            values = [f"{line.of(band):,g}{unit}" for band in bands]
            rows.append((table.name, _where(table.by, line, table.lines), *values, table.less, table.on_missing))
    if cap := policy.caps.amount:
        rows.append(("cap", "every loan", *[f"{cap.value:,g}"] * len(bands), "", ""))
    if least := policy.smallest_amount:
        rows.append(
            (f"smallest amount, else {least.action}", "every loan", *[f"{least.value:,g}"] * len(bands), "", "")
        )
    return pd.DataFrame(rows, columns=["limit", "applies_to", *bands, "less", "on_missing"])


def price_table(policy: Policy) -> pd.DataFrame:
    """A row a line, band and term: `monthly_rate`, `fee`, `all_in_rate` a year, `rate_cap`, `life_margin`, as shares.

    `life_margin` is interest and fee of a loan repaid as agreed: the margin of the economics is its mean over what is
    lent. Without a cap the year is told as effective.
    """
    columns = ["applies_to", "band", "instalments", "monthly_rate", "fee", "all_in_rate", "rate_cap", "life_margin"]
    if policy.price is None:
        return pd.DataFrame(columns=columns)
    price, cap = policy.price, policy.caps.all_in_rate
    rows = [
        (
            _where(price.by, line, price.lines),
            band.name,
            term,
            line.of(band.name),
            price.fee,
            all_in_rate(line.of(band.name), term, price.fee, cap.convention if cap else EFFECTIVE),
            cap.value if cap else None,
            life_margin(line.of(band.name), term, price.fee),
        )
        for line in price.lines
        for band in policy.lending_bands
        for term in price.terms_of(line)
    ]
    return pd.DataFrame(rows, columns=columns)


def caps_table(policy: Policy) -> pd.DataFrame:
    """What may not be gone beyond, in words, and who says so."""
    caps = policy.caps
    rows = [("amount of a loan", f"{caps.amount.value:,g}", caps.amount.source)] if caps.amount else []
    if rate := caps.all_in_rate:
        rows.append((f"all-in annual rate, {rate.convention}", f"{rate.value:.1%}", rate.source))
    rows += [(f"share of one {c.by} in all that is lent", f"{c.value:.0%}", c.source) for c in caps.concentration]
    return pd.DataFrame(rows, columns=["cap", "at_most", "source"])


def arms_table(policy: Policy) -> pd.DataFrame:
    """Who decides: `decides` says it in words of the champion, each challenger and each shadow.

    `share` is that of customers; a shadow has none of them, its decisions are only written down.
    """
    challengers = policy.arms.challengers if policy.arms else []
    rest = 1 - math.fsum(challenger.share for challenger in challengers)
    rows = [(CHAMPION, CHAMPION, rest, f"{rest:.0%} of customers", "", "")]
    rows += [
        ("challenger", c.name, c.share, f"{c.share:.0%} of customers", ", ".join(c.given), c.because)
        for c in challengers
    ]
    rows += [("shadow", s.name, 0.0, SHADOW, ", ".join(s.given), s.because) for s in policy.shadow]
    return pd.DataFrame(rows, columns=["arm", "name", "share", "decides", "own_sections", "because"])


def economics_table(policy: Policy) -> pd.DataFrame:
    """What a loan earns and loses, as the policy assumes it: each value in the unit beside it."""
    e = policy.economics
    rows = [
        ("loss given default", e.lgd, "share of the amount"),
        ("margin", e.margin, "per unit lent, over the loan's life"),
        ("funding cost", e.funding_cost, "per unit lent, over the loan's life"),
        ("cost per application", e.cost_per_application, "currency of the amounts"),
        ("cost per account", e.cost_per_account, "currency of the amounts"),
    ]
    return pd.DataFrame(rows, columns=["assumption", "value", "unit"])


def _condition(condition: Condition) -> str:
    """A condition as it is read aloud: levels by name, whole numbers without a point."""
    wanted = condition.value if isinstance(condition.value, list) else [condition.value]
    told = ", ".join(f"{value:.15g}" if isinstance(value, float) else str(value) for value in wanted)
    return f"{condition.variable} {condition.op} {told}"


def _end(number: float, word: str) -> str:
    return word if math.isinf(number) else f"{number:g}"


def _where(by: str, line: Line, lines: Sequence[Line]) -> str:
    """Which applications a line is for, in words."""
    if line.levels is not None:
        return f"{by}: {', '.join(line.levels)}"
    if line.lower is None or line.upper is None:
        return "every loan" if len(lines) == 1 else f"{by}: all others"
    if math.isinf(line.lower):
        return f"{by} below {line.upper:g}" if math.isfinite(line.upper) else f"any {by}"
    return f"{by} from {line.lower:g}" + ("" if math.isinf(line.upper) else f" to below {line.upper:g}")


def _span(hours: float) -> str:
    return f"{hours / 24:g} days" if hours % 24 == 0 else f"{hours:g} hours"
