"""What people do with one record or a few: couple, uncouple, synchronise now, settle problems, look back, ask why."""
