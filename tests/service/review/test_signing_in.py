"""Who may look and who may decide: keys, sessions that end, and forms that are a session's own."""

import time

import pytest

from riskbench.service.api_keys import KeyFile


def test_a_session_is_a_cookie_that_no_script_reads_and_no_other_site_sends(served, reviewer):
    person = reviewer(served)
    cookie = person.client.cookies.jar
    person.get("/review/login")
    answer = person.post("/review/login", key=served.keys["read"], next="")
    told = answer.headers["set-cookie"]
    assert "HttpOnly" in told
    assert "SameSite=strict" in told
    assert "Path=/review" in told
    assert "Secure" not in told  # it came by plain HTTP, from this machine
    assert served.keys["read"] not in str(list(cookie))


def test_by_tls_of_a_proxy_the_cookie_is_secure(served, reviewer):
    person = reviewer(served)
    person.client.headers["X-Forwarded-Proto"] = "https"
    assert "Secure" in person.get("/review/login").headers["set-cookie"]


@pytest.mark.parametrize("path", ["/review", "/review/" + "0" * 32])
def test_nobody_sees_anything_before_signing_in_and_is_led_back_after_it(served, reviewer, path):
    person = reviewer(served)
    person.client.cookies.clear()
    answer = person.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/review/login")
    person.get(answer.headers["location"])
    signed_in = person.post("/review/login", key=served.keys["override"], next=path)
    assert signed_in.headers["location"] == path


@pytest.mark.parametrize("after", ["https://example.org", "//example.org", "/review/../v1", "/review\r\nX: y"])
def test_nobody_is_led_to_another_place(served, reviewer, after):
    person = reviewer(served)
    person.get("/review/login")
    assert person.post("/review/login", key=served.keys["read"], next=after).headers["location"] == "/review"


def test_a_wrong_key_is_refused_and_after_ten_nobody_there_may_try(serving, reviewer):
    served = serving()
    person = reviewer(served)
    for _ in range(10):
        person.get("/review/login")
        assert person.post("/review/login", key="rb_000000000000_wrong", next="").status_code == 401
    person.get("/review/login")
    answer = person.post("/review/login", key=served.keys["override"], next="")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    served.end()


def test_a_key_that_may_neither_look_nor_decide_is_refused_by_its_name(served, reviewer):
    person = reviewer(served)
    person.get("/review/login")
    answer = person.post("/review/login", key=served.keys["decide"], next="")
    assert answer.status_code == 403
    assert "The key decide may neither look nor decide" in answer.text


def test_scope_read_looks_and_does_not_decide(served, reviewer, refer, history):
    id_, person, other = refer(served), reviewer(served, "read"), reviewer(served)
    assert "Your key may look but not decide" in person.get(f"/review/{id_}").text
    assert 'name="verdict"' not in person.page
    seen = other.get(f"/review/{id_}").text
    assert 'name="verdict"' in seen
    assert person.decide(id_).status_code == 403
    assert history(served, id_)["history"] == []


@pytest.mark.parametrize("token", ["", "x", "ä"])
def test_a_form_that_is_not_the_sessions_own_is_refused(served, reviewer, refer, history, token):
    id_, person = refer(served), reviewer(served)
    assert person.decide(id_, csrf=token).status_code == 403
    assert "was not sent from a page of this session" in person.page
    assert history(served, id_)["history"] == []


def test_the_form_of_another_session_is_refused_too(served, reviewer, refer):
    id_, person, other = refer(served), reviewer(served), reviewer(served)
    person.get(f"/review/{id_}")
    other.page = person.page
    fields = {"verdict": "approve", "amount": "500", "code": "security", "text": ""}
    assert other.post(f"/review/{id_}", **fields).status_code == 403


def test_an_idle_session_ends_and_what_is_sent_after_it_is_not_written(serving, reviewer, refer, history):
    served = serving("--idle-minutes", "0.02")
    id_, person = refer(served), reviewer(served)
    person.get(f"/review/{id_}")
    time.sleep(1.5)
    fields = {"verdict": "approve", "amount": "500", "code": "security", "text": ""}
    answer = person.post(f"/review/{id_}", **fields)
    assert answer.status_code == 401
    assert "Your session has ended, and nothing was written" in answer.text
    assert history(served, id_)["history"] == []
    served.end()


def test_a_key_that_is_revoked_ends_its_session_at_once(serving, reviewer):
    served = serving()
    person = reviewer(served)
    assert person.get("/review").status_code == 200
    KeyFile(served.project / ".riskbench" / "keys" / "api_keys.json").revoke("override")
    assert person.get("/review").status_code == 303
    served.end()


def test_after_signing_out_the_cookie_opens_nothing(served, reviewer):
    person = reviewer(served)
    cookies = list(person.client.cookies.jar)
    assert {cookie.path for cookie in cookies if cookie.name == "riskbench_review"} == {"/review", "/status"}
    person.get("/review")
    assert person.post("/review/logout").status_code == 303
    for cookie in cookies:
        person.client.cookies.jar.set_cookie(cookie)
    assert person.get("/review").status_code == 303
    assert person.get("/status").status_code == 303


def test_every_page_forbids_scripts_frames_and_forms_to_elsewhere(served, reviewer):
    person = reviewer(served)
    for path in ("/review", "/review/login", "/review/" + "0" * 32):
        policy = person.get(path).headers["Content-Security-Policy"]
        assert "default-src 'self'; script-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert person.client.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"x" * 30_000, "application/x-www-form-urlencoded", 413),
        (b"a=%ff", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a=1" for _ in range(100)), "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 415),
        (b"\xff", "application/x-www-form-urlencoded", 400),
    ],
)
def test_a_body_that_is_no_form_is_refused(served, reviewer, content, kind, status):
    person = reviewer(served)
    answer = person.client.post("/review/login", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
