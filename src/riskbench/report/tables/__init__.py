"""Tables that a screen reader, a printer and a phone can read: caption, scopes, units in the header, aligned."""

from riskbench.report.tables.checks import checks_table
from riskbench.report.tables.frames import html_table
from riskbench.report.tables.markup import Column, stacked, table

__all__ = ["Column", "checks_table", "html_table", "stacked", "table"]
