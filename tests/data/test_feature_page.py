import tomllib
from pathlib import Path

from riskbench.data.feature_page import main, page
from riskbench.data.features import FUNCTIONS
from riskbench.data.study import Study

COMMITTED = Path(__file__).parents[2] / "docs" / "features.md"


def test_the_committed_page_is_what_the_docstrings_say():
    rule = "a docstring changed: run `python -m riskbench.data.feature_page docs/features.md` and commit the page"
    assert COMMITTED.read_text("utf-8") == page(), rule


def test_the_page_is_written_where_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["page", str(tmp_path / "features.md")])
    main()
    assert (tmp_path / "features.md").read_text("utf-8") == page()


def test_every_function_has_one_heading_and_its_example_without_what_it_needs_to_run():
    text = page()
    assert [line for line in text.splitlines() if line.startswith("### ")] == [
        f"### `{function.call}`" for function in FUNCTIONS.values()
    ]
    assert "import" not in text.split("```python")[1]


def test_the_aggregates_that_the_page_shows_are_valid(small):
    example = page().split("```toml")[-1].split("```")[0]
    shown = tomllib.loads(example)
    aggregates = shown["tables"]["payments"]["aggregates"]
    small.content["tables"]["account"] |= {"aggregates": aggregates, "within_days": None}
    small.content["tables"]["account"]["columns"] |= {
        name: {"role": "feature", "type": "number", "description": "d"} for name in ("days_late",)
    }
    for aggregate in aggregates.values():
        if "column" in aggregate:
            aggregate["column"] = "value"
    small.content["features"] = shown["features"]
    assert isinstance(small.study(), Study)
