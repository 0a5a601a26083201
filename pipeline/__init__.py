"""The matter: originals, records, steps, claims, links, chronology, audit and bundle."""
