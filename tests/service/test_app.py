import json

import httpx
import pytest


def post(served, content, content_type="application/json", **headers):
    with served.client() as client:
        return client.post("/v1/decisions", content=content, headers={"Content-Type": content_type} | headers)


BODIES = {
    "not JSON": (b"{", 400),
    "not UTF-8": (b'{"application": "\xff"}', 400),
    "a key twice": (b'{"application": "a", "application": "b"}', 400),
    "NaN": (b'{"application": "a", "inputs": {"annual_income": NaN}}', 400),
    "Infinity": (b'{"inputs": {"annual_income": -Infinity}}', 400),
    "beyond a double": (b'{"inputs": {"annual_income": 1e999}}', 400),
    "five thousand digits": (b'{"inputs": {"annual_income": ' + b"9" * 5000 + b"}}", 400),
    "half a surrogate pair": (b'{"application": "\\ud800", "inputs": {}}', 400),
    "nested": (b"[" * 100_000, 400),
    "empty": (b"", 400),
    "a list": (b"[]", 422),
    "null": (b"null", 422),
    "a nested input": (b'{"application": "a", "inputs": {"annual_income": {"a": [1]}}}', 422),
    "10 MB": (b'"' + b"a" * 10_000_000 + b'"', 413),
}


@pytest.mark.parametrize("body", BODIES)
def test_what_is_no_request_is_refused_as_a_problem_and_never_a_fault(served, body):
    content, status = BODIES[body]
    answer = post(served, content)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["instance"].endswith(answer.headers["X-Request-Id"])


def test_a_body_without_a_length_is_cut_off_at_the_limit_too(served):
    assert post(served, (b"a" * 100_000 for _ in range(30))).status_code == 413


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
def test_another_content_type_is_refused(served, kind):
    assert post(served, b"{}", kind).status_code == 415


def test_a_compressed_body_is_refused(served):
    assert post(served, b"{}", **{"Content-Encoding": "gzip"}).status_code == 415


def test_unknown_paths_and_methods_are_problems_too(served):
    with served.client() as client:
        answers = client.get("/v2/decisions"), client.delete("/v1/decisions"), client.get("/v1/decisions/abc")
    assert [answer.status_code for answer in answers] == [404, 405, 404]
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/problem+json"}
    assert answers[1].headers["Allow"]


def test_every_answer_has_a_request_id_and_forbids_what_a_browser_could_do_with_it(served):
    answer = httpx.get(f"{served.url}/health/live", headers={"X-Request-ID": "mine-1"})
    assert answer.headers["X-Request-ID"] == "mine-1"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Server" not in answer.headers
    strange = httpx.get(f"{served.url}/health/live", headers={"X-Request-ID": "a b"})
    assert strange.headers["X-Request-ID"] != "a b"


def test_health_tells_that_nobody_approved_the_bundle(served):
    answer = httpx.get(f"{served.url}/health/ready")
    assert answer.status_code == 200
    assert answer.json()["ready"]
    assert not answer.json()["approved"]
    assert {check["name"] for check in answer.json()["checks"]} == {
        "log",
        "bundle",
        "in_use",
        "registry",
        "keys",
        "feeds",
    }


def test_metrics_count_decisions_by_action_and_requests_by_route(served, application, wait_for):
    def counted(name):
        lines = httpx.get(f"{served.url}/metrics").text.splitlines()
        return next((int(line.split()[-1]) for line in lines if line.startswith(name)), 0)

    name = 'riskbench_decisions_total{action="decline",by="model"}'
    before = counted(name)
    with served.client() as client:
        client.post("/v1/decisions", json=application(delinquencies_12m=6))
    assert counted(name) == before + 1
    wait_for(lambda: counted('riskbench_request_seconds_count{route="/v1/decisions"}') > 0)  # noted once answered


def test_the_document_of_the_service_holds_the_inputs_of_its_bundle(served):
    document = httpx.get(f"{served.url}/v1/openapi.json").json()
    inputs = document["components"]["schemas"]["Inputs"]
    assert inputs["required"] == list(inputs["properties"])
    assert not inputs["additionalProperties"]
    assert inputs["properties"]["annual_income"]["type"] == ["number", "null"]
    assert "at least 0" in inputs["properties"]["annual_income"]["description"]
    assert "salaried" in inputs["properties"]["employment"]["examples"]
    assert "HTTPValidationError" not in json.dumps(document)


def test_the_line_of_a_request_names_its_decision_and_nobody(served, application, wait_for):
    def lines_of(request):
        return [line for line in (served.project / "stderr").read_text().splitlines() if request in line]

    with served.client() as client:
        told = client.post("/v1/decisions", json=application("X-person"), headers={"X-Request-ID": "line-1"}).json()
    wait_for(lambda: lines_of("line-1"))  # a request is noted once answered
    (written,) = lines_of("line-1")
    line = json.loads(written[written.index("{") :])
    assert line["decisions"] == [told["id"]]
    assert line["route"] == "/v1/decisions"
    assert line["status"] == 200
    assert "X-person" not in written
