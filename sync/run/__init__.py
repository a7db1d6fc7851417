"""Jobs: looks, walks, full synchs, comparisons, matches and dry runs, as messages of a queue."""
