"""Knee Intake: takes a knee-pain history, explains a clinic's options honestly and asks for a visit."""

__version__ = "0.1.0"
