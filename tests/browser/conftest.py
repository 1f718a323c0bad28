"""A browser, and a small dossier as a run would write it for the browser to read."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbformat import v4
from playwright.sync_api import Browser, sync_playwright

from riskbench.core.evidence import Evidence, Input, Table
from riskbench.core.files import write_text
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Threshold
from riskbench.governance.registry.records import (
    Condition,
    Finding,
    Review,
    RiskException,
    Step,
    Verification,
    Version,
)
from riskbench.governance.signing.signature import Signature
from riskbench.governance.standing import Standing
from riskbench.pipeline.account import Account
from riskbench.pipeline.dossier import pages_of
from riskbench.report import figures, tables
from riskbench.report.index_page import RunSummary
from riskbench.report.layout import Dossier, Page
from riskbench.report.prose import prose
from riskbench.report.stage_page import render_stage

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RUN = "microloan-2026-11-20-1f3a9c"
DOSSIER = Dossier(
    [
        Page("intake", "Intake"),
        Page("features", "Features", made=False),
        Page("scorecard", "Scorecard"),
        Page("challengers", "Challengers"),
        Page("policy", "Policy", made=False),
        Page("rejects", "Reject inference", made=False),
        Page("validation", "Validation", made=False),
        Page("fairness", "Fairness", made=False),
        Page("monitoring", "Monitoring", made=False),
        Page("governance", "Governance", made=False),
    ],
    run=RUN,
    synthetic=True,
)
HASH = "9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab"

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
DAY = dt.date(2027, 3, 31)
LONG = "and each month until three in a row have met the limit, the level is judged again before any use that is new."
STEP = Step(at=NOON, by="li", after="open", because="A check fails, and it is confirmed.")
VERSION = Version(
    model="microloan", number=3, run=RUN, manifest_sha256=HASH, registered=NOON, registered_by="li", state="approved",
    conditions=[Condition(text=f"New loans of up to {months} months only, {LONG}", due=DAY) for months in range(7, 13)],
    expires=DAY, replaces=2, history=[STEP],
)  # fmt: skip
STANDING = Standing(
    version=VERSION,
    versions=[VERSION],
    findings=[
        Finding(id="F-0001", model="microloan", version=3, title="Rounding errors are too large", severity="medium",
                severity_because="scores move by three points", owner="li", due=DAY, raised_by="wang", state="open",
                evidence="scorecard.card.points_error", history=[STEP])
    ],
    exceptions=[
        RiskException(id="E-0001", model="microloan", about="F-0001", because="The next card rounds otherwise.",
                      compensated_by="Applications near the cut-off are referred.", requested_by="li",
                      granted_by="wu", expires=DAY, state="granted")
    ],
    reviews=[Review(model="microloan", kind="annual", due=DAY, what="The whole model")],
    verifications=[
        Verification(run=RUN, manifest_sha256=HASH, by="wang", at=NOON, seconds=71, python="3.11.9", system="Linux",
                     files=61, figures=9)
    ],
    signatures=[
        Signature("li", "modeller", "development", RUN, HASH, NOON, "ab12" * 16, "cd34" * 16),
        Signature("wang", "validator", "validation", RUN, HASH, NOON, "ef56" * 16, "ab78" * 16),
        Signature("wu", "approver", "approval", RUN, HASH, NOON, "0a1b" * 16, "9c8d" * 16),
    ],
    ledger_head="5e6f" * 16,
)  # fmt: skip


def at_least(key: str, green: float, amber: float) -> Threshold:
    return Threshold(
        key=key, direction="at_least", green=green, amber=amber, basis="convention", source="Siddiqi (2017), ch. 6"
    )


def at_most(key: str, green: float, amber: float) -> Threshold:
    return Threshold(
        key=key, direction="at_most", green=green, amber=amber, basis="convention", source="Thomas (2009), ch. 2"
    )


def checks() -> list[CheckResult]:
    auc = at_least("auc", 0.70, 0.60)
    delong = {"level": 0.95, "method": "DeLong"}
    return [
        CheckResult("card.auc.development", "AUC, development", Estimate(0.7812, 0.7741, 0.7883, n=42118, **delong), auc),
        CheckResult("card.auc.test", "AUC, test", Estimate(0.7723, 0.7601, 0.7842, n=14037, **delong), auc),
        CheckResult(
            "card.sign_share",
            "Share of WoE coefficients with the expected sign",
            Estimate(11 / 12, n=12),
            at_least("sign", 1.0, 0.9),
            "%",
        ),
        CheckResult("card.points_error", "Largest rounding error of a score", Estimate(3.4, n=42118),
                    at_most("points", 1.5, 3.0), "points"),
        CheckResult("card.largest_p_value", "Largest p-value of a coefficient", Estimate(0.0312, n=12, method="Wald"),
                    at_most("p", 0.05, 0.10)),
        CheckResult("card.auc_thin_files", "AUC, thin credit files", Estimate.missing("83 cases, 4 of them bad: fewer than 100 bads"), auc),
    ]  # fmt: skip


def evidence() -> list[Evidence]:
    inputs = [Input(table="features", sha256=HASH)]
    made = [Evidence.of("scorecard", check, inputs=inputs, cell="checks") for check in checks()]
    gini = Estimate(0.5446, 0.5202, 0.5684, level=0.95, n=14037, method="2 AUC − 1")
    made.append(Evidence.of("scorecard", CheckResult("card.gini.test", "Gini, test", gini), inputs=inputs, cell="roc"))
    named = {e.id.removeprefix("scorecard.card."): e for e in made}
    sentence = prose(
        "The card separates good from bad on test data with an AUC of {auc.test} and every check but one of its "
        "rounding holds: the largest error of a score is {points_error:value}.",
        named,
    )
    common = {"stage": "scorecard", "inputs": inputs, "cell": "checks"}
    return [
        *made,
        Evidence(id="scorecard.page.conclusion", kind="text", title="Conclusion", value=sentence, **common),
        Evidence(
            id="scorecard.page.key_figures",
            kind="table",
            title="Key figures",
            value=Table(
                columns=["id"], rows=[[f"scorecard.card.{k}"] for k in ("auc.test", "gini.test", "points_error")]
            ),
            **common,
        ),
        Evidence(
            id="scorecard.income.bins",
            kind="table",
            title="Bins of monthly income",
            value=Table(
                columns=list(bins().columns),
                rows=[[x.item() if hasattr(x, "item") else x for x in row] for row in bins().itertuples(index=False)],
            ),
            **common,
        ),
    ]


def bins() -> pd.DataFrame:
    n = np.array([1204, 6318, 9877, 11250, 8411, 5058])
    bad = np.array([231, 811, 922, 698, 361, 140])
    rate = bad / n
    half = 1.96 * np.sqrt(rate * (1 - rate) / n)
    good = n - bad
    return pd.DataFrame(
        {
            "label": ["missing", "< 6,000", "6,000 to 9,000", "9,000 to 14,000", "14,000 to 22,000", "≥ 22,000"],
            "n": n,
            "share": n / n.sum(),
            "bad_rate": rate,
            "lower": rate - half,
            "upper": rate + half,
            "WoE": np.log((good / good.sum()) / (bad / bad.sum())),
            "points": [18, 26, 33, 41, 49, 57],
        }
    )


def points() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "feature": ["income", "income", "employment"],
            "bin": ["< 6,000", "≥ 6,000", "salaried"],
            "points": [26, 49, 53],
        }
    )


def calibration() -> pd.DataFrame:
    predicted = np.array([0.008, 0.016, 0.027, 0.042, 0.064, 0.098, 0.161])
    observed = np.array([0.009, 0.014, 0.029, 0.047, 0.061, 0.104, 0.158])
    half = np.array([0.004, 0.004, 0.005, 0.006, 0.008, 0.011, 0.018])
    return pd.DataFrame(
        {
            "label": list("ABCDEFG"),
            "predicted": predicted,
            "observed": observed,
            "lower": observed - half,
            "upper": observed + half,
        }
    )


def curves() -> pd.DataFrame:
    x = np.linspace(0, 1, 60)
    parts = [("champion, AUC 0.772", 3.2), ("boosting, AUC 0.781", 3.5), ("random forest, AUC 0.766", 3.0)]
    return pd.concat([pd.DataFrame({"series": name, "x": x, "y": x ** (1 / power)}) for name, power in parts])


def months() -> pd.DataFrame:
    at = [f"2025-{m:02d}" for m in range(1, 13)] + ["2026-01", "2026-02"]
    score = [0.01, 0.012, 0.011, 0.02, 0.018, 0.03, 0.045, 0.05, 0.07, 0.09, 0.12, 0.13, 0.15, 0.14]
    return pd.concat(
        [
            pd.DataFrame({"month": at, "series": "score", "value": score, "critical": 0.021}),
            pd.DataFrame({"month": at, "series": "income", "value": np.array(score) * 0.8 + 0.004, "critical": 0.021}),
        ]
    )


def scores() -> pd.DataFrame:
    at = np.arange(420, 760, 20)
    return pd.DataFrame(
        {
            "score": at,
            "good": np.exp(-(((at - 620) / 60) ** 2) / 2) * 1000,
            "bad": np.exp(-(((at - 545) / 55) ** 2) / 2) * 90,
        }
    )


def profit() -> pd.DataFrame:
    x = np.arange(480, 700, 5)
    y = 1.9 - ((x - 583) / 70) ** 2
    return pd.DataFrame({"cut_off": x, "profit": y, "lower": y - 0.25, "upper": y + 0.25})


def html(text: str) -> list[nbformat.NotebookNode]:
    return [v4.new_output("display_data", {"text/html": text, "text/plain": "<IPython.core.display.HTML object>"})]


def code(cell: str, source: str, outputs: list | None = None, tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    node = v4.new_code_cell(source, id=cell, execution_count=1, outputs=outputs or [])
    node.metadata["tags"] = list(tags)
    return node


def drawing(figure: object, alt: str, data: pd.DataFrame, caption: str, **formats: str) -> list[nbformat.NotebookNode]:
    return html(figures.figure_html(figure, alt, data, caption, formats=formats))


def scorecard_notebook() -> nbformat.NotebookNode:
    overall = 3163 / 42118
    rates = {"share": "%", "bad_rate": "%", "lower": "%", "upper": "%"}
    pd_rates = {"predicted": "%", "observed": "%", "lower": "%", "upper": "%"}
    forest = pd.DataFrame(
        {
            "label": ["all", "first loan", "repeat", "thin file"],
            "value": [0.772, 0.741, 0.793, np.nan],
            "lower": [0.760, 0.722, 0.779, np.nan],
            "upper": [0.784, 0.760, 0.807, np.nan],
        }
    )
    cells = [
        v4.new_markdown_cell(
            "# How the scorecard is built, and whether it separates good from bad\n\n"
            "Does a card of twelve characteristics rank applicants well enough to decide on? "
            "The credit committee reads the answer; validators perform it again.",
            id="title",
        ),
        code("parameters", 'study = "microloan"  # the portfolio described in data/<study>/study.toml\nrun = ""  # the run; empty for the draft\n'
             "max_bins = 8  # most bins of a characteristic\nmin_bin_share = 0.05  # least share of cases in a bin\n", tags=("parameters",)),
        code("injected", '# Parameters\nrun = "microloan-2026-11-20-1f3a9c"\nmax_bins = 6\n', tags=("injected-parameters",)),
        code("imports", "from riskbench.report import figures, tables\nfrom riskbench.report.prose import prose\nfrom riskbench.scorecard import Scorecard, WoeBinning\n"),
        v4.new_markdown_cell(
            "## Bins of a characteristic\n\nEach bin is replaced by its weight of evidence (WoE), after Siddiqi (2017):\n\n"
            r"$$\mathrm{WoE}_i = \ln\frac{g_i / \sum_j g_j}{b_i / \sum_j b_j}$$"
            "\n\nwhere $g_i$ and $b_i$ count goods and bads in bin $i$. A larger WoE is safer.",
            id="bins-why",
        ),
        code("bins", 'table = binning.table("income")\ntables.html_table(table, "Monthly income", formats=rates)  # shares as percent\n',
             html(tables.html_table(bins(), "Monthly income: bins on the development sample", formats=rates, note="Intervals at 95 %, Wilson."))),
        code("binplot", "figures.bin_plot(table, overall=0.0751)",
             drawing(figures.bin_plot(bins(), overall), "Bad rate falls from 19.2 % where income is missing to 2.8 % above 22,000.", bins(),
                     "The bad rate falls in every step of income; the interval is widest where income is missing.", **rates)),
        v4.new_markdown_cell("## Discrimination", id="roc-why"),
        code("roc", "figures.roc_plot(curves)",
             drawing(figures.roc_plot(curves()), "Three receiver operating curves that nearly coincide.", curves().iloc[::12],
                     "The champion and two challengers on test data.", x="%", y="%")),
        code("forest", "figures.interval_plot(segments)",
             drawing(figures.interval_plot(forest, ("limit 0.70", 0.70), title="AUC by segment"), "AUC by segment, all above 0.70.", forest,
                     "AUC by segment; thin files have too few bads to be judged.")),
        code("scores", "figures.distribution_plot(scores)",
             drawing(figures.distribution_plot(scores(), ("cut-off 580", 580)), "Goods centre on 620 points, bads on 545.", scores(),
                     "Scores of goods and bads on test data.")),
        v4.new_markdown_cell("## Calibration\n\nPredicted PD and what was observed, by grade.", id="calibration-why"),
        code("calibration", "figures.calibration_plot(grades)",
             drawing(figures.calibration_plot(calibration()), "Observed default rates lie on the diagonal within their intervals.", calibration(),
                     "Every interval holds the predicted PD.", **pd_rates)),
        code("logged", "figures.calibration_plot(grades, log=True)",
             drawing(figures.calibration_plot(calibration(), log=True), "The same on logarithmic axes.", calibration(), "The same on logarithmic axes.", **pd_rates)),
        v4.new_markdown_cell("## Stability and profit", id="months-why"),
        code("months", 'figures.months_plot(psi, {"watch 0.10": 0.10})',
             drawing(figures.months_plot(months(), {"watch 0.10": 0.10}, title="population stability index"), "The index rises from 0.01 to 0.15.", months(),
                     "Drift of the score and of income since development.")),
        code("profit", 'figures.curve_plot(profit, ("583 points", 583))',
             drawing(figures.curve_plot(profit(), ("583 points", 583), x="cut_off", y="profit", unit_y="million EUR"), "Profit peaks at 583 points.", profit(),
                     "Expected profit by cut-off, with interval.")),
        code("points", "tables.html_table(points)", html(tables.html_table(points(), "The card: points by feature and bin"))),
        code("noisy", "card.fit(X, y)", [v4.new_output("stream", name="stderr", text="converged after 7 iterations\n")]),
        v4.new_markdown_cell("## Checks", id="checks-why"),
        code("checks", "tables.checks_table(checks)", html(tables.checks_table(checks(), "Every check of this notebook"))),
    ]  # fmt: skip
    return v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python", "pygments_lexer": "ipython3"}})


def failed_notebook() -> nbformat.NotebookNode:
    error = v4.new_output(
        "error", ename="MemoryError", evalue="9.1 GiB asked for", traceback=["\x1b[31mTraceback\x1b[0m", "MemoryError"]
    )
    cells = [
        v4.new_markdown_cell("# Challengers\n\nIs there a better model?", id="title"),
        code("fit", "forest.fit(X, y)", [error]),
    ]
    return v4.new_notebook(cells=cells)


def summary() -> RunSummary:
    return RunSummary(
        study_name="microloan",
        study_title="Micro-loans to first-time and repeat borrowers",
        created=dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC),
        decisions=["Whether the scorecard of this run may decide applications for loans of up to 12 months."],
        facts=[
            ("Population", "Booked loans, first-time and repeat borrowers, decided January 2024 to June 2026"),
            ("Data", f"loans.parquet, 60,192 rows, SHA-256 {HASH}"),
        ],
        more=[("Limitations", "Outcomes of declined applications are unobserved.")],
        default_definition=["90 days past due on at least 20 EUR within 12 months of payout.", "Fraud is kept apart."],
        appendices=[("Drift report of Evidently", "appendix/evidently.html")],
        cached=["intake"],
    )


def write_dossier(folder: Path) -> Path:
    made = evidence()
    intake = v4.new_notebook(cells=[v4.new_markdown_cell("# What came in\n\nIs the loan tape complete?", id="title")])
    notebooks = {"intake": intake, "scorecard": scorecard_notebook(), "challengers": failed_notebook()}
    pages = {name: render_stage(notebook, name, DOSSIER, made) for name, notebook in notebooks.items()}
    for name, page in pages_of(Account(summary(), DOSSIER, made, STANDING)).items():
        write_text(folder / name, page)
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, "utf-8")
    return folder


@pytest.fixture(scope="session")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dossier(tmp_path_factory.mktemp("dossier"))


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()
