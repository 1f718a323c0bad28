"""One re-performance as a page that stands alone: does the run hold, what was compared, and what differs."""

from collections.abc import Mapping, Sequence
from html import escape

from riskbench.governance.registry.records import Verification
from riskbench.report.comparison_page import DifferenceRow, difference_table
from riskbench.report.layout import render_alone
from riskbench.report.tables import Column, table

HOW: Mapping[str, tuple[str, str]] = {  # by kind of evidence: its name, and how it is compared
    "estimate": ("Estimates", "counts exactly, floats within the tolerance that the evidence states"),
    "check": ("Checks", "the same, and limit and status exactly"),
    "table": ("Tables", "cell by cell, in the same way"),
    "text": ("Texts", "exactly"),
}


def conclusion(v: Verification) -> str:
    """The answer in one sentence."""
    if v.holds:
        return f"This run holds: all {v.files:,} files are what the manifest says, and all {v.figures:,} figures match."
    files, figures = len(v.broken), len(v.differing)
    found = []
    if files:
        found.append(
            "1 file is not what it should be" if files == 1 else f"{files:,} files are not what they should be"
        )
    if figures:
        found.append("1 figure differs" if figures == 1 else f"{figures:,} differences were found in its figures")
    if found:
        return f"This run does not hold: {' and '.join(found)}."
    return f"All {v.files:,} files are what the manifest says. Nothing was performed again."


def compared_rows(v: Verification) -> list[tuple[str, str, str, str]]:
    """What was compared, how many, how, and what was found: the rows of the table on screen and page."""
    stray = f"{len(v.broken)} not" if v.broken else "as the manifest says"
    rows = [("Files", f"{v.files:,}", "every byte, by its hash", stray)]
    for kind, count in v.compared.items():
        name, how = HOW[kind]
        rows.append((name, f"{count:,}", how, "match" if not v.differing else "see the differences"))
    if v.pages:
        pages = sum(file.endswith(".html") and "/" not in file for file in v.broken)
        found = f"{pages} not equal" if pages else "equal"
        rows.append(("Pages", f"{v.pages:,}", "rendered again, every byte", found))
    return rows


def render_verification(v: Verification, rows: Sequence[DifferenceRow], signed: Sequence[str]) -> str:
    """The page of a re-performance, the answer first. `signed` says in sentences who has signed the run."""
    cells = zip(*compared_rows(v), strict=True)
    headings = ("compared", "how many", "how", "found")
    columns = [
        Column(heading, [escape(cell, quote=False) for cell in column], numeric=heading == "how many")
        for heading, column in zip(headings, cells, strict=True)
    ]
    performed = f"{v.seconds:.0f} s" if v.seconds >= 1 else "under 1 s"
    return render_alone(
        "verification.html.j2",
        title=f"Re-performance of {v.run}",
        running=v.run,
        at=f"{v.at.day} {v.at:%B %Y, %H:%M} UTC",
        conclusion=conclusion(v),
        strip=[
            ("Files", f"{v.files:,}", "hashed" if not v.broken else f"{len(v.broken)} not what they should be"),
            ("Figures compared", f"{v.figures:,}", f"{len(v.differing):,} differences"),
            ("Time", performed, "on one computer"),
        ],
        broken=_broken(v.broken) if v.broken else "",
        differences=difference_table(rows, "Figures that differ, the largest first", ("run", "again")) if rows else "",
        compared=table(columns, "What was compared"),
        facts=[
            ("Performed by", v.by),
            ("Run", v.run),
            ("Manifest", f"SHA-256 {v.manifest_sha256}"),
            ("Computer", f"Python {v.python} on {v.system}"),
        ],
        signed=signed,
    )


def _broken(broken: Mapping[str, str]) -> str:
    return table(
        [
            Column("file", [escape(file, quote=False) for file in broken]),
            Column("what is wrong with it", [escape(problem, quote=False) for problem in broken.values()]),
        ],
        "Files that are not what they should be",
    )
