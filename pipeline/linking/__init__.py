"""Linking: every document against every event, by small scored rules that say why."""

from pipeline.linking.propose import link_pending, relink

__all__ = ["link_pending", "relink"]
