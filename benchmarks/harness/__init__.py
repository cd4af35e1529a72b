"""How it is measured: processes that run interleaved, and what is compared."""
