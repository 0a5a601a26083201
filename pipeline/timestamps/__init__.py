"""Time stamps after RFC 3161: proof by an authority that some bytes were there at a time.

They are asked for over the network only where a person configured it, and checked without any.
"""
