"""The aggregates of a fed table for one owner at one moment.

Plain ones are computed from the few rows at once (`few_rows.py`); where a table has others, all are asked of DuckDB by
the expression that training uses.
"""

import datetime as dt
import re
import threading
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskbench.data.feeds.ages import HOUR
from riskbench.data.few_rows import FewRows, is_plain, statistic_of
from riskbench.data.known import counted, pairs, summaries
from riskbench.data.study import Study
from riskbench.data.study.schema import TableSpec

DAY = 24 * HOUR  # in microseconds
LAST = dt.datetime(9999, 12, 31)
ROWS, MOMENT = "asked_rows_", "asked_moment_"


@dataclass(frozen=True)
class Asked:
    """Whose aggregates are asked for, and when: as asked, as rows must be seen before, and that in microseconds."""

    owner: Any
    application: str
    at: dt.datetime
    decided: dt.datetime
    moment: int


class LiveAggregates:
    """The rows of a table, by owner, and what is made of them."""

    def __init__(self, backend: Any, rows: pa.Table, study: Study, spec: TableSpec):
        self.spec, self._rows, self._backend = spec, rows, backend
        self._asking = threading.Lock()
        by_clock = study.by_clock(spec.columns[str(spec.known_at)])
        self._by_day = study.columns[str(study.as_of)].type == "date"
        self._unit = 1 if by_clock else DAY
        self._known_at = micros(rows["event_"]) // self._unit
        self._until = micros(pc.fill_null(rows["until_"], pa.scalar(LAST, pa.timestamp("us"))))
        self._through = rows["through_"] if spec.through else None
        self._read = sorted({aggregate.column for aggregate in spec.aggregates.values() if aggregate.column})
        self._query = None if all(map(is_plain, spec.aggregates.values())) else self._prepared(by_clock)

    def values(self, seen: np.ndarray, asked: Asked) -> tuple[dict[str, Any], np.ndarray]:
        """The aggregates of the rows at these places that are in force, and the places of those that take part."""
        moment = asked.moment // self._unit
        known = self._until[seen] >= asked.moment
        if self.spec.reach is not None:
            known &= self._known_at[seen] >= moment - self.spec.reach * (DAY // self._unit)
        places = seen[known]
        if self._through is not None:
            places = places[[self._through[int(place)].as_py() != asked.application for place in places]]
        if not len(places):
            return dict.fromkeys(self.spec.aggregates) | dict.fromkeys(counted(self.spec), 0), places
        if self._query is not None:
            return self._from_query(asked), places
        start, stop = int(places[0]), int(places[-1]) + 1
        cells = {column: self._rows[column].slice(start, stop - start).to_pylist() for column in self._read}
        columns = {column: [values[place - start] for place in places] for column, values in cells.items()}
        few = FewRows(columns, self._known_at[places], moment, DAY // self._unit)
        return {name: statistic_of(few, aggregate) for name, aggregate in self.spec.aggregates.items()}, places

    def _from_query(self, asked: Asked) -> dict[str, Any]:
        as_of = asked.at.date() if self._by_day else asked.at
        with self._asking:
            found = self._backend.con.execute(self._query, [asked.application, asked.owner, as_of, asked.decided])
            names, row = [column[0] for column in found.description], found.fetchone()
        return {name: value for name, value in zip(names, row, strict=True) if name != "application_"}

    def _prepared(self, by_clock: bool) -> str:
        """The query of an application, its owner, and the moment as the study has it and by the clock."""
        owner = str(self.spec.on)
        moment = pa.schema([
            ("application_", pa.string()), ("owner_", self._rows.schema.field(owner).type),
            ("as_of", pa.date32() if self._by_day else pa.timestamp("us")), ("at_", pa.timestamp("us")),
        ])  # fmt: skip
        rows = self._backend.create_table(ROWS, self._rows)  # by owner, so that DuckDB reads where they stand
        now = self._backend.create_table(MOMENT, moment.empty_table())
        kinds = dict(self._backend.raw_sql(f'select column_name, column_type from (describe "{MOMENT}")').fetchall())
        asked = [f'cast(${i + 1} as {kinds[name]}) as "{name}"' for i, name in enumerate(now.columns)]
        rows = rows.mutate(known_at_=rows.event_ if by_clock else rows.event_.cast("date"))
        decided = now.as_of if by_clock else now.as_of.cast("date")
        query = str(ibis.to_sql(summaries(pairs(now.mutate(moment_=decided), rows, self.spec), "live", self.spec)))
        owned = f'(select * from "{ROWS}" where "{owner}" = $2)'
        for name, instead in ((ROWS, owned), (MOMENT, f"(select {', '.join(asked)})")):
            query = re.sub(rf'(?:"\w+"\.)*"{name}"', instead.replace("\\", r"\\"), query)
        return query


def micros(column: pa.ChunkedArray) -> np.ndarray:
    """Timestamps as whole microseconds since 1970."""
    return np.asarray(pc.cast(column, pa.int64()))
