"""How a card, or a count of cases, takes its conditions: by name from the library, or written by itself."""

from collections.abc import Mapping
from dataclasses import replace

from arrears.config import Node
from arrears.law.catalog import KEYS, Catalog, fact
from arrears.law.conditions import (
    Entry,
    Library,
    fitting,
    placeholders,
    read_entry,
    with_words,
    written_out,
)
from arrears.law.profile_files import read_cites
from arrears.law.remedy import AS_OF, Condition, Part
from arrears.sqltext import parameters

# Columns of a verdict table that a condition's own column must not hide.
_RESERVED = set(KEYS) | {"remedy", "part", "verdict", "because", "guide_verdict", "law_verdict"}
_RESERVED |= {"readings_differ", "amount_cents", "facts_hash"}
_RESERVED |= {"acts", "came", "untrue", "missing", "under_guide", "under_law"}


class Taker:
    """Makes the conditions of one card, its own and those of the library, and keeps what they need.

    `words` are what every condition is about that is about something, beside its own.
    """

    def __init__(
        self,
        library: Library,
        own: Mapping[str, str],
        columns: Mapping[str, str] | None,
        known: Catalog,
        words: tuple[str, ...] = (),
    ) -> None:
        self.library, self.columns, self.known, self.words = library, columns, known, words
        self.own, self.needs, self.used = own, dict(own), set[str]()
        self.said_why = set[str]()

    def take(self, name: str, one: Node, is_ground: bool = False) -> tuple[str, Condition]:
        """The part that a condition belongs to, empty for both and for a ground of release; the condition."""
        if name in _RESERVED:
            one.fault("is the name of a column that every verdict has; choose another")
        at = "" if is_ground else one.text("at", required=False, choices=("enter", "stay"))
        if not is_ground and one.text("why", required=False):
            self.said_why.add(name)
        if one.has("is"):
            if name in self.library:
                one.fault("is in rules/conditions; take it from there, or give this one another name")
            entry = written_out(read_entry(name, one, self.own, self.known), self.library, one.faults)
        elif name in self.library:
            entry = self._shared(self.library[name], one)
        else:
            one.fault("is not a condition of rules/conditions, and has no `is` of its own")
            entry = Entry(name, "", "", "", (), {}, None, "", {})
        one.done()
        return at, self._made(entry, one)

    def _shared(self, entry: Entry, one: Node) -> Entry:
        """A condition of the library with the words and citations that the card gives with it."""
        about = one.texts("about", required=entry.is_about and not self.words)
        if about and not entry.is_about:
            one.fault("takes no words; leave `about` out")
        about = tuple(dict.fromkeys((*self.words, *about)))
        cites = read_cites(one, self.known.sources) if one.has("cites") else ()
        both = tuple(dict.fromkeys((*entry.cites, *cites)))
        return replace(entry, sql=with_words(entry.sql, about), cites=both)

    def check_narrowed(self, root: Node, conditions: Mapping[Part, tuple[Condition, ...]]) -> None:
        """Faults a shared protection that holds at entry alone, or afterwards alone, without a reason."""
        parts: tuple[Part, Part] = ("enter", "stay")
        there = [
            {one.protects for one in conditions[part] if one.protects not in ("", one.name)} for part in parts
        ]
        alone = there[0] ^ there[1]
        for part in parts:
            for one in (one for one in conditions[part] if one.protects in alone):
                if one.name not in self.said_why:
                    root.fault(f"{one.name} protects at {part} alone; say why next to `at`")

    def _made(self, entry: Entry, one: Node) -> Condition:
        bound = set(parameters(entry.sql))
        held = None if self.columns is None else {*self.columns, *entry.needs, *self.own, AS_OF}
        say, say_not = entry.say, entry.say_not
        if held is not None:
            say, say_not = fitting(say, held), fitting(say_not, held)
        said = placeholders(say, say_not)
        reads = entry.columns
        named = [word for word in said if self.columns is None or word in self.columns]
        facts = tuple(dict.fromkeys((*reads, *sorted(word for word in named if word not in entry.needs))))
        for word in reads:
            fact(one, word, self.columns)
        for word in sorted(said - set(facts) - set(entry.needs) - {AS_OF}):
            one.fault(f"its sentence names {{{word}}}, which is neither its fact nor needed")
        for word in sorted(bound - set(entry.needs) - {AS_OF}):
            one.fault(f"${word} is not in `needs`")
        for word in (bound | said) & set(entry.needs):
            self.used.add(word)
            if self.needs.setdefault(word, entry.needs[word]) != entry.needs[word]:
                one.fault(f"needs {word} as {entry.needs[word]}, and the card as {self.needs[word]}")
        return Condition(
            name=entry.name,
            sql=entry.sql,
            params=frozenset(bound),
            say=say,
            say_not=say_not,
            cites=entry.cites,
            facts=facts,
            reading=entry.reading,
            protects=entry.protects,
            follows=entry.follows,
            quote=entry.quote,
            with_case=entry.with_case,
        )
