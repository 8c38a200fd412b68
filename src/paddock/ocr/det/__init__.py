"""Text detection: DB and what it needs."""
