"""How days, weeks, months and years are named. PURE."""

from __future__ import annotations

import re

from knee_intake.understanding.calendar_words import MONTH, ORDINAL, WEEKDAY
from knee_intake.understanding.digits import NUMBER

_YEAR = r"(?:19|20)\d\d"
ISO_PATTERN = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?=t|\W|$)")
MONTH_DAY_PATTERN = re.compile(
    rf"\b({MONTH})\s*(?:the\s+)?({ORDINAL}|\d{{1,2}}(?!\d|:|\s*(?:am|pm|years?|weeks?|months?)\b))(?:,?\s+({_YEAR})\b)?"
)
DAY_MONTH_PATTERN = re.compile(
    rf"\b(?:the\s+)?({ORDINAL}|\d{{1,2}})\s+(?:day\s+)?(?:of\s+)?({MONTH})(?:,?\s+({_YEAR}))?(?=\W|$)"
)
SLASHED_PATTERN = re.compile(r"(?<![\d/.])(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?![\d/])(?!\s*(?:pain|out\b))")
DASHED_PATTERN = re.compile(r"(?<![\w/.:-])(\d{1,2})-(2[4-9]|3[01])(?![\d/:-])(?!\s*(?:[ap]m|years?|weeks?|days?)\b)")
""" "3-27": the second number can be no hour."""
PART_OF_MONTH_PATTERN = re.compile(
    r"\b(early|(?:beginning|start|end|middle)\s+of|mid|late|(?:last|first|second|third|fourth|1st|2nd|3rd|4th)\s+week"
    rf"\s+(?:of|in))[\s-]+(?:the\s+)?({MONTH}|next\s+month|this\s+month|month)"
)
_JOIN = r"\s*(?:or|and|&|-|to|through|/)\s*(?:the\s+)?"
TWO_DAYS_MONTH_PATTERN = re.compile(rf"\b({ORDINAL}|\d{{1,2}})(?={_JOIN}(?:{ORDINAL}|\d{{1,2}})\s+(?:of\s+)?({MONTH}))")
MONTH_TWO_DAYS_PATTERN = re.compile(
    rf"(?<!\w)({MONTH})\s*(?:the\s+)?(?:{ORDINAL}|\d{{1,2}}){_JOIN}(?P<day>{ORDINAL}|\d{{1,2}})\b"
    r"(?!\s*(?::|/|[ap]m\b|o'?clock|%|days?\b|weeks?\b|months?\b|years?\b|of\b))"
)
WEEK_BESIDE_PATTERN = re.compile(r"\bweek\s+(?P<way>of|after|before|following)\s+(?:the\s+)?$")
"""In front of a day: "the week of the 14th", "the week after Thanksgiving"."""
RELATIVE_DAYS = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), days)
    for pattern, days in (
        (r"(?:the\s+)?day\s+before\s+yesterday", -2),
        (r"yesterday|last\s+night", -1),
        (r"today|tonight|this\s+(?:morning|afternoon|evening)", 0),
        (r"(?:the\s+)?day\s+after\s+(?:tomorrow|tmrw)", 2),
        (r"tomorrow|tomorow|tommorow|tommorrow|tmrw", 1),
    )
)
RELATIVE_WEEK_PATTERN = re.compile(
    r"\b(?P<part>(?:early|later?|(?:beginning|start|end|middle)\s+of|mid)\s+)?(?:the\s+)?"
    r"(?:(?P<far>week\s+after\s+next)|(?P<which>following|next|this(?:\s+coming)?|last)\s+"
    r"(?P<unit>weekend|week|month|year))\b"
)
PART_OF_WEEK_PATTERN = re.compile(
    r"\b(?P<part>early|earlier|later?|beginning|start|end|middle)\s+(?:in|of)\s+the\s+week\b(?!\s+(?:of|after|before))"
)
WITHIN_PATTERN = re.compile(
    rf"\b(?:within|(?:in|over|during|for)\s+the\s+(?:next|coming)|the\s+next)\s+(?:the\s+)?(?:next\s+)?"
    rf"(?P<n>{NUMBER}|couple(?:\s+of)?|few|an?)?\s*(?P<unit>days|weeks|months|day|week|month)\b"
)
NOT_FOR_PATTERN = re.compile(
    r"\b(?:not|nothing|can'?t|cannot|won'?t)\s+(?:\w+\s+){0,3}?(?:for|until|in)\s+(?:at\s+least\s+|about\s+|another\s+)*"
    rf"(?P<n>{NUMBER}|a\s+couple(?:\s+of)?|a\s+few|an?|(?<=another\s))\s*(?:more\s+)?(?P<unit>days?|weeks?|months?)\b"
)
WEEKEND_PATTERN = re.compile(r"(?:^\W*|\b(?:over|on|at|during|since|from)\s+)(?:the\s+)weekend\b")
STEPS = {"following": 1, "next": 1, "last": -1}
WEEKDAY_PATTERN = re.compile(
    rf"\b(?P<on>(?:since|on|from)\s+)?(?:(?P<which>this|next|last|past|coming)\s+)?(?<!\bi )(?<!\bwe )"
    rf"(?P<day>{WEEKDAY})(?P<habit>s|'s)?\b(?:\s+(?:of\s+)?(?P<week>next|this|last)\s+week\b)?"
)
IN_SOME_TIME_PATTERN = re.compile(
    rf"\b(?:in|within)\s+(?:about\s+|around\s+)?(?P<n>{NUMBER}|a\s+couple(?:\s+of)?|a\s+few|an?)\s*"
    rf"(?P<unit>days?|weeks?|months?)\b|(?P<m>{NUMBER}|\ba\s+couple(?:\s+of)?|\ba\s+few|\ban?)\s+(?P<u>days?|weeks?|months?)\s+(?:from\s+(?:now|today)|out)\b"
)
BEFORE_LAST_PATTERN = re.compile(rf"\b(?P<day>{WEEKDAY})\s+before\s+last\b")
PART_OF_YEAR_PATTERN = re.compile(
    r"\b(?P<part>early|earlier|late|mid|middle|(?:very\s+)?(?:beginning|start|end|middle))\s*(?:in|of)?\s*-?\s*"
    rf"(?P<year>(?:the|this|last)\s+year|{_YEAR})\b"
)
PARTS_OF_YEAR = {"e": (1, 3), "b": (1, 1), "s": (1, 1), "m": (6, 7), "l": (10, 12)}
"""First letter of the part (the end is like late): first and last month."""
WEEK_FROM_PATTERN = re.compile(
    rf"\b(?P<n>an?|{NUMBER}|a\s+couple(?:\s+of)?)\s+(?P<unit>days?|weeks?)\s+(?:from|after)\s+(?:this\s+|next\s+|coming\s+|the\s+)*$"
)
"""In front of a day: "a week from Monday", "two weeks from tomorrow"."""
WEEK_BEHIND_PATTERN = re.compile(r"\s+week\b(?!\s+(?:of|after|before)\b)")
"""Behind a weekday, as the British say it: "Monday week"."""
WEEK_AFTER_PATTERN = re.compile(
    r"\b(?:the\s+)?(?P<unit>week|month)\s+after(?:\s+that)?(?=\s*(?:$|[.,;!?]|(?:is|would|works?|looks?|will|if|please|or|and|but|instead|for)\b))"
)
WEEK_NAMED_PATTERN = re.compile(
    r"(?<!\d)(?<!\dth)(?<!\dst)(?<!\dnd)(?<!\drd)(?<!today)(?<!tomorrow)\s+week\b(?!\s+(?:of|after|before))"
)
"""Behind a holiday: "Thanksgiving week"."""
DAY_BESIDE_PATTERN = re.compile(r"\bday\s+(?P<way>after|before|following)\s+$")
NTH_WEEKDAY_PATTERN = re.compile(
    rf"\b(?P<nth>{ORDINAL}|last)\s+(?P<day>{WEEKDAY})\s+(?:of|in)\s+(?:the\s+)?(?P<month>{MONTH}|next\s+month|this\s+month|month)"
)
AT_WEEKEND_PATTERN = re.compile(r"\b(?:before|after|over|until|till?|by|past|through)\s+(?P<days>the\s+weekend)\b")
SEASON_PATTERN = re.compile(
    r"\b(?:(?:last|this|next|the|in|since|early|late)\s+)+(?P<season>winter|spring|summer|fall|autumn)\b"
    r"(?!\s+(?:holidays?|camp|job|term|league|school|break|season|tires|from))"
)
MONTH_PATTERN = re.compile(
    r"(?:\b(?P<sure>since|in|from|around|about|during|until|till|by|before|after|last|this|next|of|or|and)\s+)?"
    rf"(?<!\w)(?P<month>{MONTH})(?:\s+(?:of\s+)?(?P<year>{_YEAR}|last\s+year|this\s+year))?(?=\W|$)"
)
IN_YEAR_PATTERN = re.compile(rf"\b(?:since|in|from|around|about|early|late|mid)\s+({_YEAR})\b")
DAY_OF_MONTH_PATTERN = re.compile(
    rf"\b(?:the|on|by|before|after|until|till)\s+(?:the\s+)?({ORDINAL})"
    r"(?!\s+(?:one|option|time|slot|of|week|choice|available|floor|green|hole|round|birthday|grade|street|mile|day|month|year|rep|set"
    r"|flight|stair|step|minute|anniversary|visit|session|injection|jab|shot|game|quarter|knee|opinion|half|inning|attempt)s?\b)"
)
DAY_BEHIND_WEEKDAY_PATTERN = re.compile(
    rf"\b(?:(?:on|for)\s+)?(?:(?:this|next|coming|the)\s+)*(?P<weekday>{WEEKDAY})\b\s*[.,]?\s*(?:"
    r"(?:on\s+)?the\s+(?P<told>\d{1,2})|(?P<bare>\d{1,2}))(?P<th>st|nd|rd|th)?(?!\w)"
)
"""A weekday and the day of its month: "Friday 27", "Friday the 27", "Friday, 27th"."""
DAY_BEFORE_WEEKDAY_PATTERN = re.compile(
    rf"(?<![\w:./-])(?:the\s+)?(?P<bare>\d\d)\s*,?\s+(?:an?\s+)?(?P<weekday>{WEEKDAY})\b"
)
""" "27 Friday"."""
BARE_DAY_OF_MONTH_PATTERN = re.compile(
    r"(?:^\W*|\b(?P<led>the|on)\s+(?:the\s+)?)(?P<bare>\d{1,2})(?=\s*(?:$|[.,;!?]|at\b|around\b|after\b|before\b|in\s+the\b|or\s+the\b"
    r"|and\s+the\b|please\b|if\b|is\b|would\b|works?\b|morning\b|afternoon\b))"
)
""" "The 27 at 10", "on 27"."""
NO_DAY_PATTERN = re.compile(
    r"\s*(?:[:/.%-]\s*\d|h\b|hrs?\b|hundred\b|o'?clock|[ap]\.?\s?m\b|(?:to|till?|until|-)\s*\d|min\w*\b|hours?\b|days?\b"
    r"|weeks?\b|months?\b|years?\b|out\s+of\b)"
)
"""Behind a number that is an hour, a range or a measure, and no day of a month."""
TIME_BEHIND_PATTERN = re.compile(r"\s*,?\s*(?:(?:at|around|about)\s*\d|\d{1,2}(?::\d\d|\s*[ap]\.?m\b))")
"""Behind a small number that is a day, for the hour follows: "Friday 6 at 10"."""
