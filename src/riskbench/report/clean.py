"""What a page lets in: HTML from notebook cells is rebuilt from an allow-list, so that a page stands alone.

The rule, in four lines:

- known elements and attributes are kept, and every open element is closed, so that no output can break a page;
- scripts, styles and event handlers are removed; frames, forms and drawings are replaced by a line that says so;
- a picture must be carried by the page itself, and a link to elsewhere is printed as an address, not linked;
- anything that a browser would fetch from elsewhere raises ValueError.
"""

import re
from html import escape
from html.parser import HTMLParser


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KEPT = _names(
    "a abbr b blockquote br caption cite code col colgroup dd del details div dl dt em figcaption figure h2 h3 h4 h5 "
    "h6 hr i img kbd li ol p pre q s section small span strong sub summary sup table tbody td tfoot th thead time tr "
    "u ul var wbr math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace "
    "msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none"
)
_VOID = _names("br col hr img wbr")
_REMOVED = _names("script style template noscript head title")
_REPLACED = _names("iframe object applet svg canvas audio video form select textarea")
_ATTRIBUTES = _names(
    "accent accentunder alt class colspan columnalign columnspacing datetime dir display displaystyle fence form "
    "headers height id lang linebreak linethickness lspace mathvariant maxsize minsize open role rowspacing rowspan "
    "rspace scope scriptlevel separator span start stretchy tabindex title width"
)
_FETCHING = _names("src srcset data poster background action formaction manifest href xlink:href")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):")
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]+")


def clean_html(html: str) -> str:
    """HTML rebuilt by the rule above. Raises ValueError on anything that would be fetched from elsewhere.

    >>> clean_html('<p onclick="x()">Hello<script>alert(1)</script> <b>world')
    '<p>Hello <b>world</b></p>'
    >>> clean_html('<a href="https://example.org/a">source</a>')
    '<span class="elsewhere">source (https://example.org/a)</span>'
    """
    cleaner = _Cleaner()
    cleaner.feed(html)
    cleaner.close()
    return cleaner.finished()


def is_remote(address: str) -> bool:
    """Whether an address leads off the page's own folder by protocol or host."""
    plain = re.sub(r"[\s\x00-\x1f]", "", address).lower().replace("\\", "/")
    scheme = _SCHEME.match(plain)
    return plain.startswith("//") or (scheme is not None and scheme[1] not in ("data", "javascript", "attachment"))


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._open: list[tuple[str, str]] = []  # source element and what closes it
        self._hidden: list[str] = []  # elements whose content is left out

    def finished(self) -> str:
        while self._open:
            self._out.append(self._open.pop()[1])
        return "".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._refuse_remote(tag, given)
        if self._hidden or tag in _REMOVED | _REPLACED:
            self._hide(tag)
        elif (tag := "h2" if tag == "h1" else tag) in _KEPT:  # the page's own title is its one h1
            before, after = _link(given) if tag == "a" else (f"<{tag}{_attributes(tag, given)}>", f"</{tag}>")
            self._out.append(before)
            if tag not in _VOID:
                self._open.append((tag, after))

    def _hide(self, tag: str) -> None:
        if tag in _REPLACED and not self._hidden:
            self._out.append(
                f'<span class="left-out">[{tag} left out: a page carries text, tables and pictures]</span>'
            )
        if tag in _REMOVED | _REPLACED:
            self._hidden.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            if tag in self._hidden:
                del self._hidden[self._hidden.index(tag) :]
            return
        tag = "h2" if tag == "h1" else tag
        if any(name == tag for name, _ in self._open):
            closed = ""
            while closed != tag:
                closed, after = self._open.pop()
                self._out.append(after)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._out.append(escape(data, quote=False))

    @staticmethod
    def _refuse_remote(tag: str, given: dict[str, str]) -> None:
        for name in _FETCHING.intersection(given):
            if is_remote(given[name]) and not (tag == "a" and name == "href"):
                raise ValueError(f"a page must not fetch anything from elsewhere, got <{tag} {name}={given[name]!r}>")
        if tag == "img" and not _PICTURE.fullmatch(given.get("src", "")):
            source = given.get("src", "")
            raise ValueError(f"a picture must be carried by the page (data:image/…;base64,…), got {source[:80]!r}")


def _attributes(tag: str, given: dict[str, str]) -> str:
    kept = {name: value for name, value in given.items() if name in _ATTRIBUTES or name.startswith("aria-")}
    if tag == "img":
        kept = {"alt": given.get("alt") or "A picture without a description", "src": given["src"]}
    return "".join(f' {name}="{escape(value)}"' for name, value in kept.items())


def _link(given: dict[str, str]) -> tuple[str, str]:
    address = given.get("href", "").strip()
    if is_remote(address):
        return '<span class="elsewhere">', f" ({escape(address, quote=False)})</span>"
    href = "" if _SCHEME.match(re.sub(r"[\s\x00-\x1f]", "", address).lower()) else f' href="{escape(address)}"'
    return f"<a{href}{_attributes('a', given)}>", "</a>"
