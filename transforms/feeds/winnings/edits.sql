-- One row per win; the first true column is the reason it is set aside.
SELECT
  'win' AS record,
  source_line,
  withheld > prize
    AS "more was withheld than was won",
  sent_on < won_on OR notice_on < won_on
    AS "money or notice before the win"
FROM win
