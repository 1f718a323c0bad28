"""Columns that arrive typed (Parquet, a query): brought to the few types that a study knows."""

import pyarrow as pa
import pyarrow.compute as pc

from riskbench.core.errors import DataError
from riskbench.data.reading.infer import Typed, infer_column, infinite_numbers
from riskbench.data.reading.tape import in_rows

LARGEST = pa.scalar(2**63 - 1, pa.uint64())


def settle_column(column: pa.ChunkedArray, name: str, file: str) -> Typed:
    """One column as string, int64, float64, bool or date32, keeping what it was where a study has a type for it.

    Raises `DataError` for a nested or otherwise unknown type and for infinite numbers.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return settle_column(pc.cast(column, kind.value_type), name, file)
    if pa.types.is_null(kind):
        return infer_column(pc.cast(column, pa.string()), name, file, as_text=True)
    if pa.types.is_boolean(kind):
        return Typed(_whole(column), "boolean", f"truth values in the source{_empty(column)}")
    if pa.types.is_integer(kind):
        return _integers(column, name, file)
    if pa.types.is_decimal(kind) and kind.scale <= 0 and _fits(column, pa.int64()):
        return Typed(_whole(pc.cast(column, pa.int64())), "integer", f"type {kind} in the source{_empty(column)}")
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _numbers(column, name, file)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _dates(column)
    if isinstance(kind, pa.UuidType):  # which pyarrow does not turn into text
        column = pa.chunked_array([[value and str(value) for value in column.to_pylist()]], pa.string())
        return infer_column(column, name, file, as_text=True)
    if pa.types.is_time(kind):
        return infer_column(pc.cast(column, pa.string()), name, file, as_text=True)
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    binary = pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    if text or (binary and _fits(column, pa.string())):
        return infer_column(pc.cast(column, pa.string()), name, file, as_text=True)
    raise DataError(
        f"a column must hold numbers, text, truth values or dates, its type is {kind}",
        file=file,
        column=name,
        remedy="leave it out, or turn it into columns of these types",
    )


def _integers(column: pa.ChunkedArray, name: str, file: str) -> Typed:
    if pa.types.is_uint64(column.type) and pc.any(pc.greater(column, LARGEST)).as_py():
        return infer_column(pc.cast(column, pa.string()), name, file, as_text=True)
    return Typed(_whole(pc.cast(column, pa.int64())), "integer", f"whole numbers in the source{_empty(column)}")


def _numbers(column: pa.ChunkedArray, name: str, file: str) -> Typed:
    numbers = _whole(pc.cast(column, pa.float64(), safe=False))
    infinite = pc.indices_nonzero(pc.fill_null(pc.is_inf(numbers), False))
    if len(infinite):
        raise infinite_numbers([row + 1 for row in infinite[:5].to_pylist()], name, file)
    numbers = pc.if_else(pc.is_nan(numbers), pa.scalar(None, pa.float64()), numbers)
    return Typed(numbers, "number", f"type {column.type} in the source{_empty(numbers)}")


def _dates(column: pa.ChunkedArray) -> Typed:
    how = f"type {column.type} in the source"
    if pa.types.is_timestamp(column.type):
        local = pc.local_timestamp(column) if column.type.tz else column
        how += f"; the time of day is dropped{f', the day is that of {column.type.tz}' if column.type.tz else ''}"
        column = pc.floor_temporal(local, unit="day")
    return Typed(_whole(pc.cast(column, pa.date32())), "date", how + _empty(column))


def _fits(column: pa.ChunkedArray, to: pa.DataType) -> bool:
    try:
        pc.cast(column, to)
    except pa.ArrowInvalid:
        return False
    return True


def _whole(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return pa.concat_arrays(whole.chunks) if isinstance(whole, pa.ChunkedArray) else whole


def _empty(column: pa.ChunkedArray | pa.Array) -> str:
    return f"; empty in {in_rows(column.null_count)}" if column.null_count else ""
