"""A person's decisions about clusters and items: a log that is never rewritten, and what follows from it."""
