"""The product's own rules and the daemon's own code under a seeded scheduler, with an oracle outside.

    python -m tests.simulation --seeds 2000        look for violations
    python -m tests.simulation --seed 417          one world again, to its end or its violation
    python -m tests.simulation --planted           every planted bug must be caught

Nothing here waits: time is a number.  The coordinator's rules run on SQLite in memory; the daemon's desk,
claims, heart, post and spool run unchanged, each of its threads a greenlet that gives way where the real
one would sleep or speak.
"""
