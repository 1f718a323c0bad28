import base64
import hashlib
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as encryption
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.privacy.identifiers import LARGEST_BODY, SMALLEST_BODY, make_national_ids
from riskbench.privacy.scan import scan_folder, scan_text

ID, OTHER = "33392005961", str(*make_national_ids(np.array([5555555555])))
PHONE = "+999712345678"


def kinds(text):
    return [finding.kind for finding in scan_text(text)]


@given(st.integers(SMALLEST_BODY, LARGEST_BODY), st.sampled_from(["{}", "a {}.", '"{}"', "1,{},2", "<td>{}</td>", "id_{}_x", "{}.0"]))  # fmt: skip
def test_a_national_id_is_found_wherever_it_stands_alone(body, place):
    assert kinds(place.format(*make_national_ids(np.array([body])))) == ["national_id"]


@pytest.mark.parametrize("text", [PHONE, "call +999 712 345 678!", "+999-712-345-678,"])
def test_phone_numbers_are_found_in_their_usual_writings(text):
    assert kinds(text) == ["phone"]


@pytest.mark.parametrize("text", ["ana@example.org", "<a.b+c@mail.example.co>", "mailto:x_y@example.com?subject"])
def test_e_mail_addresses_are_found(text):
    assert kinds(text) == ["email"]


@pytest.mark.parametrize(
    "text",
    [
        f"0.{ID}",
        f"{ID}.25",
        f"a{ID}",
        f"{ID}e",
        f"{ID}1",
        "2025-12-31T23:59:59.12345678903",
        "1767139200000",
        "33392005962",
        "+998712345678",
        "package@1.2.3.min",
        "X @ beta",
        "@media print",
    ],
)
def test_hashes_floats_timestamps_and_versions_raise_no_alarm(text):
    assert kinds(text) == []


@given(st.binary(max_size=64))
def test_no_sha256_raises_an_alarm(content):
    assert kinds(hashlib.sha256(content).hexdigest()) == []


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_no_float_of_a_result_raises_an_alarm(value):
    assert kinds(f'{{"value": {value!r}}}') == []


def test_a_finding_counts_distinct_values_and_never_shows_one():
    (finding,) = scan_text(f"{ID} {OTHER} {ID}")
    assert finding.count == 2
    assert ID not in repr(finding)
    assert OTHER not in repr(finding)


def test_a_folder_is_read_file_by_file_with_names_and_archives(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "index.html").write_text(f"<td>{ID}</td>", "utf-8")
    (tmp_path / "sub" / f"customer_{ID}.json").write_text("{}", "utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0" + ID.encode())
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.writestr("a.py", f"x = '{PHONE}'")
    found = [(finding.file, finding.kind) for finding in scan_folder(tmp_path)]
    assert found[:2] == [("code.zip!a.py", "phone"), ("index.html", "national_id")]
    assert found[2] == ("sub/customer_33*******61.json (its name)", "national_id")


def test_parquet_is_read_column_by_column_in_strings_and_numbers(tmp_path):
    ids = make_national_ids(np.arange(10**9, 10**9 + 50))
    frame = pd.DataFrame({"text": ids.astype(str), "whole": ids, "real": ids.astype(float), "month": [202301] * 50})
    frame.loc[0, "real"] = np.nan
    frame.to_parquet(tmp_path / "table.parquet")
    found = {finding.file: finding.count for finding in scan_folder(tmp_path)}
    assert found == {"table.parquet:text": 50, "table.parquet:whole": 50, "table.parquet:real": 49}


def test_a_number_column_where_a_tenth_passes_by_chance_raises_no_alarm(tmp_path):
    amounts = np.random.default_rng(1).integers(10**10, 10**11, 1000)
    pd.DataFrame({"nanoseconds": amounts}).to_parquet(tmp_path / "table.parquet")
    assert scan_folder(tmp_path) == []


class KeptKeys(encryption.KmsClient):
    """A key store that wraps a key by writing it down: enough to make an encrypted file."""

    def __init__(self, _connection):
        super().__init__()

    def wrap_key(self, key, _name):
        return base64.b64encode(key)


def test_an_encrypted_column_is_left_alone_and_the_clear_ones_beside_it_are_read(tmp_path):
    table = pa.table({"national_id": [ID], "note": ["ana@example.org"]})
    rule = encryption.EncryptionConfiguration("footer", column_keys={"pii": ["national_id"]}, plaintext_footer=True)
    properties = encryption.CryptoFactory(KeptKeys).file_encryption_properties(encryption.KmsConnectionConfig(), rule)
    with pq.ParquetWriter(tmp_path / "a.parquet", table.schema, encryption_properties=properties) as writer:
        writer.write_table(table)
    assert [finding.file for finding in scan_folder(tmp_path)] == ["a.parquet:note"]


def test_a_clean_folder_has_no_findings_and_a_missing_one_is_an_error(tmp_path):
    (tmp_path / "a.txt").write_text("AUC 0.74", "utf-8")
    assert scan_folder(tmp_path) == []
    with pytest.raises(FileNotFoundError, match="the folder to scan must exist"):
        scan_folder(tmp_path / "absent")
