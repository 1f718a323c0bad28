import pytest


@pytest.fixture
def decided(served, application):
    """A client, and a decision of 500 that was approved; a second one of 2,000 lies above the cap of 1,000."""
    with served.client() as client:
        yield lambda **inputs: (client, client.post("/v1/decisions", json=application(**inputs)).json())


def override(client, told, **body):
    return client.post(f"/v1/decisions/{told['id']}/override", json={"reason": "the file was incomplete"} | body)


def test_an_override_keeps_the_decision_and_says_who_and_why(decided):
    client, told = decided(delinquencies_12m=6)
    answer = override(client, told, action="approve").json()
    assert answer["action"] == "decline"
    assert answer["standing"] == {"action": "approve", "amount": 500}
    (change,) = answer["history"]
    assert (change["kind"], change["by"], change["reason"]) == ("override", "all", "the file was incomplete")
    assert client.get(f"/v1/decisions/{told['id']}").json() == answer


def test_every_override_stays_in_the_history(decided):
    client, told = decided()
    for body in ({"action": "decline"}, {"action": "limit", "amount": 100}, {"action": "refer"}):
        answer = override(client, told, **body).json()
    assert [change["action"] for change in answer["history"]] == ["decline", "limit", "refer"]
    assert answer["standing"] == {"action": "refer", "amount": 0}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"action": "approve"}, "no more than 1000 may be lent by the cap"),
        ({"action": "limit", "amount": 1000.5}, "no more than 1000 may be lent by the cap"),
        ({"action": "limit", "amount": 2000}, "limit lends above 0 and below 2000"),
        ({"action": "limit"}, "limit lends above 0"),
        ({"action": "approve", "amount": 10}, "approve lends what was asked for"),
        ({"action": "decline", "amount": 10}, "decline lends nothing"),
    ],
)
def test_what_the_caps_or_the_action_do_not_allow_is_refused_and_not_kept(decided, body, told):
    client, decision = decided(amount_requested=2000)
    answer = override(client, decision, **body)
    assert answer.status_code == 409
    assert told in answer.json()["detail"]
    assert client.get(f"/v1/decisions/{decision['id']}").json()["history"] == []


def test_up_to_the_cap_an_override_lends(decided):
    client, decision = decided(amount_requested=2000)
    assert override(client, decision, action="limit", amount=999.5).json()["standing"]["amount"] == 999.5


@pytest.mark.parametrize(
    "body",
    [{"action": "perhaps"}, {"action": "limit", "amount": "5"}, {"reason": " "}, {"action": "refer", "actor": "me"}],
)
def test_a_wrong_form_is_refused_with_its_field(decided, body):
    client, decision = decided()
    assert override(client, decision, **{"action": "decline"} | body).status_code == 422


def test_the_same_override_with_a_key_is_written_once_and_without_one_changes_nothing(decided):
    client, decision = decided()
    path, body = f"/v1/decisions/{decision['id']}/override", {"action": "decline", "reason": "x"}
    first, again = (client.post(path, json=body, headers={"Idempotency-Key": decision["id"]}) for _ in range(2))
    assert first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert client.post(path, json=body).status_code == 409
    assert len(client.get(f"/v1/decisions/{decision['id']}").json()["history"]) == 1


def test_a_decision_that_is_not_there_cannot_be_overridden(decided):
    client, _ = decided()
    assert override(client, {"id": "0" * 32}, action="decline").status_code == 404
