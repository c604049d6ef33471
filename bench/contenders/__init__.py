"""One program a contender: does the work, prints one JSON line."""
