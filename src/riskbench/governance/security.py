"""How a run is protected: its sources and their lawful basis, levels of protection, protected attributes, the scan."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from riskbench.core.evidence import Evidence
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.study import Study
from riskbench.data.study.schema import Role
from riskbench.governance.citing import listed, matching
from riskbench.governance.model_card_file import ModelCardFile
from riskbench.privacy.scan import scan_folder

# The house scale, 4 the most protected. A run is protected as its most protected column.
LEVELS: dict[Role, int] = {
    "identifier": 4,
    "protected": 3,
    "outcome": 3,
    "feature": 3,
    "price": 3,
    "leakage": 3,
    "context": 2,
    "key": 2,
    "date": 2,
}
CLASSES = {
    4: "C3",
    3: "C2",
    2: "C1",
}  # the classes of JR/T 0171 that JR/T 0197 maps to these levels, by a summary of it
IN_THE_RUN: dict[Role, str] = {  # in which form a run holds columns of a role; of the others it holds the values
    "identifier": "no",
    "leakage": "no",
    "key": "as pseudonym",
    "protected": "as groups",
    "date": "as month; by the day where a feature is computed from it",
    "outcome": "as label",
}
PROTECTED = "protected.parquet"  # the table of groups
# the stage that writes it, those that search for bias, and those that hold cut-offs and months to a limit on disparity
MAY_READ = ("intake", "simulation", "fairness", "alternatives", "warnings")


def sources(study: Study) -> pd.DataFrame:
    """One row a table: owner, purpose, lawful basis, cost per application."""
    rows = [(name, t.file, t.owner, t.purpose, t.lawful_basis, t.cost) for name, t in study.tables.items()]
    return pd.DataFrame(rows, columns=["table", "file", "owner", "purpose", "lawful_basis", "cost"])


def levels(study: Study) -> pd.DataFrame:
    """One row a role: `level, jrt_class, role, columns, fields` (their names) and in which form they are in the run.

    Every field of the study stands in exactly one row, so that each has a level of its own.
    """
    fields: dict[Role, list[str]] = {role: [] for role in LEVELS}
    for table in study.tables.values():
        for name, column in table.columns.items():
            fields[column.role].append(name)
    rows = [
        (level, CLASSES[level], role, len(fields[role]), _names(fields[role]), IN_THE_RUN.get(role, "yes"))
        for role, level in LEVELS.items()
    ]
    return pd.DataFrame(rows, columns=["level", "jrt_class", "role", "columns", "fields", "in_the_run"])


def run_level(table: pd.DataFrame) -> Estimate:
    """The level of the run: the largest among the fields that it holds, whatever their form."""
    held = table.loc[(table["in_the_run"] != "no") & (table["columns"] > 0), "level"]
    if held.empty:
        return Estimate.missing("the study has no column")
    return Estimate(int(held.max()), n=int(table["columns"].sum()), method="the largest level of a field in the run")


def protected_use(study: Study, evidence: Mapping[str, Evidence], file: ModelCardFile) -> pd.DataFrame:
    """Each protected attribute: what it is, why it is here, which stages read it, and who deletes it when."""
    why = "to test fairness; enters no model"
    read_by, deletion = ", ".join(readers(evidence)), file.told("retention.protected_attributes")
    rows = [(name, f.description, why, read_by, deletion) for name, f in study.protected.items()]
    return pd.DataFrame(rows, columns=["attribute", "description", "need", "read_by", "access_and_deletion"])


def readers(evidence: Mapping[str, Evidence]) -> list[str]:
    """The stages whose evidence names the table of groups among its inputs, as the run itself has written it down."""
    return list(dict.fromkeys(e.stage for e in evidence.values() if any(i.table == PROTECTED for i in e.inputs)))


def protected_check(study: Study, evidence: Mapping[str, Evidence], thresholds: Thresholds) -> CheckResult:
    """`protected.other_readers`: stages that read the groups and have no disparity to measure."""
    others = [stage for stage in readers(evidence) if stage not in MAY_READ]
    found = Estimate(len(others), n=len(study.protected), method="inputs of the evidence of every stage")
    limit = thresholds["governance.protected_readers"]
    return CheckResult("protected.other_readers", "Stages that read protected groups without need", found, limit)


def impact(evidence: Mapping[str, Evidence], file: ModelCardFile) -> pd.DataFrame:
    """The four parts of an impact assessment: `part, written` by people, and the `evidence` of this run beside it."""
    rows = [
        (part, file.told(place), listed([e.id for pattern in patterns for e in matching(evidence, pattern)]))
        for part, place, patterns in IMPACT
    ]
    return pd.DataFrame(rows, columns=["part", "written", "evidence"])


def retention(file: ModelCardFile) -> pd.DataFrame:
    """What is kept, the least that a rule asks for, and what people have decided."""
    rows = [(what, least, file.told(place)) for what, least, place in RETENTION]
    return pd.DataFrame(rows, columns=["what", "at_least", "decided"])


def scan_run(folder: Path) -> pd.DataFrame:
    """Direct identifiers in the files of a run: `file, kind, count` and a masked `example`, one row a file and kind."""
    found = [(f.file, f.kind, f.count, f.example) for f in scan_folder(folder)]
    return pd.DataFrame(found, columns=["file", "kind", "count", "example"])


def identifiers_check(found: pd.DataFrame, thresholds: Thresholds) -> CheckResult:
    """`identifiers.found`: the number of identifiers that `scan_run` found, of which there must be none."""
    estimate = Estimate(int(found["count"].sum()), method="search of every file of the run")
    limit = thresholds["privacy.identifiers_found"]
    return CheckResult("identifiers.found", "Direct identifiers in the files of the run", estimate, limit)


def _names(fields: list[str]) -> str:
    return ", ".join(dict.fromkeys(fields)) or "none"


EXECUTIONS = (
    "The manifest of this run, written when all stages have ended, holds of every stage the parameters, the seed and "
    "whether it was executed or taken from an earlier run; of the run the hashes of data, notebooks, code and lock, "
    "and the environment; and of every file of the run its hash. Who ran it, and who approved it, is in the registry."
)
IMPACT = (  # GDPR Art. 35(7)(a) to (d); PIPL Art. 55 and 56 ask for purpose and necessity, effects, measures
    ("description of the processing and its purposes", "impact.description", ("intake.outcome.definition",)),
    ("necessity and proportion", "impact.necessity", ("features.dimensions.worth", "features.candidates.dictionary")),
    ("risks to people", "impact.risks", ("fairness.groups.lowest_ratio*", "governance.checks.by_theme")),
    ("measures", "impact.measures", ("governance.conditions.proposed", "governance.monitoring.plan")),
)
RETENTION = (
    ("documents of the model", "10 years (AI Act, Art. 18)", "retention.documents"),
    ("logs", "6 months (AI Act, Art. 26(6)); impact assessments 3 years (PIPL, Art. 56)", "retention.logs"),
    ("personal data", "no longer than the purpose needs them (GDPR, Art. 5(1)(e))", "retention.personal_data"),
    ("protected attributes", "until the bias is corrected (AI Act, Art. 10(5)(e))", "retention.protected_attributes"),
)
