"""For those who write rules, feeds and queues: files to begin with, and what the sample nights would send."""
