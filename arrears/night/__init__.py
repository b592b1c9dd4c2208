"""One night: its steps, facts, plan, stops, release, checks and summary."""
