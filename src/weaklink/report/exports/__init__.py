"""What a campaign found, in the formats of others."""
