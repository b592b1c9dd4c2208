-- One row per case with balances: what of the agency's past due may be enforced. Besides what the agency itself holds
-- back (in dispute, barred by time) these are kept out: the amount of a claim that is not decided, as far as it is not
-- in dispute already; debt from before the application that nobody swore to; and what changed terms no longer ask
-- for, which nobody owes at all. Each of them that is not known leaves the rest not known.
WITH
told AS (
  SELECT
    balances.*,
    CASE WHEN claims.case_id IS NOT NULL THEN claims.claimed_cents WHEN known.claims THEN 0 END AS claimed,
    CASE WHEN sworn.case_id IS NOT NULL THEN sworn.unsworn_cents ELSE 0 END                   AS unsworn,
    coalesce(balances.lowered_cents, 0)                                                       AS lowered,
    claims.claims_src,
    sworn.affidavit_src
  FROM facts.balances AS balances
  JOIN facts.known_case AS known USING (case_id)
  LEFT JOIN facts.claims AS claims USING (case_id)
  LEFT JOIN facts.sworn AS sworn USING (case_id)
),
held AS (
  SELECT
    *,
    CASE WHEN claimed IS NOT NULL AND disputed_cents IS NOT NULL AND unsworn IS NOT NULL
      THEN greatest(claimed - disputed_cents, 0) + unsworn + lowered END      AS held_back
  FROM told
)
SELECT
  case_id,
  -- With nothing to enforce, nothing can be held back. Nobody says of which class the part is that is held back: it
  -- counts against each.
  CASE WHEN enforceable_cents = 0 THEN 0 WHEN enforceable_cents - held_back IS NOT NULL
    THEN greatest(enforceable_cents - held_back, 0) END                       AS enforceable_cents,
  CASE WHEN collectable_cents = 0 THEN 0 WHEN collectable_cents - held_back IS NOT NULL
    THEN greatest(collectable_cents - held_back, 0) END                       AS collectable_cents,
  CASE WHEN assigned_enforceable_cents = 0 THEN 0 WHEN assigned_enforceable_cents - held_back IS NOT NULL
    THEN greatest(assigned_enforceable_cents - held_back, 0) END              AS assigned_enforceable_cents,
  CASE WHEN unassigned_enforceable_cents = 0 THEN 0 WHEN unassigned_enforceable_cents - held_back IS NOT NULL
    THEN greatest(unassigned_enforceable_cents - held_back, 0) END            AS unassigned_enforceable_cents,
  CASE WHEN owed_cents IS NOT NULL THEN greatest(owed_cents - lowered, 0) END AS owed_cents,
  CASE WHEN assigned_owed_cents IS NOT NULL THEN greatest(assigned_owed_cents - lowered, 0) END
                                                                              AS assigned_owed_cents,
  CASE WHEN unassigned_owed_cents IS NOT NULL THEN greatest(unassigned_owed_cents - lowered, 0) END
                                                                              AS unassigned_owed_cents,
  claimed                                                                     AS claimed_cents,
  unsworn                                                                     AS unsworn_cents,
  lowered_cents,
  concat_ws(';', past_due_src, claims_src, affidavit_src)                     AS past_due_src
FROM held
