"""The loop back into understanding: what went wrong in conversations becomes lessons, and lessons a better model."""
