"""With how many parents each remedy began, by day."""

from datetime import date, timedelta

import sqlalchemy as sa

from arrears.ledger import schema
from arrears.ledger.acts import SAME, Words
from arrears.ledger.book import Book

EPOCH = date(1970, 1, 1)


class Begun(Book):
    """What remedies opened by themselves; what was taken over from the agency's old system is none of it."""

    def begun_by_day(self, state: str, until: date) -> dict[str, dict[date, int]]:
        """Of each remedy, for how many parents an episode was opened, by day up to `until`."""
        episodes, writes, words = schema.episodes.c, schema.writes.c, schema.words.c
        unnamed = episodes.person_id.in_((SAME, ""))
        whose = sa.case((unnamed, episodes.subject_id), else_=episodes.person_id)
        rows = schema.episodes.join(schema.writes, writes.position == episodes.made)
        rows = rows.join(schema.words, words.position == episodes.remedy)
        found: dict[str, dict[date, int]] = {}
        with self.reading() as connection:
            query = (
                sa.select(words.said, episodes.opened_on, sa.func.count(sa.distinct(whose)))
                .select_from(rows)
                .where(episodes.state == Words(connection).number(state), writes.delivery_id == "")
                .where(episodes.opened_on <= (until - EPOCH).days)
                .group_by(words.said, episodes.opened_on)
                .order_by(words.said, episodes.opened_on)
            )
            for remedy, day, parents in connection.execute(query):
                found.setdefault(remedy, {})[EPOCH + timedelta(day)] = parents
        return found
