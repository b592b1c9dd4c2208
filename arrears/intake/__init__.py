"""What agencies send: feeds, receiving, loading, and what is believed of it."""
