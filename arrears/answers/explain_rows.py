"""The rows of one run about some cases and persons, each table read once however many remedies ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from arrears import house
from arrears.answers.display import fetch, fetch_file
from arrears.data.beside import kept_rows
from arrears.data.warehouse import Connection, file_paths
from arrears.law.catalog import described_facts
from arrears.law.citations import Policy, load_policies
from arrears.law.counting import OF
from arrears.law.remedy import Part
from arrears.law.verdicts import Verdicts
from arrears.values import Row

SQL = Path(__file__).with_name("sql")
EPISODES = Path("plan", "episode.parquet")
COUNTED = Path("facts", "case_counts.parquet")


@dataclass
class RunRows:
    """What a run knew and decided about a subject: the case or person asked about, and whom that means."""

    con: Connection
    kept: Verdicts
    # The case or person asked about first, then its persons; empty: everybody, for who reads a whole night.
    who: tuple[str, ...]
    _facts: dict[str, dict[str, Row]] = field(default_factory=dict)
    _verdicts: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    _cases: dict[str | None, list[Row]] | None = None
    _episodes: dict[tuple[str, str], Row] | None = None

    @cached_property
    def described(self) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        """What each column of each facts table says."""
        return described_facts(house.FACTS) or {}

    @cached_property
    def policies(self) -> Mapping[str, Policy]:
        """What this project decided itself, by its name."""
        return load_policies(house.RULES)

    def verdicts(self, remedy: str, part: Part) -> list[Row]:
        """The verdicts of one question of a remedy, in the order of its subjects."""
        asked = (remedy, part)
        if asked not in self._verdicts:
            said = {
                "verdicts": self.kept.select(remedy, part),
                "case": self.who[0] if self.who else None,
                "who": list(self.who),
            }
            self._verdicts[asked] = fetch_file(self.con, SQL / "verdicts_of.sql", said)
        return self._verdicts[asked]

    def verdict(self, remedy: str, part: Part, subject: str) -> Row:
        """The verdict of one question of a remedy about one subject."""
        return next(row for row in self.verdicts(remedy, part) if row["subject_id"] == subject)

    def facts(self, table: str, subject: str) -> Row | None:
        """The facts of a subject; None where they were purged."""
        if table not in self._facts:
            names = {
                row["subject_id"]
                for remedy, part in self.kept.asked
                if part == "enter" and self.kept.asked[remedy, part].facts == table
                for row in self.verdicts(remedy, "enter")
            }
            path = self.kept.folder / "facts" / f"{table}.parquet"
            select = f"FROM ({kept_rows(path)}) WHERE list_contains($names, subject_id)"
            rows = fetch(self.con, select, {"names": sorted(names)})
            self._facts[table] = {row["subject_id"]: row for row in rows}
        return self._facts[table].get(subject)

    def counted(self, person: str | None) -> list[Row]:
        """Each case of a person with its facts and what each count says of it; nothing of old nights."""
        counts = self.kept.folder / COUNTED
        if not counts.exists():
            return []
        if self._cases is None:
            facts = self.kept.folder / "facts" / f"{OF}.parquet"
            asked = {"facts": file_paths(facts), "counts": file_paths(counts), "who": list(self.who)}
            self._cases = {}
            for row in fetch_file(self.con, SQL / "counts_of.sql", asked):
                self._cases.setdefault(row["person_id"], []).append(row)
        return self._cases.get(person, [])

    def episode(self, remedy: str, subject: str) -> Row | None:
        """The open episode of a remedy about a subject: what makes going on and taking back a question."""
        if self._episodes is None:
            path = self.kept.folder / EPISODES
            asked = {"path": file_paths(path), "who": list(self.who)}
            found = fetch_file(self.con, SQL / "episodes_of.sql", asked) if path.exists() else []
            self._episodes = {(row["remedy"], row["subject_id"]): row for row in found}
        return self._episodes.get((remedy, subject))
