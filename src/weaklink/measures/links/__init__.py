"""Upstream against downstream: pairs of attempts, averages over groups of links, scenarios."""
