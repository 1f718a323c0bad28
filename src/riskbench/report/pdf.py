"""The one door to a browser that prints: HTML in, a tagged PDF out. Needs the extra `pdf` and Chromium."""

import shutil
from pathlib import Path

from riskbench.core.errors import CannotRun
from riskbench.core.files import replacing

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_NEEDED = (
    'PDF needs the extra "pdf" and Chromium: pip install "riskbench[pdf]", and chromium from the system\'s packages'
)


def print_pdf(html: str, target: Path) -> int:
    """Print a document that stands alone into `target`, whole or not at all; gives the number of sheets.

    The PDF is tagged (headings, tables, alternative texts; ISO 14289 asks for them) and has an outline. The browser
    runs without a network and without scripts. Raises `CannotRun` without playwright or a browser.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
        from pypdf import PdfReader
    except ImportError:
        raise CannotRun(_NEEDED) from None
    browser_file = next(filter(None, map(shutil.which, BROWSERS)), None)
    with replacing(target) as temporary:
        source = temporary.with_suffix(".html")
        source.write_text(html, "utf-8")
        try:
            with sync_playwright() as player:
                browser = player.chromium.launch(
                    executable_path=browser_file, args=["--no-sandbox", "--disable-gpu"], timeout=60_000
                )
                page = browser.new_context(offline=True, java_script_enabled=False).new_page()
                page.goto(source.as_uri(), timeout=300_000)
                page.pdf(path=temporary, prefer_css_page_size=True, tagged=True, outline=True)
                browser.close()
        except Error as error:
            raise CannotRun(f"{_NEEDED} ({str(error).splitlines()[0]})") from None
        finally:
            source.unlink(missing_ok=True)
        return len(PdfReader(temporary).pages)
