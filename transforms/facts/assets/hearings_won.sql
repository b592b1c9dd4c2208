-- One row per parent and remedy against property about which they won a hearing: when the last of them was asked for.
-- A notice of debt that was set aside takes the ground from all of them.
SELECT
  cases.obligor_id                                                                  AS person_id,
  request.about,
  max(request.requested_on)                                                         AS requested_on
FROM facts.request AS request
JOIN caseload.cases AS cases USING (case_id)
WHERE request.state = 'won'
GROUP BY ALL
