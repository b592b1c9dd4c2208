"""A real browser for the pages: where it is, how it starts, and how it is told to wait.

`ARREARS_SCREENSHOTS=DIR` also keeps a picture of each page there.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

WITHOUT = "ARREARS_NO_CHROMIUM"
PICTURES = os.environ.get("ARREARS_SCREENSHOTS")
PATIENCE_SECONDS = 120


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser without a window.

    A machine without one fails here rather than passing unseen; whoever wants to go without says so in
    the environment, and the skip then says it too.
    """
    if os.environ.get(WITHOUT):
        pytest.skip(f"{WITHOUT} is set: nothing is tested in a browser")
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.fail(f"Chromium is not here. Install chromium, or set {WITHOUT}=1.")
    from pictures import opened

    with opened(found) as browser:
        yield browser


def retry(act: Callable[[], Any], seconds: float = 30) -> Any:
    """What the act gives, tried again while the server is still coming up."""
    from playwright.sync_api import Error

    end = time.monotonic() + seconds
    while True:
        try:
            return act()
        except Error:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def picture(page: Any, name: str) -> None:
    """Keeps a picture of the page where somebody asked for pictures."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


def sign_in(page: Any, address: str, user: str, password: str) -> None:
    """Signs in at Airflow's own page."""
    retry(lambda: page.goto(address), PATIENCE_SECONDS)
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
