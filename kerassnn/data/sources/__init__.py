"""Where data sets are read from, one source a file."""
