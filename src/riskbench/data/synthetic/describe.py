"""The portfolio's data dictionary as a table."""

import pandas as pd

from riskbench.data.synthetic.schema import TABLES


def describe() -> pd.DataFrame:
    """One row for each column of each table: `table`, `column`, `type`, `meaning`.

    >>> describe().query("table == 'macro'")["column"].tolist()
    ['month_end', 'unemployment', 'inflation', 'published_at']
    """
    rows = [
        (table, column.name, str(column.type), column.meaning)
        for table, columns in TABLES.items()
        for column in columns
    ]
    return pd.DataFrame(rows, columns=["table", "column", "type", "meaning"])
