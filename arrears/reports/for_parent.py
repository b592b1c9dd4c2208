"""What a parent who owes is told of their case: what happens and when, what stops it, whom to call.

Made of what a closed night planned and counted, in the words of `rules/parent_words`. Nothing of the other
parent, of an employer, an account or an asset can stand in it: the sentences hold days, lengths of time and
what is past due, and nothing else. Who may be told of a case is decided as the portal decides it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from arrears import house
from arrears.answers.display import fetch_file
from arrears.answers.explain import actions_of, subjects_of
from arrears.answers.explain_clocks import add_clocks
from arrears.answers.runs import closed_run, facts_folder
from arrears.data.store import Store
from arrears.data.warehouse import Connection, file_paths, warehouse
from arrears.errors import ArrearsError
from arrears.law.parent_words import HEARING, OTHERWISE, ParentWords, Words, load_parent_words
from arrears.law.profile import Profile
from arrears.law.remedy import Card, load_cards
from arrears.ledger import Ledger
from arrears.reports.portal_form import load_portal
from arrears.values import Row

SQL = Path(__file__).with_name("sql")
EPISODES_SQL = SQL.parents[1] / "answers" / "sql" / "episodes_of.sql"
# By which partner's record the agency tells parents its name and telephone number.
LETTERS = "obligor_notices"
HEADINGS = ("title", "what", "stops", "call", "language")
_HELD, _DECIDES, _WAITS = ("held", "stayed"), "needs_person", "waits"


def for_parent(
    store: Store,
    state: str,
    as_of: date,
    who: str,
    language: str = OTHERWISE,
    release: int | None = None,
) -> Row:
    """What the parent who owes in a case (or a person, in all of theirs) is told of a closed night."""
    every = load_parent_words(house.RULES)
    if language not in every.languages:
        known = ", ".join(f"{code} ({one.name})" for code, one in sorted(every.languages.items()))
        raise ArrearsError(f"There are no words in {language!r}", "--language", f"Known: {known}")
    ledger, profile = Ledger.open(store.ledger_url), Profile.load(house.RULES, state)
    folder = facts_folder(store, ledger, closed_run(store, ledger, state, as_of, release))
    words = every.languages[language]
    with warehouse() as con:
        subjects_of(con, folder, who)  # an unknown number is said to be one
        cases = cases_of(con, folder, who)
        reader: str | None = cases[0]["person_id"] if cases else None
        told = _Told(con, folder, ledger, profile, as_of, every, words)
        remedies = [one for case in cases for one in told.of_case(case["case_id"], case["person_id"])]
    return {
        "state": state,
        "as_of": as_of.isoformat(),
        "language": language,
        "languages": [{"code": code, "name": one.name} for code, one in sorted(every.languages.items())],
        "case": who,
        "person": reader,
        "greeting": words.say("greeting", person=reader, day=words.day(as_of)) if reader else None,
        "cases": [_owed(one, words) for one in cases],
        # A debt of all cases of a parent is told once.
        "remedies": list({(one["remedy"], one["episode"]): one for one in remedies}.values()),
        "nothing": words.say("nothing" if reader else "may_not_tell") if not remedies else None,
        "call": _call(profile, words),
        "words": {name: words.words[name] for name in ("title", "what", "stops", "call", "language")},
    }


def cases_of(con: Connection, folder: Path, who: str) -> list[Row]:
    """The cases of which the parent who owes in them may be told; none where nobody may be told."""
    tables = {"cases": "case_facts", "custodial": "custodial_parents", "known": "known"}
    paths = {name: file_paths(folder / "facts" / f"{table}.parquet") for name, table in tables.items()}
    return fetch_file(con, SQL / "parent_cases.sql", {**paths, "who": who})


def _owed(case: Row, words: Words) -> Row:
    cents, on = case["past_due_cents"], case["balance_on"]
    is_known = cents is not None and on is not None
    said = (
        words.say("past_due", case=case["case_id"], amount=words.money(cents), day=words.day(on))
        if is_known
        else words.say("past_due_unknown", case=case["case_id"])
    )
    return {
        "case_id": case["case_id"],
        "past_due_cents": cents if is_known else None,
        "balance_on": on if is_known else None,
        "said": said,
    }


def _call(profile: Profile, words: Words) -> str:
    """Whom to call; where the profile knows no number, that it does not."""
    partner = profile.partners.get(LETTERS, {})
    agency, number = partner.get("agency_name"), str(partner.get("agency_telephone") or "")
    if not agency or not number:
        return words.say("call_unknown")
    return words.say("call_at", agency=agency, telephone=f"{number[:3]}-{number[3:6]}-{number[6:]}")


@dataclass(frozen=True)
class _Told:
    """What the parts of a page are made from."""

    con: Connection
    folder: Path
    ledger: Ledger
    profile: Profile
    as_of: date
    every: ParentWords
    words: Words

    def of_case(self, case: str, reader: str) -> list[Row]:
        """Each remedy under way that the reader may be told of, with its steps and what stops it."""
        asked = {"path": file_paths(self.folder / "plan" / "episode.parquet"), "who": [case, reader]}
        episodes = fetch_file(self.con, EPISODES_SQL, asked)
        acts = [
            one for one in actions_of(self.con, self.folder, [case, reader]) if one["person_id"] == reader
        ]
        add_clocks(self.con, self.folder, acts, self.profile, self.as_of)
        sent = [
            one
            for one in self.ledger.life_of(self.profile.state, case, [reader])["published"].to_pylist()
            if one["published_on"] <= self.as_of and one["person_id"] == reader
        ]
        cards, found = load_cards(house.RULES), []
        for episode in episodes:
            card = cards.get(episode["remedy"])
            mine = [one for one in acts if one["episode_id"] == episode["episode_id"]]
            went = [one for one in sent if one["episode_id"] == episode["episode_id"]]
            if card is None or episode["person_id"] != reader or not self._may_tell(card, went):
                continue
            found.append(
                {
                    "remedy": card.remedy,
                    "episode": episode["episode_id"],
                    "title": self.words.titles[card.remedy],
                    "steps": self._steps(card, mine, went),
                    "stops": self._stops(card.here(self.profile, self.as_of), mine),
                }
            )
        return found

    def _may_tell(self, card: Card, went: Iterable[Row]) -> bool:
        """Whether the remedy is told to parents, and is no surprise any more where it has to be one."""
        told = self.every.told
        if card.remedy not in told.remedies:
            return False
        queues = {one["queue"] for one in went}
        by_letter = set(load_portal(house.RULES).told_by_letter)
        if card.queues & by_letter and LETTERS not in queues:
            return False
        return card.remedy not in told.once_sent or bool(queues)

    def _steps(self, card: Card, acts: list[Row], went: list[Row]) -> list[Row]:
        """Each step with when: done, now, not before a day, or what it waits for."""
        done = {one["step"]: one["published_on"] for one in went}
        waits = {one["step"]: one for one in acts}
        told: list[Row] = []
        if any(one["kind"] == "release" for one in acts):
            told.append({"step": "release", "on": None, "when": self.words.say("ended"), "said": ""})
        for step in self.every.told.steps_of(card):
            on, when = self._when(done.get(step), waits.get(step))
            said = self.words.steps[card.remedy, step]
            told.append({"step": step, "on": on, "when": when, "said": said})
        return told

    def _when(self, done: date | None, act: Row | None) -> tuple[date | None, str]:
        if done is not None:
            return done, self.words.say("done", day=self.words.day(done))
        if act is None:
            return None, self.words.say("later")
        if act["status"] in _HELD:
            return None, self.words.say("on_hold")
        if act["status"] == _DECIDES:
            return None, self.words.say("a_person_decides")
        due = act["due_on"]
        if due is not None and due > self.as_of:
            return due, self.words.say("not_before", day=self.words.day(due))
        return None, self.words.say("not_dated" if act["status"] == _WAITS else "now")

    def _stops(self, card: Card, acts: list[Row]) -> list[Row]:
        """What the reader can do about it: what the conditions of the remedy here answer to."""
        waived = self.profile.waivers(card.remedy, self.as_of)
        asked = {one.name for part in card.conditions.values() for one in part} - waived.keys()
        told: list[Row] = []
        for stop, names in self.every.told.stops.items():
            if asked & names:
                word, on, held = self._hearing(acts) if stop == HEARING else (stop, None, {})
                told.append({"stop": stop, "by_on": on, "said": self.words.stops[word].format(**held)})
        return told

    def _hearing(self, acts: Iterable[Row]) -> tuple[str, date | None, Mapping[str, str]]:
        """By when a hearing can be asked for, as the clock of a step that waits for it counted."""
        clocks = [one["clock"] for one in acts if one.get("clock", {}).get("intake") == "hearings"]
        for clock in clocks:
            if clock["anchor_on"] is None:
                # Of two days nobody is told the later one: only service begins where the letter arrives.
                word = "hearing_after" if clock["from"] == "served" else "hearing_since_letter"
                return word, None, {"length": self.words.length(clock["number"], clock["unit"])}
            ends = clock["ends_on"]
            if ends is not None and ends >= self.as_of:
                return "hearing_by", ends, {"day": self.words.day(ends)}
            if ends is not None and clock["is_closed"] is True:
                return "hearing_over", None, {"day": self.words.day(ends)}
        return HEARING, None, {}


def print_for_parent(told: Row) -> str:
    """The page as text, to be read out or printed."""
    lines = [told["words"]["title"], ""]
    lines += [told["greeting"], ""] if told["greeting"] else []
    lines += [one["said"] for one in told["cases"]]
    lines += ["", told["nothing"]] if told["nothing"] else []
    for one in told["remedies"]:
        lines += ["", one["title"], f"  {told['words']['what']}:"]
        lines += [f"    {step['when']}{': ' if step['said'] else '.'}{step['said']}" for step in one["steps"]]
        if one["stops"]:
            lines += [f"  {told['words']['stops']}:", *(f"    - {stop['said']}" for stop in one["stops"])]
    return "\n".join([*lines, "", f"{told['words']['call']}: {told['call']}"])
