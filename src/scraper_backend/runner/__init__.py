"""The machine: takes work, survives anything, reports."""
