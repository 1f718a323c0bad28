"""What people read: sentences that name nobody, and messages that no receiver takes for markup.

What a rule says holds names that came from outside, such as features and channels. A receiver may read HTML, Markdown
or the marks of a chat, and which is not known here. So whatever could be markup, a link or a call to everybody is
replaced by a look-alike; a mail in HTML is escaped by apprise besides.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from riskbench.core.files import digest
from riskbench.monitoring.reading import Reading, Severity
from riskbench.privacy.scan import scan_text

Say = Callable[[str], str]  # a text in another language; where it has none there, the text
WITHHELD = "The sentence of the rule is withheld, because it seems to name a person"
NO_CHANNEL = "no channel: seen only on the status page"
SHOWN = 20  # incidents of one message
LENGTH = 400  # characters of one sentence
_LOOK_ALIKES = str.maketrans(
    {"<": "‹", ">": "›", "[": "(", "]": ")", "`": "'", "*": "∗", "|": "¦", "~": "∼", "\\": "∖", "&": "＆", "@": " at "}
)


@dataclass(frozen=True)
class Said:
    """What a reading says, on one line each and without identifiers."""

    key: str
    rule: str
    kind: str
    subject: str
    severity: Severity
    text: str
    advice: str


@dataclass(frozen=True)
class Line:
    """One event in a message: the incident, what happened to it, and since when the incident is known."""

    incident: int
    rule: str
    subject: str
    severity: Severity
    what: str
    at: dt.datetime
    text: str
    advice: str


@dataclass(frozen=True)
class Letter:
    """A message as it goes out; `id` stays the same at every attempt."""

    id: str
    subject: str
    body: str
    severity: Severity


def on_a_line(text: str) -> str:
    r"""A text on one line, without what a terminal, a header or a page would obey rather than show.

    >>> on_a_line("drift\r\nBcc: all\x1b[2K")
    'drift Bcc: all [2K'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def harmless(text: str) -> str:
    """A text that is no markup, no link and no call to everybody for any receiver.

    >>> harmless("<b>[a](http://b)</b> @channel net_income > 3")
    '‹b›(a)(http:⁄⁄b)‹/b› at channel net_income › 3'
    """
    return on_a_line(text.translate(_LOOK_ALIKES).replace("//", "⁄⁄"))


def said(reading: Reading) -> Said:
    """What may be kept and told of a reading: a sentence or a subject with an identifier is withheld.

    >>> reading = Reading("calls", "count", "signal", dt.datetime.now(dt.UTC), text="ask ann" + "@" + "example.org")
    >>> said(reading).text
    'The sentence of the rule is withheld, because it seems to name a person'
    """
    about = ", ".join(f"{name}={value}" for name, value in sorted(reading.subject.items()))
    key = on_a_line(reading.key)
    if scan_text(f"{reading.key} {about}"):
        about, key = "a subject that is withheld", f"{on_a_line(reading.rule)}[{digest(reading.key)[:16]}]"
        if (study := reading.subject.get("study")) and not scan_text(study):  # whose incident it is must be known
            about = f"{about}, study={study}"
    text, advice = on_a_line(reading.text)[:LENGTH], on_a_line(reading.advice)[:LENGTH]
    if scan_text(f"{reading.text} {reading.advice}"):
        text, advice = WITHHELD, ""
    rule = on_a_line(reading.rule) if not scan_text(reading.rule) else "a rule whose name is withheld"
    return Said(key, rule, on_a_line(reading.kind), on_a_line(about), reading.severity, text, advice)


def letter(message: str, lines: Sequence[Line], status_page: str, say: Say = str) -> Letter:
    """The message about some events: the gravest first, `SHOWN` at most, and where to read on.

    `say` says a text of it in the language of whoever reads it.
    """
    weight = {"alarm": 0, "warning": 1, "notice": 2}
    ordered = sorted(lines, key=lambda line: (weight[line.severity], line.incident, line.at))
    worst = ordered[0].severity
    parts = [_paragraph(line, status_page, say) for line in ordered[:SHOWN]]
    if len(ordered) > SHOWN:
        parts.append(say(f"And {len(ordered) - SHOWN:,} more: riskbench alerts, or the status page."))
    parts.append(say(f"Message {message}. The same message may come twice; it then has this same number."))
    return Letter(message, harmless(say(_subject(ordered, worst))), "\n\n".join(parts), worst)


def trial(message: str, channel: str, at: dt.datetime, say: Say = str) -> Letter:
    """The message that tries a channel, and says so."""
    body = f"A test of the channel {channel}, asked for at {at:%Y-%m-%d %H:%M} UTC. Nothing has happened."
    return Letter(message, say("riskbench test"), say(body), "notice")


def _subject(lines: Sequence[Line], worst: Severity) -> str:
    incidents = {line.incident for line in lines}
    if len(incidents) == 1:
        told = f"{lines[-1].what}: {_about(lines[0])[:120]} (incident {lines[0].incident})"
    else:
        rules = ", ".join(dict.fromkeys(line.rule for line in lines))
        told = f"{len(incidents)} incidents: {rules}"[:140]
    return f"riskbench {worst}: {told}"


def _paragraph(line: Line, status_page: str, say: Say) -> str:
    rows = [f"{line.severity.upper()} {line.what}: {_about(line)}, {line.at:%Y-%m-%d %H:%M} UTC"]
    if line.text:
        rows.append(_sentence(line.text))
    if line.advice and not line.what.endswith("resolved"):
        rows.append(f"What to do: {_sentence(line.advice)}")
    if line.what.endswith("resolved"):
        rows.append(f"Incident {line.incident} has ended.")
    else:
        rows.append(f"Incident {line.incident}: riskbench alerts acknowledge {line.incident} --by NAME")
    told = [harmless(say(row)) for row in rows]
    return "\n".join([*told, f"{status_page}#incident-{line.incident}"] if status_page else told)


def _about(line: Line) -> str:
    return f"{line.rule} ({line.subject})" if line.subject else line.rule


def _sentence(text: str) -> str:
    told = on_a_line(text)
    return told if told.endswith((".", "!", "?")) else f"{told}."
