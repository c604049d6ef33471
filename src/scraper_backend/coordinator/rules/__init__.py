"""Every decision and every change of state; one function is one transaction.

A rule awaits nothing but its transaction and is told the time.  `api`, `panel`, `chores` and `cli` call
rules and decide nothing themselves.
"""
