"""Reading a bundle back: each module finds faults in one part of it, and shares nothing with what built it."""
