"""Near real time: both services tell of changes. What they tell is a hint that makes a mapping due, never the truth."""
