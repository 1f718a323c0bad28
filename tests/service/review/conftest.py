"""A real browser before the real service, a reviewer signed in, and applications that were referred."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from riskbench.service.api_keys import KeyFile

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for the tests of a module; each opens contexts of its own. It ends before others need a loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages, each as another person's: `open_page(width=390, language="zh")`."""
    contexts = []

    def opened(width: int = 1280, language: str = "en", bypass: bool = False) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale=language, bypass_csp=bypass)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@dataclass
class Reviewer:
    """A person without a browser: a client with cookies that sends forms as a browser does."""

    client: httpx.Client
    page: str = ""
    seen: dict[str, str] = field(default_factory=dict)

    def sign_in(self, key: str) -> httpx.Response:
        self.get("/review/login")
        return self.post("/review/login", key=key, next="")

    def get(self, path: str) -> httpx.Response:
        answer = self.client.get(path)
        self.page = answer.text
        return answer

    def post(self, path: str, **fields: Any) -> httpx.Response:
        """Send fields with the hidden ones of the page that was read last."""
        hidden = dict(re.findall(r'<input type="hidden" name="(csrf|seen)" value="([^"]*)">', self.page))
        answer = self.client.post(path, data=hidden | fields)
        self.page = answer.text
        return answer

    def decide(self, id_: str, verdict: str = "approve", **fields: Any) -> httpx.Response:
        """Open an application and decide it, with a reason that fits."""
        self.get(f"/review/{id_}")
        given = {"verdict": verdict, "amount": "500", "code": "inputs_verified", "text": "called the employer"}
        return self.post(f"/review/{id_}", **given | fields)


@pytest.fixture
def reviewer() -> Iterator[Callable[..., Reviewer]]:
    """Sign somebody in: `reviewer(served, "override")`, or under a name with a key of their own."""
    clients = []

    def signed_in(served: Any, name: str = "override") -> Reviewer:
        client = httpx.Client(base_url=served.url, timeout=30)
        clients.append(client)
        person = Reviewer(client)
        assert person.sign_in(served.keys.get(name) or key_of(served, name)).status_code == 303
        return person

    yield signed_in
    for client in clients:
        client.close()


def key_of(served: Any, name: str) -> str:
    """A key that may decide, made under a name."""
    keys = KeyFile(served.project / ".riskbench" / "keys" / "api_keys.json")
    served.keys[name] = keys.new(name, ["override"])[1]
    return str(served.keys[name])


@pytest.fixture
def refer(application: Callable[..., dict[str, Any]]) -> Callable[..., str]:
    """Have an application referred; returns the id of the decision."""

    def sent(served: Any, name: str = "A1", ages: dict[str, float] | None = None, **inputs: Any) -> str:
        asked = application(name, **{"enquiries_6m": 9} | inputs) | ({"ages": ages} if ages else {})
        with served.client() as client:
            told = client.post("/v1/decisions", json=asked).json()
        assert told["action"] == "refer", told
        return str(told["id"])

    return sent


@pytest.fixture
def history() -> Callable[..., dict[str, Any]]:
    """What `GET /v1/decisions/{id}` answers."""

    def read(served: Any, id_: str) -> dict[str, Any]:
        with served.client() as client:
            return dict(client.get(f"/v1/decisions/{id_}").json())

    return read
