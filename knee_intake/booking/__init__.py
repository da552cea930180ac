"""Visits: free times, holds, requests and bookings behind one `Calendar` protocol."""

from knee_intake.booking.types import Booking, Calendar, FreeTime, Wish, time_label

__all__ = ["Booking", "Calendar", "FreeTime", "Wish", "time_label"]
