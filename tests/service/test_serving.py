import os
import shutil
import signal
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from riskbench.core.errors import CannotRun
from riskbench.core.files import sha256
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.selection import Selection
from riskbench.governance.manifest import Manifest, environment_now, files_of, write_manifest
from riskbench.service.following import BUNDLE_FILE
from riskbench.service.serving import serve
from riskbench.service.settings import Settings


def load(served, application, callers=4):
    """Ask without end; returns what was answered, and how to end and wait."""
    answered, refused, ended = [], [], threading.Event()

    def ask(number):
        with served.client("decide") as client, suppress(httpx.TransportError):
            while not ended.is_set():
                answer = client.post("/v1/decisions", json=application(f"L{number}"))
                if answer.status_code == 200:
                    answered.append(answer.json()["id"])
                else:
                    refused.append(answer)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(callers)]
    for thread in threads:
        thread.start()

    def finish():
        ended.set()
        for thread in threads:
            thread.join()

    return answered, refused, finish


def kept(served):
    """The ids of all decisions in the log, once the log holds together."""
    with open_log(served.project / ".riskbench" / "decisions" / "log.sqlite", writing=False) as log:
        assert log.verify().broken is None
        return [appended.record.id for appended in log.read(Selection(kinds=("decision",)))]


def test_told_to_end_it_answers_what_has_begun_and_ends_well(serving, application):
    served = serving()
    answered, refused, finish = load(served, application)
    while len(answered) < 50:
        time.sleep(0.01)
    assert served.end(signal.SIGTERM) == 0
    finish()
    assert not refused
    assert set(answered) == set(kept(served))


@pytest.mark.parametrize("attempt", range(2))  # fifty times: benchmarks/service.py --kills 50
def test_killed_under_load_it_has_kept_every_decision_that_it_answered(serving, application, attempt):
    served = serving()
    answered, _, finish = load(served, application)
    while len(answered) < 20 * (1 + attempt):
        time.sleep(0.01)
    served.end(signal.SIGKILL)
    finish()
    decisions = kept(served)
    assert set(answered) <= set(decisions)
    assert len(decisions) == len(set(decisions))


def test_after_a_kill_the_same_key_is_answered_with_the_same_bytes(serving, application):
    served = serving()
    key = {"Idempotency-Key": "before-the-end"}
    with served.client() as client:
        first = client.post("/v1/decisions", json=application(), headers=key).content
    served.end(signal.SIGKILL)
    again = serving(project=served.project, bundle="second.json")  # another bundle decides now
    with again.client() as client:
        answer = client.post("/v1/decisions", json=application(), headers=key)
    assert answer.content == first
    assert answer.headers["Idempotency-Replayed"] == "true"
    assert again.end() == 0


def test_with_a_full_disk_nothing_is_decided_and_with_space_it_goes_on(serving, application, mount, tmp_path):
    (tmp_path / "disk").mkdir()
    mount(tmp_path / "disk", "size=400k")
    served = serving("--log", f"sqlite:///{tmp_path}/disk/log.sqlite")
    with served.client() as client:
        for number in range(2000):
            answer = client.post("/v1/decisions", json=application(f"F{number}"))
            if answer.status_code != 200:
                break
        ready = httpx.get(f"{served.url}/health/ready")
        mount(tmp_path / "disk", "remount,size=40m")
        end = time.monotonic() + 15
        while (again := client.post("/v1/decisions", json=application())).status_code != 200 and time.monotonic() < end:
            time.sleep(0.2)
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("log-unwritable")
    assert int(answer.headers["Retry-After"]) > 0
    assert "disk" not in answer.json()["detail"] or str(tmp_path) not in answer.text
    assert ready.status_code == 503
    assert again.status_code == 200
    assert served.end() == 0


def test_a_caller_that_is_slow_to_send_is_told_so_and_holds_up_nobody(serving, application):
    served = serving("--body-seconds", "0.5")

    def slowly():
        yield b"{"
        time.sleep(1.5)
        yield b"}"

    answers = []
    slow = threading.Thread(target=lambda: answers.append(send(served, slowly())))
    slow.start()
    with served.client() as client:
        assert client.post("/v1/decisions", json=application()).status_code == 200
    slow.join()
    assert answers in ([408], ["cut off"])
    served.end()


def send(served, content):
    with served.client() as client:
        try:
            return client.post(
                "/v1/decisions", content=content, headers={"Content-Type": "application/json"}
            ).status_code
        except httpx.TransportError:
            return "cut off"


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ({"sha256": "0" * 64}, "is not the bundle that was asked for"),
        ({"log": "sqlite:////proc/log.sqlite"}, "the log /proc/log.sqlite"),
        ({"shadows": (Path("no.json"),)}, "no bundle no.json"),
    ],
)
def test_without_what_it_needs_it_does_not_begin_and_says_why(bundles, tmp_path, lacking, said):
    own = Settings(
        log=f"sqlite:///{tmp_path}/log.sqlite",
        keys=tmp_path / "keys.json",
        tokens=tmp_path / "token.key",
        shelf=tmp_path / "shelf",
        bundle=bundles / "first.json",
        port=0,
    )
    with pytest.raises(CannotRun, match=said):
        serve(replace(own, **lacking), None, pytest.fail)


def test_where_its_address_is_taken_it_ends_without_a_word_of_the_code(serving, served):
    refused = serving("--port", served.url.rsplit(":", 1)[1])
    told = (refused.project / "stderr").read_text()
    assert refused.process.wait(20) == 2
    assert "cannot be bound" in told
    assert "Traceback" not in told


@pytest.fixture
def run(bundles, tmp_path):
    """The folder of a run that has made a bundle, under its manifest."""
    folder = tmp_path / "loans-1"
    (folder / BUNDLE_FILE).parent.mkdir(parents=True)
    shutil.copy(bundles / "first.json", folder / BUNDLE_FILE)
    texts = dict.fromkeys(["run_id", "study", "study_sha256", "created", "code_sha256", "lock_sha256"], "a")
    parts = {name: {} for name in ("settings", "seeds", "data", "notebooks")}
    made = Manifest(environment=environment_now(), only=[], stages=[], files=files_of(folder), **texts, **parts)
    write_manifest(folder, made)
    return folder


def test_a_run_may_be_named_in_place_of_its_bundle(serving, run, application):
    served = serving("--bundle", str(run), "--shadow", str(run))
    with served.client() as client:
        assert client.post("/v1/decisions", json=application()).json()["bundle"] == sha256(run / BUNDLE_FILE)
    served.end()


def test_a_run_whose_bundle_was_changed_decides_nothing(serving, run):
    (run / BUNDLE_FILE).write_text("{}")
    refused = serving("--bundle", str(run))
    assert refused.process.wait(30) == 2
    assert refused.said == [f"riskbench: run loans-1 was changed: {BUNDLE_FILE} is not what its manifest says"]


def test_open_to_others_it_warns_that_nothing_is_encrypted(serving):
    served = serving("--host", "0.0.0.0")
    assert any(line.startswith("Warning: keys and applications travel unencrypted") for line in served.said)
    assert served.end() == 0


def test_a_postgresql_server_holds_the_log_as_well(serving, application, postgres):
    served = serving("--log", postgres)
    with served.client() as client:
        told = client.post("/v1/decisions", json=application()).json()
        assert client.get(f"/v1/decisions/{told['id']}").json()["action"] == told["action"]
    assert served.end() == 0
    assert os.path.exists(served.project / ".riskbench" / "decisions" / "bundles" / f"{told['bundle']}.json")
