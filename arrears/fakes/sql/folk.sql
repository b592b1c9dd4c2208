-- One row per person of the bulk: obligors (role 0), custodial parents (1) and children (2).
SELECT obligor_p AS p, 0 AS role, i, is_assisted, ssn_verified, is_dead FROM bulk WHERE obligor_i = i
UNION ALL SELECT i * 10 + 1, 1, i, dice('aided', i, 10) < 3, 'Y', false FROM bulk WHERE custodial_i = i
UNION ALL
SELECT i * 10 + 2 + child, 2, i, NULL, CASE WHEN dice('kid', i, 20) > 0 THEN 'Y' END, false
FROM bulk, range($children[1 + dice('children', i, len($children))]) AS c(child)
ORDER BY p
