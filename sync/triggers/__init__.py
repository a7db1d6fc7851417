"""When something happens: timers, queues, the HTTP API. Thin: parse, call, answer."""
