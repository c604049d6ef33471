"""Screenshots of every page of the panel, of a coordinator with a week's work in it.

`python -m tests.screens` writes docs/panel/: light, dark and narrow.
"""
