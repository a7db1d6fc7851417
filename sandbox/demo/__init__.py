"""The demo: the main job end to end on the demo company, for somebody who has two minutes."""
