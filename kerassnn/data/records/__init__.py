"""Image sets too large for memory, streamed from their records."""
