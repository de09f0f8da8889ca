"""Results read from the JSON that this version or an older one wrote."""
