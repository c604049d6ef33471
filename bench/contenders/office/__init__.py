"""One script a contender of `bench.office`; each prints one line of JSON."""
