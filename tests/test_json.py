"""The JSON of explain holds the keys that `docs/json.md` documents; the others are tested with theirs."""

import json

import pytest
from json_docs import documented, given

from arrears.answers.explain import explain_case
from arrears.author.sample import STATE, sample_nights
from arrears.data.store import Store
from arrears.data.warehouse import attach_parquet, warehouse

pytestmark = pytest.mark.timeout(900)
NIGHT = sample_nights()[0]


def test_the_json_of_explain_is_as_documented(lived_nights: Store) -> None:
    folder = lived_nights.night(STATE, NIGHT)
    with warehouse() as con:
        attach_parquet(con, "acts", [folder / "plan" / "actions.parquet"])
        attach_parquet(con, "deadlines", [folder / "plan" / "deadlines.parquet"])
        # The case of which most is to be told, and one whose step waits for a clock.
        busy = con.execute(
            """(SELECT case_id FROM acts SEMI JOIN deadlines USING (case_id)
                GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1)
               UNION ALL SELECT min(case_id) FROM acts WHERE status = 'waits'"""
        ).fetchall()
    found: set[str] = set()
    for (case,) in busy:
        told = explain_case(lived_nights, STATE, NIGHT, case)
        found |= given(json.loads(json.dumps(told, default=str)))
    assert found == documented("explain")
