"""What a campaign found, in a few plain sentences: of one model, or of many."""
