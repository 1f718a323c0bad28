"""What a form may do and what it may not: written once, under a name, within the bounds, and never over another's."""

import threading

import pytest


@pytest.fixture(scope="module")
def served(serving):
    """A service whose amounts above 800 take two people; its cap is 1,000."""
    served = serving("--four-eyes", "800")
    yield served
    served.end()


def waiting(person):
    return person.get("/review").text


def test_what_a_person_decides_is_answered_by_the_service_and_leaves_the_queue(served, reviewer, refer, history):
    id_, person = refer(served), reviewer(served)
    assert id_ in waiting(person)
    assert person.decide(id_, amount="500").status_code == 303
    assert id_ not in waiting(person)
    told = history(served, id_)
    assert told["standing"] == {"action": "approve", "amount": 500}
    assert told["action"] == "refer"  # as the model decided, and it stays so
    assert [(change["by"], change["codes"]) for change in told["history"]] == [("override", ["inputs_verified"])]


def test_the_same_form_sent_twice_is_written_once(served, reviewer, refer, history):
    id_, person = refer(served), reviewer(served)
    person.get(f"/review/{id_}")
    page = person.page
    fields = {"verdict": "approve", "amount": "500", "code": "security", "text": ""}
    first = person.post(f"/review/{id_}", **fields)
    person.page = page
    again = person.post(f"/review/{id_}", **fields)
    assert (first.status_code, again.status_code) == (303, 303)
    assert len(history(served, id_)["history"]) == 1


def test_who_comes_second_is_told_who_was_faster_and_overwrites_nothing(served, reviewer, refer, history):
    id_, first, second = refer(served), reviewer(served), reviewer(served, "late")
    second.get(f"/review/{id_}")
    first.decide(id_, amount="300")
    answer = second.post(f"/review/{id_}", verdict="decline", code="adverse", text="my own <words>")
    assert answer.status_code == 409
    assert "override decided this meanwhile (limit)" in answer.text
    assert "my own &lt;words&gt;" in answer.text
    assert history(served, id_)["standing"] == {"action": "limit", "amount": 300}


def test_of_many_who_decide_at_once_through_two_services_one_wins(serving, served, reviewer, refer, history):
    other = serving("--log", f"sqlite:///{served.project}/.riskbench/decisions/log.sqlite", project=served.project)
    id_ = refer(served)
    people = [reviewer(at, f"p{n}") for n, at in enumerate((served, other, served, other))]
    for person in people:
        person.get(f"/review/{id_}")
    together, statuses = threading.Barrier(len(people)), []

    def send(person, amount):
        together.wait()
        answer = person.post(f"/review/{id_}", verdict="approve", amount=str(amount), code="security", text="x")
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=send, args=(person, 100 + n)) for n, person in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 409, 409, 409]
    assert len(history(served, id_)["history"]) == 1
    other.end()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"verdict": ""}, "Choose approve or decline"),
        ({"amount": "0"}, "a number above 0"),
        ({"amount": "nan"}, "a number above 0"),
        ({"amount": "12,5"}, "a number above 0"),
        ({"amount": "1e9"}, "a number above 0"),
        ({"amount": "3,001"}, "not be above what was asked for, 3,000"),
        ({"amount": "1000.01"}, "not be above the cap of the policy, 1,000"),
        ({"code": "no_such_code"}, "at least one reason"),
        ({"code": "adverse"}, "at least one reason"),  # a reason to decline
        ({"code": "other", "text": "  "}, "A text is required here"),
        ({"text": "x" * 201}, "at most 200 characters"),
        ({"text": "a\x00b"}, "at most 200 characters"),
        ({"verdict": "decline", "code": "adverse", "text": ""}, "since the score says approve"),
    ],
)
def test_a_form_that_is_wrong_is_told_and_kept_and_nothing_is_written(served, reviewer, refer, history, fields, told):
    id_, person = refer(served, amount_requested=3000), reviewer(served)
    answer = person.decide(id_, **{"amount": "500"} | fields)
    assert answer.status_code == 422
    assert told in answer.text.replace("&#39;", "'")
    assert history(served, id_)["history"] == []


def test_against_the_score_a_person_is_asked_once_more(served, reviewer, refer, history):
    id_, person = refer(served), reviewer(served)
    fields = {"verdict": "decline", "code": "suspected_fraud", "text": "forged payslips", "amount": ""}
    answer = person.decide(id_, **fields)
    assert answer.status_code == 200
    assert "The score says approve" in answer.text
    assert history(served, id_)["history"] == []
    assert person.post(f"/review/{id_}", **fields, confirmed="yes").status_code == 303
    assert history(served, id_)["standing"] == {"action": "decline", "amount": 0}


def test_a_rule_of_decline_is_overridden_only_with_a_text_and_a_second_look(served, reviewer, application, history):
    with served.client() as client:
        told = client.post("/v1/decisions", json=application(delinquencies_12m=6)).json()
        assert (told["action"], told["rule"]) == ("decline", "repeated_delinquency")
        path = f"/v1/decisions/{told['id']}/override"
        assert client.post(path, json={"action": "refer", "reason": "customer contests"}).status_code == 200
    person = reviewer(served)
    assert told["id"] in waiting(person)  # whoever referred it
    assert person.decide(told["id"], text="").status_code == 422
    answer = person.decide(told["id"], text="the delinquencies are of a namesake")
    assert "A rule says decline: five or more delinquencies" in answer.text
    assert history(served, told["id"])["standing"]["action"] == "refer"
    answer = person.decide(told["id"], text="the delinquencies are of a namesake", confirmed="yes")
    assert answer.status_code == 303
    assert history(served, told["id"])["standing"] == {"action": "approve", "amount": 500}


def test_above_the_limit_two_different_people_must_agree(served, reviewer, refer, history):
    id_, first, second = refer(served, amount_requested=900), reviewer(served), reviewer(served, "second")
    first.decide(id_, amount="850")
    assert history(served, id_)["standing"] == {"action": "refer", "amount": 0}
    assert "now waits for a second person" in waiting(first)
    assert "a second person is asked for" in waiting(second)
    assert "A different person must agree" in first.decide(id_, amount="850").text
    assert "what the first person agreed to" in second.decide(id_, amount="860").text
    assert second.decide(id_, amount="850").status_code == 303
    told = history(served, id_)
    assert told["standing"] == {"action": "limit", "amount": 850}
    assert [(change["by"], change["settles"]) for change in told["history"]] == [("override", False), ("second", True)]
    assert id_ not in waiting(first)


@pytest.mark.parametrize(("verdict", "amount", "code"), [("decline", "", "adverse"), ("approve", "700", "security")])
def test_one_person_is_enough_to_decline_or_to_lend_less(served, reviewer, refer, history, verdict, amount, code):
    id_, person = refer(served, amount_requested=900), reviewer(served)
    person.decide(id_, amount="900")
    answer = person.decide(id_, verdict, amount=amount, code=code, confirmed="yes")
    assert answer.status_code == 303
    assert history(served, id_)["standing"]["action"] == {"decline": "decline", "approve": "limit"}[verdict]


def test_the_override_of_an_integration_is_no_way_round_the_second_person(served, refer):
    id_ = refer(served, amount_requested=900)
    with served.client() as client:
        answer = client.post(f"/v1/decisions/{id_}/override", json={"action": "approve", "reason": "x"})
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("four-eyes")


def test_what_a_stopped_model_never_scored_says_so_and_asks_once_more(serving, reviewer, application, history):
    served = serving()
    with served.client() as client:
        client.post("/v1/stop", json={"reason": "drift"})
        id_ = client.post("/v1/decisions", json=application()).json()["id"]
    person = reviewer(served)
    assert "automatic decisions are stopped" in waiting(person)
    assert "There is no score" in person.get(f"/review/{id_}").text
    answer = person.decide(id_)
    assert "You decide on the inputs alone" in answer.text
    assert history(served, id_)["history"] == []
    assert person.decide(id_, confirmed="yes").status_code == 303
    assert history(served, id_)["standing"] == {"action": "approve", "amount": 500}
    served.end()


def test_decided_over_http_reviewed_by_a_person_the_log_replays_and_holds(
    serving, reviewer, refer, bundles, in_a_process
):
    served = serving()
    id_ = refer(served)
    person = reviewer(served)
    assert id_ in waiting(person)
    assert person.decide(id_).status_code == 303
    assert served.end() == 0
    log = f"sqlite:///{served.project}/.riskbench/decisions/log.sqlite"
    replayed = in_a_process("replay", "--log", log, "--bundle", str(bundles / "first.json"), cwd=served.project)
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    assert "matched" in replayed.stdout
    verified = in_a_process("decisions", "verify", "--log", log, cwd=served.project)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    shown = in_a_process("decisions", "show", id_, "--log", log, cwd=served.project)
    assert "called the employer" in shown.stdout
