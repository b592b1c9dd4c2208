"""Receive: what was given becomes deliveries, each accepted, held, refused or known, with a reason."""

from arrears.intake.receive.arrival import Receipt, receive

__all__ = ["Receipt", "receive"]
