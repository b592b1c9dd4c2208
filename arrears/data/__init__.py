"""Where bytes lie: the store, the one door to DuckDB, identities, keys and sealed files."""
