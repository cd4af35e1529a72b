"""The other libraries' sides; run in their own environment, import no ours."""
