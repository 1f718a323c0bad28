"""A sentence of a rule or a message is said in Chinese whole, or stays as it is written."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import riskbench.monitoring
from riskbench.report.language.opaque import cut
from riskbench.report.language.sentence import VOICES, as_read, in_chinese

SAID = [
    line
    for line in Path(__file__).with_name("live_sentences.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
ROOM = Path(riskbench.monitoring.__file__).parent
SPEAKING = sorted(
    [
        *(ROOM / "warning" / "kinds").glob("*.py"),
        *(ROOM / "warning" / name for name in ("rule.py", "look.py", "cohorts.py", "sentences.py")),
        *(ROOM / "watch" / name for name in ("watch.py", "setting_up.py", "standing.py", "logged_loans.py")),
        *(ROOM / "alerts" / name for name in ("alerts.py", "incident.py", "sending.py", "watchdog.py", "wording.py")),
        *(ROOM / "charts").glob("*.py"),
    ]
)
REFUSALS = {"ValueError", "CannotRun", "RefusedStep", "Fault", "broken", "compile"}  # what nobody is alerted of
UNSAID = re.compile(  # keys, names of charts, texts that stand in another
    r"EWMA, weight|risk-adjusted CUSUM|Laney's|p-chart|negative binomial|PSI above the null|bads against expectation"
    r"|limits by |the parts|the wholes|once in |'imghdr'|rule of the policy|; known are|; the study has none"
    r"|none, since alerts.toml|: the variable|seen only on the status page"
    r"|defines outcomes otherwise|segments are asked for|another baseline holds|the key of tokens is another"
    r"|made by another DuckDB|let one job look|log was replaced: its entry|clock was set back|is in use, and its run"
)
SLOT = "…"


def literals(path: Path) -> Iterator[str]:
    """The texts of more than a word that a file may say, holes as `SLOT`; without docstrings and refusals."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped = {id(node) for node in ast.walk(tree) for node in unheard(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else SLOT for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def unheard(node: ast.AST) -> Iterator[ast.AST]:
    """What below a node is no text of its own, or is never said to who is alerted."""
    for name in ("annotation", "returns"):
        yield from ast.walk(annotation) if (annotation := getattr(node, name, None)) else ()
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        formats = (
            part.format_spec for part in node.values if isinstance(part, ast.FormattedValue) and part.format_spec
        )
        yield from (inner for part in [*node.values, *formats] for inner in (part, *ast.iter_child_nodes(part)))
    elif (isinstance(node, ast.AnnAssign) and ast.unparse(node.target) in ("SEES", "FACT")) or (
        isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in REFUSALS
    ):
        yield from ast.walk(node)


def sought(literal: str) -> re.Pattern[str]:
    return re.compile(".*?".join(map(re.escape, literal.strip(" .,;:").split(SLOT))), re.IGNORECASE)


def templates() -> list[tuple[str, str]]:
    found = [(path.name, text) for path in SPEAKING for text in literals(path)]
    return [(name, text) for name, text in found if len(text.replace(SLOT, "").split()) > 1 and not UNSAID.search(text)]


@pytest.mark.parametrize(("file", "template"), templates())
def test_whatever_the_source_can_say_is_among_the_sentences(file, template):
    assert any(sought(template).search(said) for said in SAID), f"{file}: add a sentence to live_sentences.txt"


@pytest.mark.parametrize("text", SAID)
def test_every_sentence_has_its_chinese(text):
    assert in_chinese(text), "no catalogue knows it: live.po"


@pytest.mark.parametrize("text", SAID)
def test_a_sentence_loses_no_number(text):
    said = in_chinese(text) or ""
    for number in (piece for piece, opaque in cut(text) if opaque and re.fullmatch(r"[\d,.]+", piece)):
        assert number in said


def test_what_is_half_known_stays_as_it_is():
    assert in_chinese("feeds were not looked at. Ask Ann.") is None
    assert as_read("feeds were not looked at. Ask Ann.", "zh") == "feeds were not looked at. Ask Ann."


def test_english_is_said_as_it_is_written():
    assert as_read(SAID[0], "en") == SAID[0]
    assert set(VOICES) == {"zh"}


@pytest.mark.parametrize(
    "text", ["Job {1} last ended {9} ago", "Job <1>x</1> is late", "feeds were\u200b not looked at"]
)
def test_a_text_that_looks_like_a_placeholder_of_ours_stays_as_it_is(text):
    assert in_chinese(text) is None


@pytest.mark.parametrize("text", ["", "12", "…", "决策日志"])
def test_a_text_without_an_english_word_is_no_fault(text):
    assert as_read(text, "zh") == text


def test_the_words_of_a_fault_are_quoted_however_many_sentences_they_are():
    said = in_chinese(
        "Monitoring cannot see its log since 2026-03-01 10:20 UTC: it is gone. What to do: look. Then act"
    )
    assert (
        said == "监测自2026-03-01 10:20（UTC）起无法读取决策日志，原因（原文）：it is gone. What to do: look. Then act"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Job 夜间作业 last ended 7 hours ago", "作业夜间作业上次结束于7小时前"),
        (
            "ALARM opened: drift (channel=微信), 2026-03-02 12:00 UTC",
            "警报，新事件：drift (channel=微信)，2026-03-02 12:00（UTC）",
        ),
        ("请检查接收方。", "请检查接收方。"),
    ],
)
def test_a_name_in_chinese_stays_and_does_not_make_the_sentence_chinese(text, told):
    assert in_chinese(text) == told


def test_markup_in_what_is_quoted_is_text_and_not_read():
    said = in_chinese("Monitoring cannot see its log since 2026-03-01 10:20 UTC: <b>gone</b> &amp; lost")
    assert said == "监测自2026-03-01 10:20（UTC）起无法读取决策日志，原因（原文）：<b>gone</b> &amp; lost"
