"""What a study would do, fetch and take, told without attacking anything."""
