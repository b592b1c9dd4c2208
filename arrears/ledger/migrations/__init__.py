"""The ledger's migrations: one module a version, run in order by Alembic when a ledger is opened."""
