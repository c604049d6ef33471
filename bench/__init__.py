"""Our claims, measured beside their peers: `make bench`.

Every contender is a process of its own that does the same work on the same pages or rows and prints one
JSON line.  Rounds are interleaved (A B C, A B C, …) and compared round by round as ratios of CPU time, so
that a noisy machine hurts all alike.  Peers live in `.venv-bench`, which the first run makes.
"""
