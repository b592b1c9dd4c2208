"""Who may open which page of the desk, and what each answer forbids the browser to do."""

import hashlib
import hmac
import inspect
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

# A form is taken only with the token of the browser that was shown it; the cookie holds its seed.
SEED_COOKIE, TOKEN_FIELD = "arrears_seed", "csrf"
SAFE_METHODS = frozenset(["GET", "HEAD", "OPTIONS"])
# Assets are open to anybody: they hold nothing of the agency, and a page in a sandboxed frame has no cookie.
OPEN_PREFIX = "/static/"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Person:
    """Whoever is signed in: name, roles of the desk, and the offices whose lines they may see (None: all)."""

    name: str
    roles: frozenset[str]
    offices: frozenset[str] | None = None


def origin_of(url: str) -> str:
    """The origin of an address as a browser sends it; nothing for an address without scheme and host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.scheme and parts.netloc else ""


SignedIn = Callable[[Request], Person | Awaitable[Person | None] | None]


class allowed:  # noqa: N801 - read as a sentence where it is used: Depends(allowed("supervisor"))
    """The signed-in person, where one of their roles may use the route; else 403."""

    def __init__(self, *roles: str) -> None:
        self.roles = frozenset(roles)

    def __call__(self, request: Request) -> Person:
        person: Person = request.state.person
        if not person.roles & self.roles:
            raise HTTPException(
                403, "Your role does not open this page: ask a " + " or ".join(sorted(self.roles))
            )
        return person


async def who_is(request: Request, signed_in: SignedIn) -> Person | None:
    """The person of this request's session, whether the sign-in answers at once or has to be awaited."""
    found = signed_in(request)
    return await found if inspect.isawaitable(found) else found


def seed_of(request: Request) -> str:
    """The browser's seed: the one of its cookie, else a new one that the answer will set."""
    seed: str = (
        request.cookies.get(SEED_COOKIE) or getattr(request.state, "seed", "") or secrets.token_urlsafe(18)
    )
    request.state.seed = seed
    return seed


def form_token(key: str, seed: str, name: str, night: str = "") -> str:
    """The token of every form that is shown to this person in this browser on a page about this night."""
    text = f"desk form\n{seed}\n{name}\n{night}"
    return f"{hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()}.{night}"


async def refuse_forged(request: Request) -> None:
    """Refuses a write whose form was not made by this desk for this person and browser."""
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("origin")
    own = f"{request.url.scheme}://{request.headers.get('host')}"
    if origin not in (None, own, request.app.state.origin or own):
        raise HTTPException(403, "This form came from another site; nothing was changed")
    given = (await the_form(request)).get(TOKEN_FIELD)
    given = given if isinstance(given, str) else ""
    seed, night = request.cookies.get(SEED_COOKIE, ""), given.rpartition(".")[2]
    wanted = form_token(request.app.state.key, seed, request.state.person.name, night)
    if not (seed and hmac.compare_digest(given.encode(), wanted.encode())):
        raise HTTPException(
            403, "This form is old or not from this desk; nothing was changed. Open the page again"
        )
    request.state.form_night = night


async def the_form(request: Request) -> FormData:
    """The fields of a form that was sent."""
    return await request.form()


def field(form: FormData, name: str) -> str:
    """A field of a form as text; nothing where it is not there, or is a file."""
    found = form.get(name, "")
    return found.strip() if isinstance(found, str) else ""
