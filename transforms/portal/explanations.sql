-- One row per part of a recent receipt and parent who may see its case: to which debt it goes, who gets it, by which rule.
-- Of a receipt of another family's case the reader learns their own part and no more.
SELECT
  party.case_id,
  party.person_id,
  party.role,
  row_number() OVER (
    PARTITION BY party.case_id, party.role
    ORDER BY receipt.received_on, part.receipt_id, part.tier_no, part.balance_class, part.pays
  )                                                       AS part_no,
  CASE WHEN receipt.case_id = party.case_id THEN replace(part.receipt_id, party.other_id, '*') END AS receipt_id,
  receipt.received_on,
  part.tier,
  part.balance_class,
  part.of_month,
  part.pays,
  part.amount_cents,
  part.passed_through_cents,
  CASE part.tier
    WHEN 'current' THEN 'Current support'
    WHEN 'over_collected' THEN 'No debt is left that it may pay'
    WHEN 'held' THEN 'Held until it is clear which debt it pays'
    ELSE 'Past-due support'
  END || CASE part.pays
    WHEN 'family' THEN ', paid to the family'
    WHEN 'state' THEN ', kept by the state for assistance that it paid'
    WHEN 'obligor' THEN ', given back to who paid'
    ELSE ''
  END                                                     AS explanation,
  array_to_string(part.cites, '; ')                       AS cites
FROM portal.party AS party
JOIN facts.allocation AS part ON part.case_id = party.case_id
JOIN caseload.receipts AS receipt ON receipt.receipt_id = part.receipt_id
ORDER BY party.case_id, party.role, part_no
