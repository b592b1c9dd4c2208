"""What would be otherwise, and what changed: what-if, diff and their causes."""
