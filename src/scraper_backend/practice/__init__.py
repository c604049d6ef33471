"""A small shop on loopback, for the demo and for learning."""
