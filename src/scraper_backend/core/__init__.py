"""The contract: what a runner and a coordinator say to each other.

Imported by every other part; imports none of them.
"""
