import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from riskbench.decision.log.opening import open_log
from riskbench.decision.log.selection import Selection
from riskbench.decision.log.tokens import load_tokens


def ask(client, body, **headers):
    return client.post("/v1/decisions", json=body, headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_a_decision_has_its_reasons_its_bundle_and_stands_in_the_log(served, application):
    with served.client() as client:
        answer = ask(client, application())
        told = answer.json()
        kept = client.get(f"/v1/decisions/{told['id']}").json()
    assert answer.status_code == 200
    assert told["action"] == "approve"
    assert told["amount"] == 500
    assert told["approved"] is False
    assert len(told["bundle"]) == 64
    assert kept == told | {"application": None, "history": [], "standing": {"action": "approve", "amount": 500}}


def test_a_rule_that_declines_says_so_first(served, application):
    with served.client() as client:
        told = ask(client, application(delinquencies_12m=6)).json()
    assert told["action"] == "decline"
    assert told["amount"] == 0
    assert told["reasons"][0]["code"] == told["rule"] == "repeated_delinquency"


def test_reasons_come_in_the_language_that_is_asked_for(served, application):
    with served.client() as client:
        body = application(delinquencies_12m=6)
        english = ask(client, body, Accept_Language="fr, en;q=0.5")
        chinese = ask(client, body, Accept_Language="zh-CN")
        own = ask(client, body | {"language": "zh"}, Accept_Language="en")
    assert english.headers["Content-Language"] == "en"
    assert chinese.json()["reasons"] == own.json()["reasons"]
    assert "逾期五次" in own.json()["reasons"][0]["text"]


def test_a_value_out_of_its_range_refers_with_a_code_and_an_unknown_level_too(served, application):
    with served.client() as client:
        above = ask(client, application(night_share=1.5)).json()
        level = ask(client, application(employment="astronaut")).json()
    assert (above["action"], above["rule"]) == ("refer", "above:night_share")
    assert (level["action"], level["rule"]) == ("refer", "level:employment")


def test_a_missing_value_is_decided_by_the_policy_and_told(served, application):
    with served.client() as client:
        told = ask(client, application(delinquencies_12m=None)).json()
    assert (told["action"], told["unknown"]) == ("refer", True)
    assert told["reasons"][0]["code"] == "repeated_delinquency:missing"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"annual_income": "39000"}, "/inputs/annual_income"),
        ({"annual_income": True}, "/inputs/annual_income"),
        ({"annual_income": 1e300}, "/inputs/annual_income"),
        ({"employment": 3}, "/inputs/employment"),
        ({"employment": ""}, "/inputs/employment"),
        ({"amount_requested": None}, "/inputs/amount_requested"),
        ({"amount_requested": 0}, "/inputs/amount_requested"),
        ({"height": 3}, "/inputs"),
    ],
)
def test_a_wrong_type_is_refused_with_its_field_and_never_with_its_text(served, application, changed, field):
    with served.client() as client:
        answer = ask(client, application(**changed))
    problem = answer.json()
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["type"].endswith("wrong-input")
    assert [e["field"] for e in problem["errors"]] == [field]
    assert "39000" not in answer.text


def test_every_fault_is_told_at_once_and_an_absent_column_is_one(served, application):
    body = application(night_share="x")
    del body["inputs"]["employment"]
    with served.client() as client:
        problem = ask(client, body).json()
    assert [e["field"] for e in problem["errors"]] == ["/inputs/employment", "/inputs/night_share"]
    assert problem["errors"][0]["got"] == "nothing"


def test_each_of_several_applications_has_its_own_result(served, application):
    wrong = {"application": "A2", "inputs": {}}
    with served.client() as client:
        results = ask(client, {"applications": [application(), wrong, 7, application("A4")]}).json()["results"]
    assert [result["status"] for result in results] == [200, 422, 422, 200]
    assert results[1]["problem"]["errors"][0]["field"] == "/applications/1/inputs/amount_requested"
    assert results[3]["decision"]["application"] == "A4"


def test_more_than_a_hundred_at_once_are_refused(served, application):
    with served.client() as client:
        assert ask(client, {"applications": [application()] * 101}).status_code == 422


def test_the_same_request_with_a_key_is_answered_alike_to_the_byte(served, application):
    with served.client() as client:
        first = ask(client, application(), Idempotency_Key="k-1")
        again = ask(client, application(), Idempotency_Key="k-1")
        other = ask(client, application(annual_income=1), Idempotency_Key="k-1")
    assert first.content == again.content
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.status_code == 409
    assert other.json()["type"].endswith("key-reused")


def test_the_same_key_at_once_gives_one_decision(served, application):
    def one(_):
        with served.client() as client:
            return ask(client, application("A-once"), Idempotency_Key="k-once").content

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(one, range(24)))) == 1
    with served.client() as client:
        assert len(client.get("/v1/decisions", params={"application": "A-once"}).json()["decisions"]) == 1


def test_the_same_key_of_another_caller_is_another_decision(served, application):
    ids = set()
    for scope in ("all", "decide"):
        with served.client(scope) as client:
            ids.add(ask(client, application(), Idempotency_Key="k-shared").json()["id"])
    assert len(ids) == 2


def test_several_with_a_key_are_each_answered_once(served, application):
    body = {"applications": [application("B1"), {"application": "B2", "inputs": {}}, application("B3")]}
    with served.client() as client:
        first, again = (ask(client, body, Idempotency_Key="k-several") for _ in range(2))
        other = ask(client, {"applications": [application("B9")]}, Idempotency_Key="k-several").json()
    ids = [[r.get("decision", {}).get("id") for r in answer.json()["results"]] for answer in (first, again)]
    assert ids[0] == ids[1]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other["results"][0]["status"] == 409


def test_a_filter_that_is_misspelt_is_refused_rather_than_left_out(served):
    with served.client() as client:
        refused = client.get("/v1/decisions", params={"aplication": "A-once"})
    assert refused.status_code == 422
    assert "query/aplication: must be left out: the filters are action, after, application" in refused.json()["detail"]


def test_decisions_are_read_in_pages_each_once_and_in_order(served, application):
    with served.client() as client:
        made = [ask(client, application("P")).json()["id"] for _ in range(5)]
        read, after = [], {}
        while True:
            page = client.get("/v1/decisions", params={"application": "P", "limit": 2, **after}).json()
            read += [decision["id"] for decision in page["decisions"]]
            if page["next"] is None:
                break
            after = {"after": page["next"]}
    assert read == made


def test_decisions_are_chosen_by_action_and_time(served, application):
    with served.client() as client:
        at = ask(client, application("T", delinquencies_12m=6)).json()["at"]
        ask(client, application("T"))
        found = client.get("/v1/decisions", params={"application": "T", "action": "decline", "since": at}).json()
        none = client.get("/v1/decisions", params={"application": "T", "until": at}).json()
    assert [d["action"] for d in found["decisions"]] == ["decline"]
    assert none == {"decisions": [], "next": None}


def test_neither_application_nor_customer_stands_in_the_log(served, application):
    body = application("Anna-Secret") | {"customer": "Bert-Secret"}
    with served.client() as client:
        ask(client, body)
    kept = b"".join(file.read_bytes() for file in (served.project / ".riskbench" / "decisions").glob("log*"))
    assert b"Secret" not in kept
    assert b"annual_income" in kept
    assert "Secret" not in (served.project / "stderr").read_text()


def test_the_log_holds_what_the_answer_says(served, application):
    with served.client() as client:
        told = ask(client, application("L")).json()
        page = client.get("/v1/decisions", params={"application": "L"}).json()["decisions"]
    assert json.dumps(page[0]) == json.dumps(told | {"application": None})


def test_links_stand_in_the_log_as_tokens_and_have_no_part_in_the_answer(serving, application):
    served = serving()
    linked = application("L1") | {"links": {"device": "imei 35-209900", "phone": None}}
    with served.client() as client:
        told = client.post("/v1/decisions", json=linked).json()
        plain = client.post("/v1/decisions", json=application("L1")).json()
    served.end()
    same = told.keys() - {"id", "at"}
    assert {name: told[name] for name in same} == {name: plain[name] for name in same}
    with open_log(served.project / ".riskbench" / "decisions" / "log.sqlite", writing=False) as log:
        first, second = log.contents(Selection(kinds=("decision",)))
    tokens = load_tokens(served.project / ".riskbench" / "keys" / "decision_log.key")
    assert first["links"] == {"device": tokens.link("device", "imei 35-209900")}
    assert "links" not in second
    assert b"35-209900" not in b"".join(path.read_bytes() for path in served.project.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("links", "rule"),
    [
        ([], "must be an object"),
        ({f"n{n}": "x" for n in range(9)}, "at most 8"),
        ({"Jane Doe": "x"}, "names of 1 to 32 small letters"),
        ({"device": 17}, "null or a text"),
        ({"device": ""}, "null or a text"),
    ],
)
def test_links_of_another_form_are_refused_with_the_rule_and_without_what_came(served, application, links, rule):
    with served.client() as client:
        answer = client.post("/v1/decisions", json=application() | {"links": links})
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["field"]) == (422, "/links")
    assert rule in fault["rule"]
    assert "Jane" not in answer.text
