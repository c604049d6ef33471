"""The doors: one module a `bsr` command group, each importing its side of the house lazily."""
