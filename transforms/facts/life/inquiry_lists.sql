-- One row: on which day each list that goes to a partner as a whole went last.
SELECT
  max(published_on) FILTER (queue = 'bank_inquiries')                          AS bank_list_on,
  max(published_on) FILTER (queue = 'dividend_inquiries')                      AS dividend_list_on
FROM ledger.published
