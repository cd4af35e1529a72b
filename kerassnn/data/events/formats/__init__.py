"""File formats of event cameras, one a file."""
