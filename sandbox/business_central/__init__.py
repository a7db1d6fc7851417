"""A simulated Business Central: the web API of one environment with companies, in memory."""
