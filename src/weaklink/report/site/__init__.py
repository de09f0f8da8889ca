"""A static site over any number of campaigns: a leaderboard, and a page for each model."""
