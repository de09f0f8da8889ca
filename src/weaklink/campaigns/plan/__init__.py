"""What a study would run, fetch and take, without attacking anything."""
