"""Each version of the ledger's tables, named by its number and what it brought."""
