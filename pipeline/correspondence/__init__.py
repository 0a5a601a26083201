"""Who answers whom: what documents cite, which documents those are, and the graph that it makes."""
