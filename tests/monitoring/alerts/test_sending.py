"""What goes over the wire: to the one address that was given, harmless, and without a word about its secrets."""

import email
import email.policy
import logging

import pytest

from riskbench.core.errors import CannotRun
from riskbench.monitoring.alerts.sending import Receiver
from riskbench.monitoring.alerts.settings import Channel
from riskbench.monitoring.alerts.wording import Letter

LETTER = Letter("m1", "riskbench alarm: opened", "ALARM opened\nMessage m1.", "alarm")
SECRET = "s3cr3t"


@pytest.fixture
def receiver(monkeypatch):
    """The receiver at an apprise URL: `receiver("json://127.0.0.1:1")`."""

    def call(url: str) -> Receiver:
        monkeypatch.setenv("A_URL", url)
        return Receiver("team", Channel(url_variable="A_URL"))

    return call


def test_a_webhook_gets_title_sentence_kind_and_the_number_of_the_message(receiver, webhook):
    assert receiver(webhook.url).send(LETTER) == ""
    (body,) = webhook.bodies
    assert (body["title"], body["message"], body["type"]) == (LETTER.subject, LETTER.body, "failure")
    assert webhook.ids == ["m1"]


def test_a_mail_carries_the_number_of_the_message_and_one_header_a_line(receiver, mail):
    box, url = mail
    letter = Letter("m1", "drift\r\nBcc: all@lender.example", "opened\nMessage m1.", "alarm")
    assert receiver(url).send(letter) == ""
    (envelope,) = box.taken
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert message["X-Riskbench-Message"] == "m1"
    assert message["Subject"] == "drift Bcc: all@lender.example"
    assert message["Bcc"] is None
    assert envelope.rcpt_tos == ["duty@lender.example"]


def test_a_mail_shows_markup_and_does_not_obey_it(receiver, mail):
    box, url = mail
    receiver(f"{url}&format=html").send(Letter("m1", "s", "feature <img src=x onerror=y> moved", "alarm"))
    message = email.message_from_bytes(box.taken[0].content, policy=email.policy.default)
    pages = [part.get_content() for part in message.walk() if part.get_content_type() == "text/html"]
    assert pages
    assert all("<img" not in page and "&lt;img" in page for page in pages)


def test_nobody_but_the_given_address_is_asked(receiver, webhook):
    webhook.status, webhook.headers = 307, {"Location": f"http://127.0.0.1:{webhook.port}/elsewhere"}
    assert receiver(webhook.url).send(LETTER) == "the receiver answered with status 307"
    assert webhook.paths == ["/hook"]


def test_a_receiver_is_tried_once_though_its_url_asks_for_more(receiver, webhook):
    webhook.status = 500
    assert receiver(f"{webhook.url}?retry=5&wait=0").send(LETTER) == "the receiver answered with status 500"
    assert len(webhook.bodies) == 1


@pytest.mark.parametrize("kind", ["json", "xml", "mailto"])
def test_who_cannot_be_reached_is_said_without_the_secrets_of_the_url(receiver, kind, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    url = f"{kind}://me:{SECRET}@127.0.0.1:9/{SECRET}?from=a@b.example&to=c@d.example&mode=insecure"
    assert receiver(url).send(LETTER) == "the receiver cannot be reached, or did not answer in time"
    assert SECRET not in caplog.text + "".join(capfd.readouterr())


def test_what_is_sent_leaves_no_secret_in_a_log_either(receiver, webhook, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    assert receiver(f"json://me:{SECRET}@127.0.0.1:{webhook.port}/{SECRET}").send(LETTER) == ""
    assert SECRET not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "channel team: the variable A_URL is not set"),
        (f"nowhere://{SECRET}", "the variable A_URL holds no URL that apprise knows"),
        (f"slack://{SECRET}", "the variable A_URL holds no URL that apprise knows"),
        ("mailto://a:b@lender.example?to=x@lender.example,y@lender.example", "names 2 receivers"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_being_repeated(receiver, url, said, caplog, capfd):
    with pytest.raises(CannotRun, match=said) as error:
        receiver(url)
    assert SECRET not in f"{error.value}{caplog.text}{capfd.readouterr()}"


def test_the_log_of_apprise_is_as_it_was_afterwards(receiver, webhook):
    logger = logging.getLogger("apprise")
    before = (list(logger.handlers), logger.level, logger.propagate)
    receiver(webhook.url).send(LETTER)
    assert (list(logger.handlers), logger.level, logger.propagate) == before
