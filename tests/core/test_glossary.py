"""The glossary is complete, says each thing once, and is kept to: by pages, by docs and by evidence ids."""

import ast
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from riskbench.core.glossary import Section, Term, column_formats, glossary

ROOT = Path(__file__).parents[2]
CORE = ROOT / "src" / "riskbench" / "core"
FILES = {"json", "sql"}  # formats, which everybody knows by these names


def notebook_cells(kind: str = "") -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        for cell in (cell for cell in cells if kind in ("", cell["cell_type"])):
            yield f"{path.name}, cell {cell['id']}", "".join(cell["source"])


def docs() -> Iterator[tuple[str, str]]:
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))):
        if path.name != "glossary.md":
            yield path.name, path.read_text("utf-8")


def threshold_sources() -> Iterator[tuple[str, str]]:
    for key, line in tomllib.loads((CORE / "thresholds.toml").read_text("utf-8"))["thresholds"].items():
        yield f"thresholds.toml, {key}", line["source"]


def told() -> Iterator[tuple[str, str]]:
    """Sentences that the package prints: texts between quotes of more than one word, docstrings aside.

    One file recognises how others name their columns, and so knows their words.
    """
    for path in sorted(set((ROOT / "src").rglob("*.py")) - {ROOT / "src/riskbench/data/drafting/vocabulary.py"}):
        tree = ast.parse(path.read_text("utf-8"))
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and " " in node.value
                and id(node) not in docstrings
            ):
                yield f"{path.name}, line {node.lineno}", node.value


def banned(text: str) -> list[str]:
    """The words of `text` that the glossary says otherwise, but for names of terms that hold one of them."""
    words = [word for term in glossary().values() for word in term.instead_of]
    for term in glossary().values():
        if any(word in term.name for word in words):
            text = re.sub(rf"{term.name}s?", "", text, flags=re.IGNORECASE)
    return [word for word in words if re.search(rf"\b{word}(s|es)?\b", " ".join(text.split()), re.IGNORECASE)]


@pytest.mark.parametrize("texts", [notebook_cells, docs, threshold_sources, told])
def test_nobody_uses_a_word_that_the_glossary_says_otherwise(texts):
    assert {where: found for where, text in texts() if (found := banned(text))} == {}


def test_a_ban_sees_plurals_and_capitals_and_spares_the_name_of_a_term():
    assert banned("Default\n rates fall") == ["default rate"]
    assert banned("the long-run average default rate") == []


def test_a_word_that_one_term_bans_is_the_name_of_no_other():
    names = {term.name.casefold() for term in glossary().values()}
    assert not names & {word.casefold() for term in glossary().values() for word in term.instead_of}


# --- evidence ids ------------------------------------------------------------------------------------------------


def statistics() -> dict[str, str]:
    """Every statistic that an evidence id names, by an id that names it: `subject.statistic` between quotes in code."""
    sources = [path.read_text("utf-8") for path in sorted((ROOT / "src").rglob("*.py"))]
    sources += [text for _, text in notebook_cells()]
    ids = re.compile(r"""(?:stage\.\w+|CheckResult|Check|evaluating)\(\s*f?["']([a-z_{}]+)\.([a-z0-9_{}]+)""")
    return {found[2]: found[0] for source in sources for found in ids.finditer(source)}


def abbreviations() -> set[str]:
    """Words that stand in capitals in sentences: AUC, PSI, WoE."""
    sentences = [text for _, text in notebook_cells("markdown")] + [term.name for term in glossary().values()]
    prose = [re.sub(r"`[^`]*`", "", text) for text in sentences]
    return {word.lower() for text in prose for word in re.findall(r"\b[A-Z][A-Za-z]?[A-Z0-9]+\b", text)}


def test_every_abbreviation_in_an_evidence_id_is_a_term():
    explained = {
        word.lower() for term in glossary().values() for word in (term.key, *re.findall(r"\((\w+)\)", term.name))
    }
    found = {part: id_ for name, id_ in statistics().items() for part in name.split("_") if part in abbreviations()}
    assert {"auc", "psi", "csi", "vif", "ks", "iv"} <= found.keys()
    assert {part: id_ for part, id_ in found.items() if part not in explained | FILES} == {}


# --- the file ----------------------------------------------------------------------------------------------------


def test_sections_stand_together_in_their_order():
    assert list(dict.fromkeys(term.section for term in glossary().values())) == list(get_args(Section))


def test_no_key_no_name_and_no_column_stands_twice():
    content = tomllib.loads((CORE / "glossary.toml").read_text("utf-8"))
    lines = [(key, line) for section in content.values() for key, line in section.items()]
    columns = [column for _, line in lines for column in line.get("columns", ())]
    for said in ([key for key, _ in lines], [line["name"] for _, line in lines], columns):
        assert [word for word, times in Counter(said).items() if times > 1] == []


def test_columns_have_a_format_and_a_format_has_columns():
    assert [term.key for term in glossary().values() if bool(term.columns) != bool(term.format)] == []
    assert column_formats()["woe"] == ".3f"


def test_a_formula_is_explained_and_an_explanation_is_of_a_formula():
    assert [term.key for term in glossary().values() if term.where and not term.formula] == []


def test_a_term_says_what_it_means_in_sentences():
    with pytest.raises(ValidationError, match="means"):
        Term(key="x", section="portfolio", name="x", means="no full stop")
