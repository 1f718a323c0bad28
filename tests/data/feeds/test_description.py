import pytest

from riskbench.core.errors import StudyError
from riskbench.data.feeds.description import load_feeds
from riskbench.data.study import load_study


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('table = "reports"', 'table = "nothing"', r"feeds\.reports\.table: the study has no table 'nothing'"),
        ('table = "reports"', 'table = "paid"', r"feeds\.reports\.table: a feed is of a table of join latest, aggregate, one; paid has outcome"),
        ('key = ["who"]', 'key = ["whom"]', r"feeds\.reports\.key: column 'whom' must be declared in table reports"),
        ('event_at = "spoke"', 'event_at = "lines"', r"feeds\.reports\.event_at: column 'lines' must be a date or a timestamp"),
        ('event_at = "spoke"', 'event = "spoke"', r"feeds\.reports\.event: no such key is known here"),
        ("expected_every_hours = 24", "expected_every_hours = 0", r"feeds\.reports\.expected_every_hours: Input should be greater than 0"),
        ("schema_version = 1", "schema_version = 2", r"schema_version: Input should be 1"),
        ("schema_version = 1", "schema_version =", r"feeds\.toml is not valid TOML"),
        ('{ folder = "incoming/reports", pattern = "*" }', '{ url = "sqlite:///a", watermark = "w" }', "for a table or a query, one of them"),
        ('{ folder = "incoming/reports", pattern = "*" }', '{ fold = "a" }', r"feeds\.reports\.source.*fold: no such key is known"),
    ],
)  # fmt: skip
def test_what_a_feed_breaks_is_named_with_file_and_key(small, make_fed, feeds_text, old, new, rule):
    with pytest.raises(StudyError, match=rule) as refused:
        make_fed(small, feeds_text.replace(old, new, 1)).engine()
    assert "/feeds.toml" in str(refused.value)


def test_a_table_has_one_feed(small, make_fed, feeds_text):
    twice = feeds_text.replace("[feeds.account]", "[feeds.second]").replace('table = "account"', 'table = "reports"')
    with pytest.raises(StudyError, match="a table has one feed, got several for reports"):
        make_fed(small, twice).engine()


def test_every_committed_file_of_feeds_can_be_read(studies):
    from pathlib import Path

    files = sorted((Path(__file__).parents[3] / "data").glob("*/feeds.toml"))
    assert [list(load_feeds(load_study(file.with_name("study.toml")), file.parent)) for file in files] == [
        ["bureau", "payments"]
    ]
