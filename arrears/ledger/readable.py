"""What the ledger keeps narrowly, in words: one view a table, for auditors and whoever asks by SQL."""

from collections.abc import Iterator

from arrears.ledger.acts import ITEM_WORDS, SAME, carry_sql, hex_sql

# Of a table of numbers: who wrote the rows, when, and for which state.
_WRITTEN = "writes.at, writes.state, writes.run_id, writes.delivery_id"
_ID = "remedy.said || ':' || episode.subject_id || ':' || episode.ordinal"
_PERSON = f"CASE episode.person_id WHEN '{SAME}' THEN episode.subject_id ELSE episode.person_id END"


def views(dialect: str) -> Iterator[str]:
    """The statements that make the views of the narrow tables."""
    yield from (f"CREATE VIEW {name} AS {select}" for name, select in _selects(dialect).items())


def _selects(dialect: str) -> dict[str, str]:
    """The SELECT of each view."""
    opened, closed, sent = (_day(dialect, name) for name in ("opened_on", "closed_on", "published_on"))
    told = f"{_ID} AS episode_id, remedy.said AS remedy, episode.subject_id"
    facts = f"{hex_sql(dialect, 'facts_hash')} AS facts_hash"
    episode = (
        f"{told}, episode.case_id, {_PERSON} AS person_id, episode.ordinal, {opened} AS opened_on, {facts}"
    )
    ended = f"{told}, {closed} AS closed_on, reason.said AS close_reason"
    item = ", ".join(
        [
            f"{_of_episode('action_id', _act())} AS action_id, {told}",
            f"{_of_episode('case_id', 'episode.case_id')} AS case_id",
            f"{_of_episode('person_id', _PERSON)} AS person_id",
            *(f"{name}.said AS {name}" for name in ITEM_WORDS),
            f"{_TARGET} AS target_id, batch_items.version, batch_items.amount_cents",
            f"{carry_sql(dialect)} AS carry, batch_items.said_hash, batch_items.batch_no",
        ]
    )
    begun = _words("remedy", "episode")
    ends = f"episode_ends JOIN episodes AS episode ON episode.position = episode_ends.episode {begun}"
    items = "publications JOIN batch_items ON batch_items.position = publications.item"
    return {
        "episodes_in_words": _view("episode", episode, f"episodes AS episode {begun}"),
        "episode_ends_in_words": _view(
            "episode_ends",
            ended,
            f"{ends} JOIN words AS reason ON reason.position = episode_ends.close_reason",
        ),
        "batch_items_in_words": _view("batch_items", item, f"batch_items {_OF_ITEM}"),
        "publications_in_words": _view(
            "publications", f"{item}, {sent} AS published_on", f"{items} {_OF_ITEM}"
        ),
    }


def _view(of: str, said: str, rows: str) -> str:
    """The SELECT of a view of the rows of a table, with who wrote them when."""
    writes = f"JOIN writes ON writes.position = {of}.made"
    return f"SELECT {of}.position, {_WRITTEN}, {said} FROM {rows} {writes}"


def _words(name: str, of: str) -> str:
    return f"JOIN words AS {name} ON {name}.position = {of}.{name}"


_TARGET = f"CASE batch_items.target_id WHEN '{SAME}' THEN episode.subject_id ELSE batch_items.target_id END"
_OF_ITEM = f"""JOIN episodes AS episode ON episode.position = batch_items.episode
  LEFT JOIN identities ON identities.position = batch_items.told_as {_words("remedy", "episode")}
  {" ".join(_words(name, "batch_items") for name in ITEM_WORDS)}"""


def _of_episode(name: str, otherwise: str) -> str:
    return f"CASE batch_items.{name} WHEN '{SAME}' THEN {otherwise} ELSE batch_items.{name} END"


def _act() -> str:
    return f"{_ID} || ':' || step.said || ':' || {_TARGET} || ':' || batch_items.version"


def _day(dialect: str, name: str) -> str:
    """SQL for a day as text."""
    if dialect == "postgresql":
        return f"to_char(DATE '1970-01-01' + CAST({name} AS INTEGER), 'YYYY-MM-DD')"
    return f"date({name} * 86400, 'unixepoch')"
