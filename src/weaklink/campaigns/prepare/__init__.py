"""Everything about a campaign that can go wrong before the first attack."""
