"""Job queue entries and the connection: when a mapping is looked at, what is switched, what holds it."""
