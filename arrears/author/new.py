"""Files to begin with: a feed, a remedy, a queue or a state that `arrears check` passes as it is written.

What is written stands in `templates/KIND`, a tree like the house itself: NAME, STATE and NIGHT in a path are
put in. NEXT holds what to do afterwards, VALUES what is put into the state's profile.
"""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from arrears import house
from arrears.author.new_remedy import card_parts
from arrears.author.sample import known_nights
from arrears.config import Faults
from arrears.data.store import write_aside
from arrears.data.warehouse import warehouse
from arrears.days import CADENCES
from arrears.errors import ArrearsError
from arrears.law.catalog import Catalog, catalog
from arrears.law.citations import source_of
from arrears.law.profile_files import known_keys, states
from arrears.law.remedy import load_cards

TEMPLATES = Path(__file__).parent / "templates"
NEXT, VALUES = "NEXT", "VALUES"
MOST_LETTERS = 40


@dataclass(frozen=True)
class Written:
    """What was written or changed, as paths within the house, and what to do next."""

    kind: str
    name: str
    files: tuple[str, ...]
    changed: tuple[str, ...]
    next: tuple[str, ...]


@dataclass
class Draft:
    """Texts by their place in the house, made before any of them is written."""

    kind: str
    name: str
    given: Mapping[str, Any]
    files: dict[str, str] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)

    def render(self) -> None:
        """Fills every file of the kind's templates."""
        root = TEMPLATES / self.kind
        for path in sorted(one for one in root.rglob("*") if one.is_file()):
            if path.parent != root:
                place = path.relative_to(root).as_posix().removesuffix(".j2")
                for word in ("NAME", "STATE", "NIGHT"):
                    place = place.replace(word, str(self.given.get(word.lower(), "")))
                self.files[place] = self.filled(path)

    def filled(self, path: Path) -> str:
        """A template with what was given."""
        return _environment().get_template(path.relative_to(TEMPLATES).as_posix()).render(self.given)

    def write(self) -> Written:
        """Writes each file whole, and none of them where one is there already."""
        for place in self.files:
            if (house.ROOT / place).exists():
                raise ArrearsError(
                    f"There is a {self.kind} {self.name} already", house.ROOT / place, "Give another name"
                )
        for place, text in {**self.files, **self.changed}.items():
            write_aside(house.ROOT / place, text.encode())
        steps = self.filled(TEMPLATES / self.kind / NEXT).splitlines()
        return Written(self.kind, self.name, tuple(self.files), tuple(self.changed), tuple(steps))


def new_feed(name: str, title: str, partner: str, cadence: str, state: str, night: date | None) -> Written:
    """A feed with header, records and trailer, and a sample file of two invented people."""
    _check_name("feed", name)
    if cadence not in CADENCES:
        raise ArrearsError(f"A feed cannot come {cadence}", "--cadence", f"Give one of {', '.join(CADENCES)}")
    _need_state(state)
    nights = known_nights(state)
    if night is not None and night not in nights:
        raise ArrearsError(
            f"{night} is not a sample night of {state}",
            "--night",
            f"Give one of {', '.join(map(str, nights))}, or none for the last",
        )
    given = {
        "name": name,
        "title": title or _title(name),
        "partner": partner or "the partner who sends it",
        "cadence": cadence,
        # Twice as long as the longest time between two deliveries.
        "stale_after_days": 2 * CADENCES[cadence],
        "state": state,
        "night": night or nights[-1],
    }
    given["sample"] = f"sample_data/{state}/{given['night']}/inbox/{name}.txt"
    draft = Draft("feed", name, given)
    draft.render()
    return draft.write()


def new_queue(name: str, title: str) -> Written:
    """A queue with header, records and trailer that reports a debt and takes the report back."""
    _check_name("queue", name)
    draft = Draft("queue", name, {"name": name, "title": title or _title(name)})
    draft.render()
    return draft.write()


def new_state(letters: str, title: str, cites: str) -> Written:
    """The profile of a state without remedies in force, with its code, time zone and the federal holidays."""
    name = letters.lower()
    with (TEMPLATES / "states.csv").open(encoding="utf-8", newline="") as lines:
        known = {row["letters"]: row for row in csv.DictReader(line for line in lines if line[0] != "#")}
    if name not in known:
        raise ArrearsError(
            f"{letters} is not a state; one is named by its two letters", "", "Write, for example, nh"
        )
    one = known[name]
    if title and title.casefold() != one["name"].casefold():
        raise ArrearsError(
            f"{name} is {one['name']}", repr(title), "Give the letters and the name of one state"
        )
    _need_source(cites, catalog(house.RULES, Faults()))
    draft = Draft(
        "state",
        name,
        {
            "name": name,
            "title": one["name"],
            "fips": one["fips"],
            "timezone": one["timezone"],
            "cites": cites,
        },
    )
    draft.render()
    return draft.write()


def new_remedy(
    name: str,
    title: str,
    facts: str,
    amount: str,
    queue: str,
    message: str,
    takes_back: str,
    state: str,
    cites: str,
) -> Written:
    """A card that is in force nowhere: every protection of its facts taken, each condition shown."""
    _check_name("remedy", name)
    _need_state(state)
    known = catalog(house.RULES, Faults())
    _need_source(cites, known)
    cards = load_cards(house.RULES)
    if name in cards:
        raise ArrearsError(f"There is a remedy {name} already", cards[name].folder, "Give another name")
    if (key := f"{name}.least") in known_keys(house.RULES):
        raise ArrearsError(f"There is a value {key} already", "rules/jurisdictions", "Give another name")
    given = {
        **{"name": name, "title": title or _title(name), "state": state, "cites": cites},
        **{"facts": facts, "queue": queue},
        "order": 1 + max(card.order for card in cards.values()),
        **_messages(queue, message, takes_back, known),
        **card_parts(facts, amount, state, cards, known),
    }
    draft = Draft("remedy", name, given)
    draft.render()
    place = f"rules/jurisdictions/{state}.yml"
    draft.changed[place] = _with_value(place, draft.filled(TEMPLATES / "remedy" / VALUES))
    return draft.write()


def _messages(queue: str, message: str, takes_back: str, known: Catalog) -> dict[str, Any]:
    """What a card says through a queue and by which message it takes that back; neither is guessed."""
    if not queue:
        for option, given in (("--message", message), ("--takes-back", takes_back)):
            if given:
                raise ArrearsError(f"{option} needs --queue", given, "Say which queue carries it")
        return {"message": "", "withdraw": "", "is_notice": False}
    carried = (known.queues or {}).get(queue)
    if not carried:
        there = ", ".join(sorted(known.queues or {}))
        raise ArrearsError(f"There is no queue {queue}", "--queue", f"Give one of {there}, or none")
    if not message and len(carried) == 1:
        [message] = carried
    _need_message("--message", message, queue, carried)
    steps = [step for card in load_cards(house.RULES).values() for step in card.steps if step.queue == queue]
    said = [step for step in steps if step.message == message]
    is_notice = bool(said) and all(step.kind == "notice" for step in said)
    if not is_notice:
        _need_message("--takes-back", takes_back, queue, carried)
    elif takes_back:
        raise ArrearsError(f"{message} is a notice, which is not taken back", "--takes-back", "Leave it out")
    return {"message": message, "withdraw": takes_back, "is_notice": is_notice}


def _need_message(option: str, message: str, queue: str, carried: Sequence[str]) -> None:
    if message not in carried:
        what = f"carries no message {message}" if message else f"carries several messages: {option} is needed"
        raise ArrearsError(f"The queue {queue} {what}", option, f"Give one of {', '.join(carried)}")


def _with_value(place: str, text: str) -> str:
    """A profile with a value more, the first of its `values`."""
    old = (house.ROOT / place).read_text(encoding="utf-8")
    found = re.search(r"^values:[ ]*({})?[ ]*$", old, re.MULTILINE)
    if found is None:
        raise ArrearsError(
            "The profile has no line `values:`", house.ROOT / place, "Add it, at the beginning of a line"
        )
    return f"{old[: found.start()]}values:\n{text.rstrip()}{old[found.end() :]}"


def _check_name(kind: str, name: str) -> None:
    """Refuses what cannot be the name of a folder and of a table, in one plain sentence."""
    if re.fullmatch("[a-z][a-z0-9_]*", name) is None or len(name) > MOST_LETTERS:
        raise ArrearsError(
            f"A {kind}'s name is a letter, then letters, digits and underscores, all small,"
            f" {MOST_LETTERS} at most",
            repr(name),
            "Give another name",
        )
    with warehouse() as con:
        words = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
        if (name,) in con.execute(words).fetchall():
            raise ArrearsError(f"{name} is a word of SQL and cannot name a {kind}", "", "Give another name")


def _need_state(state: str) -> None:
    if state not in (known := states(house.RULES)):
        raise ArrearsError(f"There is no profile of {state}", "--state", f"Give one of {', '.join(known)}")


def _need_source(cites: str, known: Catalog) -> None:
    if source_of(cites, known.sources) is None:
        raise ArrearsError(
            f"{cites} is written down nowhere",
            "--cites",
            "Name a source of rules/sources.yml, or add it there",
        )


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _environment() -> Environment:
    made = Environment(  # what is written is no page: nothing is escaped for HTML
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    made.filters["quoted"] = quoted
    return made


def quoted(text: str) -> str:
    """A text as YAML holds it: bare where it can stand so, else in quotes."""
    bare = re.fullmatch(r"[A-Za-z][A-Za-z0-9 ,.()-]*[A-Za-z0-9.)]", text)
    return (
        text
        if bare and text.lower() not in ("true", "false", "null")
        else json.dumps(text, ensure_ascii=False)
    )
