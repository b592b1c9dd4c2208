"""The review desk: pages on which people decide, and ask why, what if and what changed."""
