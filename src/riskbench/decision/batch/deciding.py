"""A table decided by a bundle: each step reads the one before, and nothing is computed until somebody asks for rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis
from ibis.expr.types import StringValue, Table, Value

from riskbench.core.errors import CannotRun, DataError
from riskbench.data.bulk import as_view, levels_of, picked, quoted
from riskbench.data.features.expressions import parsed
from riskbench.data.features.formulas import formula_column, with_formulas
from riskbench.decision.batch.inputs import lacking, typed
from riskbench.decision.bundle.bundle import OWN, Bundle
from riskbench.decision.bundle.parts import EngineeredInput
from riskbench.decision.meaning.arms import arm_column
from riskbench.decision.meaning.duckdb_columns import decided
from riskbench.decision.meaning.ibis_columns import ARM
from riskbench.decision.meaning.reads import AGE
from riskbench.decision.policy.arms import CHAMPION
from riskbench.decision.policy.policy import Policy
from riskbench.scorecard.expressions import bins_of, reason_column, scored
from riskbench.scorecard.reason_texts import Language

KEPT = "kept:"  # before the names of columns that go along
PRICES = ("rate", "all_in_rate")  # NaN where there is none, and NULL in a file: NaN would spoil every mean
CUSTOMER = "customer:"  # the column by which arms are drawn, on its way


@dataclass(frozen=True)
class Asked:
    """What comes out beside the decision.

    `keep`: columns of the table that go along. `key`: the column that names an application, where it is not called as
    in the study. `reasons`: how many features that cost most points are told, in
    `language`; without one by their names alone. `ages`: hours by source, None where unknown, for sources that the
    table has no column of. `text`: all columns are text, as in a CSV.
    """

    keep: tuple[str, ...] = ()
    key: str = ""
    reasons: int = 4
    language: Language | None = "en"
    ages: Mapping[str, float | None] = field(default_factory=dict)
    text: bool = False


def decide_table(bundle: Bundle, table: Table, asked: Asked | None = None) -> Table:
    """Every row of `table` decided by `bundle`: its key, what is kept, and the decision.

    Columns: the key, those of `keep`, `action`, `band`, `rule`, `amount` (lent), `unknown`, `hits`, `alerts`, with a
    price `rate` and `all_in_rate`; of a policy with arms or shadows `arm` and what each shadow says; `score`, `pd`;
    `reason` (of what decided, in the
    language) and `reason_1` and on.

    Raises `DataError` where a column is absent or of another type, `CannotRun` where `keep` names one of the above.
    """
    asked = asked or Asked()
    inputs = bundle.inputs
    lacking(table, required(bundle, asked))
    known = {column.name: typed(column, table, asked.text) for column in inputs.columns}
    kept = {KEPT + name: table[name] for name in dict.fromkeys([*filter(None, [asked.key or inputs.key]), *asked.keep])}
    made = {of.name: _handed_over(of, table) for of in inputs.engineered if of.name in table.columns}
    if bundle.credit_policy.arms:
        known[CUSTOMER] = table[inputs.customer]
    complete = _with_engineered(bundle, table.select(**kept, **known, **made, **_ages(bundle, table, asked)).view())
    read = scored(bundle.scorecard, complete, asked.reasons)
    if inputs.amount and inputs.amount != "amount":
        read = read.mutate(amount=read[inputs.amount])
    reasons = [name for name in read.columns if name in {reason_column(rank) for rank in range(asked.reasons)}]
    try:
        out = _decided(bundle.effective_policy, read.view(), [*kept, *OWN, *reasons])
    except ValueError as error:
        raise DataError(str(error).rstrip("."), remedy="hand it over as the bundle's inputs say") from None
    return _told(bundle, out, asked, list(kept), reasons)


def required(bundle: Bundle, asked: Asked) -> dict[str, str]:
    """All columns that a table must have, and what for."""
    inputs = bundle.inputs
    key = asked.key or inputs.key
    of = {key: "the key of an application"} if key else {}
    of |= {column.name: "inputs of the card and the policy" for column in inputs.columns}
    if bundle.credit_policy.arms:
        of |= {inputs.customer: "the customer by whom arms are drawn"}
    return of | dict.fromkeys(asked.keep, "those to be kept")


def _decided(policy: Policy, read: Table, keep: list[str]) -> Table:
    if not (policy.arms or policy.shadow):
        return decided(policy, read, keep)
    arm = arm_column(policy, read[CUSTOMER]) if policy.arms else ibis.literal(CHAMPION)
    return decided(policy, read, keep, arm=arm)


def _ages(bundle: Bundle, table: Table, asked: Asked) -> dict[str, Value]:
    if unknown := sorted(asked.ages.keys() - set(bundle.inputs.sources)):
        known = ", ".join(bundle.inputs.sources) or "none"
        raise CannotRun(f"the policy asks for the age of {known}, and an age of {', '.join(unknown)} was given")
    if twice := sorted(source for source in asked.ages if AGE + source in table.columns):
        raise CannotRun(f"the table has a column {AGE}{twice[0]}, and an age was given for all rows as well")
    found: dict[str, Value] = {}
    for source in bundle.inputs.sources:
        if source in asked.ages:
            hours = asked.ages[source]
            found[AGE + source] = ibis.null("float64") if hours is None else ibis.literal(float(hours), "float64")
        elif AGE + source in table.columns:
            column = table[AGE + source]
            found[AGE + source] = column.nullif("").cast("float64") if isinstance(column, StringValue) else column
        else:
            remedy = f"hand over a column {AGE}{source}, or --ages {source}=HOURS for all rows, or {source}=unknown"
            raise DataError(f"the policy asks how old the data of {source} are, which is not told", remedy=remedy)
    return found


def _handed_over(of: EngineeredInput, table: Table) -> Value:
    """An engineered feature that the table has already is taken as it is."""
    column = table[of.name]
    fits = column.type().is_numeric() if of.type == "number" else column.type().is_string()
    if not fits:
        told = f"the engineered feature is a {of.type}, and it is of type {column.type()}"
        raise DataError(told, column=of.name, remedy="leave it out: the bundle computes it")
    return column.cast("float64") if of.type == "number" else column


def _with_engineered(bundle: Bundle, table: Table) -> Table:
    """The engineered features that are not there yet; infinite values become missing, truth becomes text."""
    lacks = [of for of in bundle.inputs.engineered if of.name not in table.columns]
    if not lacks:
        return table
    computed = with_formulas(table, [parsed(of.name, of.formula) for of in lacks], "inputs_")
    columns = {of.name: _in_one_form(computed[formula_column(at)]) for at, of in enumerate(lacks)}
    return computed.mutate(**columns).drop(*(formula_column(at) for at in range(len(lacks)))).view()


def _in_one_form(column: Value) -> Value:
    kind = column.type()
    if kind.is_boolean():
        return ibis.cases((column, "yes"), (~column, "no"), else_=ibis.null("string"))
    if kind.is_numeric():
        double = column.cast("float64")
        return (double.isnan() | double.isinf()).ifelse(ibis.null("float64"), double)
    return column


def _told(bundle: Bundle, out: Table, asked: Asked, kept: list[str], reasons: list[str]) -> Table:
    """The columns by the names that a reader knows, and the reasons in words."""
    own = [name for name in out.columns if name not in {*kept, *OWN, *reasons}]
    names = {name.removeprefix(KEPT): quoted(name) for name in kept}
    found = {name: quoted(name) for name in [*own, *OWN]}
    found |= {name: f"nullif({found[name]}, 'nan'::DOUBLE)" for name in PRICES if name in found}
    if asked.language is not None:
        found["reason"] = _reason(bundle, out, asked.language)
    texts = [_of_bin(bundle, *at, asked.language) for at in bins_of(bundle.scorecard)]
    found |= {name: picked(quoted(name), texts) for name in reasons}
    if twice := sorted(names.keys() & found.keys()):
        told = f"a decision has columns of that name itself: {', '.join(twice)}"
        raise CannotRun(f"{told}. What to do: keep them under other names, or leave them out")
    columns = ", ".join(f"{value} AS {quoted(name)}" for name, value in {**names, **found}.items())
    return as_view(out, lambda source: f"SELECT {columns} FROM {source}")


def _reason(bundle: Bundle, out: Table, language: Language) -> str:
    """What is said of what decided: the band's words where `rule` is empty, the arm's own where it has them."""
    said, levels = bundle.reasons, levels_of(out)
    of_band = [getattr(said.bands[band], language) if band in said.bands else "" for band in levels["band"]]
    of_rule = []
    for arm in levels.get(ARM, [CHAMPION]):
        told = {rule.rule: rule for rule in (*said.rules, *said.alternatives.get(arm, ()))}
        for rule in levels["rule"]:
            held = getattr(told[rule].held, language) if rule in told else ""
            missing = getattr(told[rule].missing or told[rule].held, language) if rule in told else ""
            of_rule += [held, missing]
    arm = f"enum_code({quoted(ARM)})" if ARM in levels else "0"
    place = f"(({arm}::INTEGER * {len(levels['rule'])} + enum_code(rule)) * 2 + unknown::INTEGER)"
    known = [*of_band, *of_rule]
    by_band, by_rule = picked("enum_code(band)", of_band, known), picked(place, of_rule, known)
    return f"CASE WHEN rule = '' THEN {by_band} ELSE {by_rule} END"


def _of_bin(bundle: Bundle, feature: str, position: int, language: Language | None) -> str:
    if language is None:
        return feature
    told = next(of for of in bundle.reasons.features if of.feature == feature)
    return getattr(told.bins[position], language)
