"""A table as read: equal tables are written as equal bytes."""

import pyarrow as pa
import pyarrow.parquet as pq

from riskbench.data.reading import Tape, write_tape


def test_equal_tables_give_equal_bytes_however_they_were_put_together(read, tmp_path):
    tape = read("a,b\n1,x\n2,y\n")
    pieces = pa.concat_tables([tape.table.slice(0, 1), tape.table.slice(1)]).replace_schema_metadata({"k": "v"})
    write_tape(tape, tmp_path / "one.parquet")
    write_tape(Tape(pieces, tape.columns, ()), tmp_path / "two.parquet")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()
    assert pq.read_table(tmp_path / "one.parquet").equals(tape.table)
