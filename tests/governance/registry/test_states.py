import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.governance.registry.records import Finding, Model, RiskException, Step, Version
from riskbench.governance.registry.states import GRAPHS, Refused, amend, begin, faults, graph_of, move, who_told

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
DAY = dt.date(2027, 3, 31)
BLANK = {
    Model: Model(
        id="loans", title="Loans", study="loans", owner="li", purpose="Approve", tier=2, tier_because=["small"]
    ),
    Version: Version(
        model="loans",
        number=1,
        run="loans-1",
        manifest_sha256="0" * 64,
        registered=NOON,
        registered_by="li",
        expires=DAY,
    ),
    Finding: Finding(
        id="F-0001", model="loans", title="PDs are low", severity="high", owner="li", due=DAY, raised_by="wang",
        remedy="calibrated again, run loans-2", exception="E-0001",
    ),
    RiskException: RiskException(
        id="E-0001", model="loans", about="F-0001", because="time", requested_by="li", granted_by="chen", expires=DAY
    ),
}  # fmt: skip


def later(hours: int) -> dt.datetime:
    return NOON + dt.timedelta(hours=hours)


def person_for(taken) -> str:
    return "wang" if "another" in taken.who else "li"  # li owns every record above


def started(kind, state=None):
    state = state or GRAPHS[kind].starts[0]
    return begin(BLANK[kind].model_copy(update={"state": state}), "li", "it begins", NOON)


@given(st.data())
def test_any_walk_of_legal_moves_leaves_a_record_without_fault_that_reads_back_as_it_was(data):
    kind = data.draw(st.sampled_from(list(GRAPHS)))
    record = started(kind, data.draw(st.sampled_from(GRAPHS[kind].starts)))
    for hours in range(1, data.draw(st.integers(1, 12))):
        if not (open_to := GRAPHS[kind].after(record.state)):
            break
        taken = data.draw(st.sampled_from(open_to))
        record = move(record, taken.after, person_for(taken), "so it is", later(hours))
    assert faults(record) == []
    assert kind.model_validate_json(record.model_dump_json()) == record


@given(st.data())
def test_no_state_is_reached_but_by_a_move_of_the_table(data):
    kind = data.draw(st.sampled_from(list(GRAPHS)))
    graph = GRAPHS[kind]
    before, after = (data.draw(st.sampled_from(graph.states)) for _ in range(2))
    if after in [m.after for m in graph.after(before)]:
        return
    with pytest.raises(Refused, match=f"that is {before} cannot become {after}"):
        move(BLANK[kind].model_copy(update={"state": before}), after, "wang", "so it is", NOON)


@given(st.data())
def test_a_history_with_one_step_swapped_dropped_or_redirected_is_noticed(data):
    kind = data.draw(st.sampled_from([Version, Finding, RiskException]))
    record = started(kind)
    while (open_to := GRAPHS[kind].after(record.state)) and len(record.history) < 6:
        taken = data.draw(st.sampled_from(open_to))
        record = move(record, taken.after, person_for(taken), "so it is", later(len(record.history)))
    i = data.draw(st.integers(0, len(record.history) - 1))
    other = data.draw(st.sampled_from([s for s in GRAPHS[kind].states if s != record.history[i].after]))
    redirected = record.history[i].model_copy(update={"after": other})
    for history in (
        [*record.history[:i], *record.history[i + 1 :]],
        [*record.history[:i], redirected, *record.history[i + 1 :]],
        [*record.history[1:], record.history[0]],
    ):
        assert faults(record.model_copy(update={"history": history}))


def test_a_refusal_lists_what_is_allowed():
    with pytest.raises(Refused) as told:
        move(started(Finding, "open"), "closed", "wang", "done", later(1))
    assert str(told.value) == (
        "a finding that is open cannot become closed: from open it can become in_remediation, accepted or dismissed"
    )


def test_what_is_at_its_end_says_so():
    gone = move(started(Finding), "dismissed", "wang", "no fault", later(1))
    with pytest.raises(Refused, match="dismissed is an end"):
        move(gone, "open", "wang", "again", later(2))
    with pytest.raises(Refused, match="dismissed is not changed any more"):
        amend(gone, {"severity": "low"}, "wang", "smaller", later(2))


def test_a_draft_is_opened_with_an_owner_and_a_day_only():
    draft = started(Finding).model_copy(update={"owner": "", "due": None})
    with pytest.raises(Refused, match="becomes open with owner and due only, and owner is not given"):
        move(draft, "open", "wang", "true", later(1))


def test_a_finding_is_closed_by_another_person_than_its_owner():
    record = started(Finding, "open")
    for hours, state in enumerate(("in_remediation", "remediated"), 1):
        record = move(record, state, "li", "mended", later(hours))
    with pytest.raises(Refused, match="li cannot make this finding closed: li is its owner, and it takes another"):
        move(record, "closed", "li", "seen", later(3))
    closed = move(record, "closed", "wang", "seen", later(3))
    assert faults(closed.model_copy(update={"owner": "wang"}))  # who closed it is made its owner afterwards


def test_only_its_owner_remedies_a_finding():
    with pytest.raises(Refused, match="only its owner may, li"):
        move(started(Finding, "open"), "in_remediation", "wang", "I do", later(1))


def test_a_role_is_asked_where_the_caller_knows_the_roles_of_the_person():
    draft = started(Finding)
    with pytest.raises(Refused, match="takes the role validator, and wang holds modeller"):
        move(draft, "dismissed", "wang", "no fault", later(1), roles=["modeller"])
    with pytest.raises(Refused, match="takes the role validator, and wang holds none"):
        move(draft, "dismissed", "wang", "no fault", later(1), roles=[])
    assert move(draft, "dismissed", "wang", "no fault", later(1), roles=["validator"]).state == "dismissed"


def test_a_person_does_not_grant_what_that_person_asked_for():
    with pytest.raises(Refused, match="li is who asked for it"):
        move(started(RiskException), "granted", "li", "fine", later(1))


def test_steps_are_in_the_order_of_time():
    with pytest.raises(Refused, match="times must be in order"):
        move(started(Finding), "dismissed", "wang", "no fault", later(-1))
    steps = [
        Step(at=later(2), by="li", after="draft", because="seen"),
        Step(at=NOON, by="wang", before="draft", after="dismissed", because="no fault"),
    ]
    found = faults(BLANK[Finding].model_copy(update={"state": "dismissed", "history": steps}))
    assert found == ["history.1.at: 2026-11-20T12:00:00+00:00 lies before the step before it"]


def test_a_change_of_another_key_leaves_a_step_that_says_what_changed():
    changed = amend(started(Finding, "open"), {"severity": "low"}, "wang", "few loans", later(1))
    assert (changed.severity, changed.state) == ("low", "open")
    assert changed.history[-1].because == "few loans (severity from high to low)"
    assert amend(changed, {"severity": "low"}, "wang", "again", later(2)) is changed


@pytest.mark.parametrize("key", ["state", "history", "id", "model"])
def test_what_names_a_record_or_its_state_is_not_amended(key):
    with pytest.raises(Refused, match=f"{key} of a finding cannot be set"):
        amend(started(Finding), {key: "F-0002"}, "wang", "so it is", later(1))


def test_a_record_begins_once_and_where_its_kind_begins():
    with pytest.raises(Refused, match="begins as draft or open, not as closed"):
        begin(BLANK[Finding].model_copy(update={"state": "closed"}), "li", "seen", NOON)
    with pytest.raises(Refused, match="has begun already"):
        begin(started(Finding), "li", "seen", NOON)


@pytest.mark.parametrize("kind", list(GRAPHS))
def test_every_state_of_a_kind_is_reached_and_every_move_asks_for_keys_that_the_kind_has(kind):
    graph = graph_of(kind)
    reached, edge = set(graph.starts), set(graph.starts)
    while edge:
        edge = {m.after for state in edge for m in graph.after(state)} - reached
        reached |= edge
    assert reached == set(graph.states) == set(kind.model_fields["state"].annotation.__args__)
    assert {key for m in graph.moves for key in (*m.needs, graph.owner)} <= kind.model_fields.keys()


def test_who_may_is_told_in_words():
    graph = GRAPHS[Version]
    told = {m.after: who_told(m, graph) for m in graph.after("in_validation")}
    assert told == {"approved": "an approver, other than who registered it", "rejected": "a validator or an approver"}
    assert who_told(replace(graph.moves[0], who=("owner",)), graph) == "who registered it"
