"""The desk without Airflow, for invented people on one's own machine: one person, one browser, loopback."""

import hmac
import secrets
from dataclasses import dataclass, field

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

from arrears.data.store import Store
from arrears.desk.security import HEADERS, Person
from arrears.desk.web import make_app
from arrears.errors import Refused
from arrears.ledger import Ledger

HOST, SIGN_IN = "127.0.0.1", "/sign-in"


@dataclass
class Session:
    """One person's sign-in: a token that opens the desk once, and the cookie that it is changed into."""

    name: str
    ledger: Ledger
    offices: frozenset[str] | None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    # A browser sends the cookies of one host to all of its ports: two desks must not share a name.
    cookie: str = field(default_factory=lambda: f"arrears_{secrets.token_hex(4)}")

    def person(self, request: Request) -> Person | None:
        """The person where the browser holds the cookie, with the roles that the ledger gives them now."""
        given = request.cookies.get(self.cookie, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            return None
        return Person(self.name, self.ledger.roles(self.name), self.offices)

    def redeem(self, token: str) -> bool:
        """True the first time that the right token comes."""
        is_right = bool(self.token) and hmac.compare_digest(token.encode(), self.token.encode())
        if is_right:
            self.token = ""
        return is_right


def make_local_app(store: Store, name: str, offices: frozenset[str] | None = None) -> tuple[FastAPI, Session]:
    """The desk with a sign-in of its own, and its session; refuses real people and strangers."""
    if store.kind == "real":
        raise Refused(
            "The desk of real people opens only behind the agency's sign-in", "--store", "Open it in Airflow"
        )
    ledger = Ledger.open(store.ledger_url)
    if not ledger.roles(name):
        raise Refused(
            f"{name} has no role in this store's ledger",
            "--as",
            f"Give one: python -m arrears.ledger --store DIR user {name} supervisor",
        )
    session = Session(name, ledger, offices)
    desk = make_app(store, session.person)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get(SIGN_IN)
    def sign_in(token: str = "") -> Response:
        if not session.redeem(token):
            return PlainTextResponse("This address has been used. Start the desk again.\n", 401, HEADERS)
        answer = RedirectResponse("/", 303, HEADERS)
        answer.set_cookie(session.cookie, session.secret, httponly=True, samesite="strict")
        return answer

    app.mount("/", desk)
    # A page of another site may make its own name lead here; the host it then sends gives it away.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
    return app, session
