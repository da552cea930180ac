"""What leaves the house: alerts to staff, mails to visitors who want them, and the worker that delivers both."""
