"""Many small parts of a feed as one: the same rows, so the same answer as of every moment."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from riskbench.data.feeds.description import Feed
from riskbench.data.feeds.store import PARTS, FeedStore, Line, utc_now


def compact(name: str, feed: Feed, folder: Path) -> int:
    """Put the parts of a feed together; how many there were, 0 where there was nothing to do.

    Replaced parts are removed a day later, so that whoever reads them can go on; those that a run has pinned stay.
    """
    with FeedStore(folder, name).writing() as writing:
        parts = writing.state.parts
        if len(parts) < 2:
            return 0
        tables = [pq.read_table(writing.store.folder / PARTS / f"{part}.parquet") for part in parts]
        order = [(column, "ascending") for column in (*feed.key, "event_", "arrived_", "content_")]
        whole = pa.concat_tables(tables).sort_by(order)
        writing.add(
            Line(
                "compaction",
                utc_now().isoformat(),
                f"{len(parts)} parts",
                part=writing.keep(whole, PARTS),
                replaces=parts,
            )
        )
        return len(parts)
