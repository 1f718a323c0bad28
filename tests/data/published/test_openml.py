import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd
import pytest
from sklearn.datasets import _openml

from riskbench.core.errors import CannotRun, DataError
from riskbench.data.published.catalogue import PUBLIC, PublicData
from riskbench.data.published.openml import fetch_openml


class Archive(BaseHTTPRequestHandler):
    """The four answers that scikit-learn asks OpenML for; data set 7 is the tiny one, every other is unknown."""

    table = pd.DataFrame({"x1": [50, 20, 90], "y": [0, 1, 0]})

    def do_GET(self) -> None:
        arff = self.arff().encode()
        address = f"http://127.0.0.1:{self.server.server_address[1]}/data/v1/download/1/tiny.arff"
        description = {
            "id": "7",
            "name": "tiny",
            "version": "1",
            "status": "active",
            "format": "ARFF",
            "file_id": "1",
            "description": "",
        }
        description |= {"url": address, "md5_checksum": hashlib.md5(arff).hexdigest(), "default_target_attribute": "y"}
        flags = {"is_ignore": "false", "is_row_identifier": "false", "number_of_missing_values": "0"}
        features = [
            {"index": str(n), "name": column, "data_type": "numeric", "is_target": str(column == "y").lower(), **flags}
            for n, column in enumerate(self.table)
        ]
        answers = {
            "/api/v1/json/data/7": {"data_set_description": description},
            "/api/v1/json/data/features/7": {"data_features": {"feature": features}},
            "/api/v1/json/data/qualities/7": {"data_qualities": {"quality": []}},
        }
        body = arff if self.path.endswith(".arff") else json.dumps(answers.get(self.path, {})).encode()
        self.send_response(200 if self.path in answers or self.path.endswith(".arff") else 412)
        self.end_headers()
        self.wfile.write(body)

    def arff(self) -> str:
        names = "".join(f"@attribute {column} numeric\n" for column in self.table)
        return f"@relation tiny\n{names}@data\n{self.table.to_csv(index=False, header=False)}"

    def log_message(self, *args) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def archive(monkeypatch) -> Iterator[str]:
    """A local server in the place of www.openml.org."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Archive)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    point_at(monkeypatch, f"http://127.0.0.1:{server.server_address[1]}")
    yield
    server.shutdown()
    thread.join()
    server.server_close()


def point_at(monkeypatch, address: str) -> None:
    for constant in ("_DATA_INFO", "_DATA_FEATURES", "_DATA_QUALITIES"):
        url = getattr(_openml, constant)
        monkeypatch.setattr(_openml, constant, url.replace("https://www.openml.org", address))


@pytest.mark.usefixtures("archive")
def test_a_data_set_is_fetched_from_openml_and_checked_like_a_file(tiny):
    pd.testing.assert_frame_equal(fetch_openml("tiny"), tiny)


@pytest.mark.usefixtures("archive")
def test_openml_sending_other_content_is_refused(monkeypatch):
    monkeypatch.setattr(Archive, "table", Archive.table.assign(x1=1))
    with pytest.raises(DataError, match=r"LIMIT sums to 3, published 160 \(file OpenML 7\)"):
        fetch_openml("tiny")


@pytest.mark.usefixtures("archive")
def test_a_data_set_that_openml_does_not_know_says_how_to_bring_it_by_hand():
    with pytest.raises(CannotRun, match=r"OpenML did not give data set 42477 .*--from PATH"):
        fetch_openml("taiwan")


def test_without_a_network_the_error_names_the_way_without_one(monkeypatch):
    point_at(monkeypatch, "http://127.0.0.1:9")  # the discard port: nothing listens
    with pytest.raises(CannotRun, match=r"download it from https://example\.org/tiny and pass it with `--from PATH`"):
        fetch_openml("tiny")


def test_a_data_set_that_is_not_on_openml_is_not_asked_for(monkeypatch):
    monkeypatch.setitem(PUBLIC, "tiny", PublicData("Tiny", "https://example.org", 3, {"ID": 6}, ""))
    with pytest.raises(CannotRun, match="Tiny is not fetched from OpenML"):
        fetch_openml("tiny")
