"""Recordings of event cameras: read, framed, simulated."""
