"""Product data from many shops: a coordinator, runners, and the contract between them."""

__version__ = "0.1.0"
