"""Rasa's custom actions: read the tracker, call the core, return events. No rule, no SQL, no HTTP of their own."""

from actions import answers, intake, steering

__all__ = ["answers", "intake", "steering"]
