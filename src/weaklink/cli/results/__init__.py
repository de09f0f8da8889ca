"""What commands share about the results of a run: gates, files, what it cost, a forecast."""
