"""The clinic's own calendar over CalDAV (RFC 4791): one collection for each clinician."""

from knee_intake.booking.caldav.calendar import CalDavCalendar

__all__ = ["CalDavCalendar"]
