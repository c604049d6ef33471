"""HTML for people: one module and one template a page.  A page parses, calls one rule and answers."""
