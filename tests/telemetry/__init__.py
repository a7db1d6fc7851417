"""What Couplet tells Azure Monitor."""
