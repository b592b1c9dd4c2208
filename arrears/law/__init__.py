"""The law as data: profiles, conditions, cards, verdicts, worked examples, deadlines and kinds of work."""
