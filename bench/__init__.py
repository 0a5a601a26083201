"""Measuring speed and accuracy on this machine. Nothing here is asserted; tests assert behaviour."""
