"""JSON for machines: one module a resource.  An endpoint parses, calls one rule and answers."""
