"""Play a whole conversation against a running server, with typed words alone, and print it.

make serve                                  # in one terminal
.venv/bin/python examples/whole_conversation.py  # in another
"""

from __future__ import annotations

import argparse
import sys
import textwrap
import uuid

import requests

TIMEOUT_S = 60

WORDS = {
    "door": "Hi, my knee hurts when I run",
    "consent": "yes, that's fine",
    "who_for": "it's about me, I'm 42",
    "emergency_screen": "none of these",
    "pain_location": "the inner side of my left knee",
    "knee_side": "the left one",
    "onset": "it crept up on me about three months ago, no injury",
    "pain_duration_days": "about three months",
    "symptoms": "none of these",
    "arthritis_history": "no, nobody ever told me that",
    "activity_level": "I run three times a week",
    "options": "I'd like to book a visit",
    "appointment": "the second one please",
    "contact": "I'm Robin, 212 555 0147",
    "reach": "212 555 0147",
    "read_back": "yes that's right",
    "after_offer": "now is fine",
    "pain_severity": "about a four",
    "aggravated_by": "mostly stairs and kneeling",
    "morning_stiffness": "a few minutes",
    "treatments_tried": "ice and ibuprofen",
    "goal": "run a half marathon again",
}
"""What Robin says to each question; the questions come in the clinic's order."""


class Visitor:
    """One chat over the visitor API."""

    def __init__(self, server: str) -> None:
        self.server = server.rstrip("/")
        self.session = requests.Session()
        opened = self._json("POST", "/api/conversations")
        self.path = f"/api/conversations/{opened['conversation']}"
        self.session.headers["Authorization"] = f"Bearer {opened['token']}"
        self.asked = show(opened["messages"])

    def say(self, text: str) -> None:
        """Send a text and print the replies."""
        print(f"\n  you: {text}")
        reply = self._json("POST", f"{self.path}/messages", json={"id": str(uuid.uuid4()), "text": text})
        self.asked = show(reply["messages"]) or self.asked

    def intake(self) -> dict:
        """What was understood."""
        return self._json("GET", f"{self.path}/intake")

    def _json(self, method: str, path: str, **arguments: object) -> dict:
        answer = self.session.request(method, self.server + path, timeout=TIMEOUT_S, **arguments)
        if not answer.ok:
            sys.exit(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()


def show(messages: list[dict]) -> str | None:
    """Print messages; returns what the last question asks for."""
    asked = None
    for message in messages:
        who = "clinic" if message["from"] == "staff" else "bot"
        print(textwrap.fill(f"{who:>5}: {message['text']}", 100, subsequent_indent="       "))
        for choice in message.get("choices", []):
            print(f"        - {choice['label']}")
        asked = (message.get("input") or {}).get("for", asked)
    return asked


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", nargs="?", default="http://127.0.0.1:8000")
    visitor = Visitor(parser.parse_args().server)
    for turn in range(1, 31):
        visitor.say(WORDS[visitor.asked or "door"])
        if (intake := visitor.intake())["status"] == "finished":
            booking = intake["booking"]
            print(f"\nAfter {turn} turns: visit {booking['reference']} is {booking['status']} for {booking['start']}.")
            return 0
    print("\nThe conversation did not end in 30 turns.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
