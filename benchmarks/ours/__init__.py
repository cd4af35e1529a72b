"""Our sides, each run as a process of its own."""
