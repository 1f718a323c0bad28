import time

import pytest

from riskbench.service.api_keys import KeyFile

ROUTES = [
    ("POST", "/v1/decisions", "decide"),
    ("GET", "/v1/decisions", "read"),
    ("GET", "/v1/decisions/" + "0" * 32, "read"),
    ("POST", "/v1/decisions/" + "0" * 32 + "/override", "override"),
    ("GET", "/v1/bundle", "read"),
    ("POST", "/v1/bundle", "admin"),
    ("POST", "/v1/stop", "admin"),
    ("POST", "/v1/resume", "admin"),
]


@pytest.mark.parametrize(("method", "path", "scope"), ROUTES)
def test_a_route_asks_for_its_scope_and_says_which_is_lacking(served, method, path, scope):
    for other in ("decide", "read", "override", "admin"):
        with served.client(other) as client:
            answer = client.request(method, path, content=b"{}", headers={"Content-Type": "text/plain"})
        assert (answer.status_code == 403) == (other != scope)
        assert other == scope or f"lacks the scope {scope}" in answer.json()["detail"]


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer x", "Basic YTpi", "Bearer rb_000000000000_x", "Bearer \xff"]
)
def test_without_a_key_that_is_known_nothing_is_told(served, header):
    with served.client("") as client:
        answer = client.get("/v1/bundle", headers={} if header is None else {"Authorization": header.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_key_made_or_revoked_meanwhile_counts_at_once(served):
    keys = KeyFile(served.project / ".riskbench" / "keys" / "api_keys.json")
    served.keys["late"] = keys.new("late", ["read"])[1]
    with served.client("late") as client:
        assert client.get("/v1/bundle").status_code == 200
        keys.revoke("late")
        assert client.get("/v1/bundle").status_code == 401


def test_a_key_file_that_others_may_read_opens_nothing(served, application):
    file = served.project / ".riskbench" / "keys" / "api_keys.json"
    file.chmod(0o644)
    with served.client() as client:
        refused = client.post("/v1/decisions", json=application())
        file.chmod(0o600)
        granted = client.post("/v1/decisions", json=application())
    assert refused.status_code == 503
    assert refused.json()["type"].endswith("keys-unreadable")
    assert granted.status_code == 200


def test_beyond_its_allowance_a_key_is_told_when_to_come_again(serving, application):
    served = serving("--rate", "1", "--burst", "3")
    with served.client() as client:
        answers = [client.post("/v1/decisions", json=application()) for _ in range(5)]
        refused = answers[-1]
        assert [answer.status_code for answer in answers[:3]] == [200] * 3
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 2
        time.sleep(int(refused.headers["Retry-After"]))
        assert client.post("/v1/decisions", json=application()).status_code == 200
    served.end()
