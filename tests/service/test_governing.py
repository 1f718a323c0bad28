import hashlib
import threading
import time

import httpx
import pytest


@pytest.fixture(scope="module")
def governed(serving):
    """A service that the tests of this file switch and stop."""
    served = serving()
    yield served
    assert served.end() == 0


def address(bundles, name):
    return hashlib.sha256((bundles / name).read_bytes()).hexdigest()


def switch(client, bundles, name):
    return client.post("/v1/bundle", json={"file": name, "sha256": address(bundles, name)})


def test_a_switch_under_load_fails_no_request_and_each_decision_names_its_bundle(governed, bundles, application):
    seen, wrong, ended = set(), [], threading.Event()

    def ask():
        with governed.client("decide") as client:
            while not ended.is_set():
                answer = client.post("/v1/decisions", json=application())
                if answer.status_code == 200:
                    seen.add((answer.json()["bundle"], answer.json()["score"]))
                else:
                    wrong.append(answer.text)

    callers = [threading.Thread(target=ask) for _ in range(3)]
    for caller in callers:
        caller.start()
    with governed.client("admin") as client:
        for name in ("second.json", "first.json", "second.json", "first.json"):
            time.sleep(0.3)
            assert switch(client, bundles, name).status_code == 200
    ended.set()
    for caller in callers:
        caller.join()
    assert not wrong
    # each bundle gives this application one score: none was decided by a mixture
    assert {bundle for bundle, _ in seen} == {address(bundles, "first.json"), address(bundles, "second.json")}
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("file", "sha256", "status"),
    [
        ("second.json", "0" * 64, 409),
        ("third.json", "0" * 64, 404),
        ("../first.json", "0" * 64, 422),
        ("/etc/passwd", "0" * 64, 422),
        ("first.json", "x", 422),
    ],
)
def test_another_address_or_another_place_switches_nothing(governed, file, sha256, status):
    with governed.client() as client:
        before = client.get("/v1/bundle").json()["bundle"]
        assert client.post("/v1/bundle", json={"file": file, "sha256": sha256}).status_code == status
        assert client.get("/v1/bundle").json()["bundle"] == before


def test_stopped_everything_is_referred_and_resumed_it_decides_again(governed, application):
    with governed.client() as client:
        stopped = client.post("/v1/stop", json={"reason": "the bureau sends nonsense"}).json()
        told = client.post("/v1/decisions", json=application() | {"language": "zh"}).json()
        ready = httpx.get(f"{governed.url}/health/ready")
        client.post("/v1/resume", json={"reason": "it is mended"})
        again = client.post("/v1/decisions", json=application()).json()
    assert (stopped["stopped"], stopped["who"]) == (True, "all")
    assert (told["action"], told["stopped"], told["score"], told["amount"]) == ("refer", True, None, 0)
    assert told["reasons"] == [{"code": "stopped", "text": "自动决策已暂停，由人工处理"}]
    assert ready.status_code == 503
    assert (again["action"], again["stopped"]) == ("approve", False)


def test_a_stop_outlives_the_service_and_acts_at_every_other_one(serving, application):
    first = serving("--every", "0.1")
    second = serving("--every", "0.1", project=first.project)
    with first.client() as client, second.client() as other:
        client.post("/v1/stop", json={"reason": "drift"})
        end = time.monotonic() + 10
        while not other.get("/v1/bundle").json()["stopped"] and time.monotonic() < end:
            time.sleep(0.05)
        assert other.post("/v1/decisions", json=application()).json()["stopped"]
    assert first.end() == second.end() == 0
    third = serving(project=first.project)
    assert "Every application is referred: drift." in third.said
    third.end()


def test_a_shadow_decides_beside_and_has_no_part_in_the_answer(served, serving, bundles, application):
    shadowed = serving("--shadow", str(bundles / "second.json"))
    answers = []
    for one in (served, shadowed):
        with one.client() as client:
            answers.append(client.post("/v1/decisions", json=application()).json())
            shadows = client.get("/v1/bundle").json()["shadows"]
    assert [a["action"] for a in answers] == ["approve", "approve"]
    assert answers[0]["reasons"] == answers[1]["reasons"]
    assert shadows == [address(bundles, "second.json")]
    assert 'riskbench_shadow_decisions_total{outcome="differed"} 1' in httpx.get(f"{shadowed.url}/metrics").text
    shadowed.end()
