-- One row per pair of cases of which a person last said on the line `case_opened_twice` that each counts by itself.
-- The ledger keeps who said so, when and why.
SELECT replace(item_id, 'case_opened_twice:', '')                               AS subject_id
FROM ledger.decisions
WHERE item_id LIKE 'case_opened_twice:%'
GROUP BY item_id
HAVING arg_max(decision, position) = 'reject' AND arg_max(reason_code, position) = 'each_counts'
