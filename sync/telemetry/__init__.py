"""What the app tells Azure Monitor: events, spans and metrics, declared as data, and how one piece of work keeps one trace id."""
