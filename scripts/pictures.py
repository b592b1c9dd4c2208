"""The pictures of README and docs: the desk on two lived nights of the sample, taken when a page has loaded.

    scripts/pictures.py [--out docs]

A picture is taken only where everything that it is there to show is on the page.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_processes import Trouble

ROOT = Path(__file__).resolve().parents[1]
USER = "sam.supervisor"
SIZE = {"width": 1400, "height": 900}
PATIENCE_SECONDS = 300
QUIET = ("gpu", "quic", "background-networking", "component-update", "sync")
FLAGS = ["--no-sandbox", "--no-first-run", *(f"--disable-{one}" for one in QUIET)]


@dataclass(frozen=True)
class Picture:
    """One picture: the page, what is done there, and what must be on it, each selector so many times."""

    path: str
    shows: Mapping[str, int]
    keys: tuple[str, ...] = ()
    then: str = ""


PICTURES = {
    "tonight": Picture("tonight", {".strip li": 8, "table": 1}),
    "list": Picture("list", {"table.lines tbody tr": 5, ".kinds a": 4}),
    "line": Picture("list?kind=approval", {"h1": 1, ".desk, .card": 2}, ("j", "o"), "**/line?**"),
    "split": Picture("list?kind=approval", {".pane .conditions li": 2, ".pane form.decide": 1}, ("j",)),
    "why": Picture("explain?who=00000101", {"nav.tabs a, .tabs a": 1, ".conditions li": 4, "details": 4}),
    "parent": Picture("explain?who=00000101&for=parent", {"h1": 1, "section": 3}),
    "preview": Picture("list?kind=approval&size=10", {"aside h2": 1, "table": 1}, ("X", "A"), "**/preview"),
    "what-if": Picture(
        "what-if?key=passport.threshold&value=$4,000",
        {".groups li": 4, ".waterfall rect.stand": 2},
    ),
    "diff": Picture(
        "diff?first=2025-01-14&second=2025-01-15",
        {".waterfall rect.stand": 2, ".waterfall rect.gone": 5, "table.lines tbody tr": 5},
    ),
    "quality": Picture("quality", {"figure img": 4}),
}


def main() -> int:
    """0 where every picture was taken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    parser.add_argument("--only", action="append", choices=list(PICTURES), default=None)
    asked = parser.parse_args()
    try:
        pictures(asked.out, asked.only or list(PICTURES))
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def pictures(to: Path, names: list[str]) -> None:
    """Takes the named pictures of a new store and says where they are."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        raise Trouble("Chromium is not here. Install the package chromium.")
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        lived(store)
        with served(store) as address, opened(chromium) as browser:
            for path in take(browser, address, to, names):
                print(path)


def lived(store: Path) -> None:
    """Lives the first sample night and runs the second, which waits for people."""
    from arrears.author.sample import STATE, live, receive, sample_nights
    from arrears.data.store import Store
    from arrears.night.steps import run_night

    first, second, *_ = sample_nights()
    live(store, first)
    receive(store, second)
    run_night(Store.open(store), STATE, second)


@contextmanager
def served(store: Path) -> Iterator[str]:
    """The address, good for one sign-in, of a supervisor's desk on a store of invented people."""
    command = [sys.executable, "-m", "arrears.cli.main", "review", "serve", "--as", USER, "--port", "0"]
    server = subprocess.Popen(
        [*command, "--store", str(store)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert server.stdout is not None
    try:
        said = ""
        while "Ctrl-C" not in said:
            line = server.stdout.readline()
            if not line:
                raise Trouble(f"The desk did not open. {said}")
            said += line
        yield re.sub(r"\s", "", said[said.index("http") : said.index("End it")])
    finally:
        server.terminate()
        server.wait(timeout=20)


@contextmanager
def opened(chromium: str) -> Iterator[Any]:
    """A browser without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # It has an allocator of its own, which another one in front of it would disturb.
        own = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, env=own)
        yield browser
        browser.close()


def take(browser: Any, address: str, to: Path, names: list[str]) -> list[Path]:
    """Takes the named pictures in one session; each is written once what it shows is there."""
    context = browser.new_context(viewport=SIZE)
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page = context.new_page()
    page.goto(address)
    base = page.url.split("/me/")[0]
    taken = []
    for name in names:
        wanted = PICTURES[name]
        page.goto(f"{base}/me/{wanted.path}")
        for key in wanted.keys:
            page.keyboard.press(key)
        if wanted.then:
            page.wait_for_url(wanted.then)
        taken.append(written(page, name, wanted.shows, to))
    context.close()
    return taken


def written(page: Any, name: str, shows: Mapping[str, int], to: Path) -> Path:
    """The file of a picture; a `Trouble` where something that it is there to show is not on the page."""
    from playwright.sync_api import TimeoutError as NeverCame

    with suppress(NeverCame):  # what is missing is said below, all of it
        page.locator(next(iter(shows))).first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    for image in page.locator("img").all():
        image.scroll_into_view_if_needed()
    page.evaluate("() => Promise.all([...document.images].map(one => one.decode()))")
    page.evaluate("() => window.scrollTo(0, 0)")
    found = {what: page.locator(what).count() for what in shows}
    if missing := [f"{what} {found[what]} of {many}" for what, many in shows.items() if found[what] < many]:
        raise Trouble(f"The picture {name} would not show {', '.join(missing)}.")
    path = to / f"desk-{name}.png"
    to.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(path))
    return path


if __name__ == "__main__":
    sys.exit(main())
