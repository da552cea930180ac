"""Names, as people write them into a sentence, a signature or beside a phone number. PURE."""

from __future__ import annotations

import re

from knee_intake.understanding.beside_slips import one_slip
from knee_intake.understanding.plain import word_set

_NAME_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.\-](?=[^\W\d_]))*\.?")
_POLITE = re.compile(
    r"^\W*(?:(?:hi|hello|hey|yes|yeah|sure|ok|okay|of course|well|um+|uh|no problem|certainly|please|thanks|just|simply"
    r"|only|plain|(?:you|u)\s+can|it(?:'s|s)\s+me|put(?:\s+(?:me\s+)?down)?|use|write|make\s+it|go\s+with|name)\b[\s,.!:-]*)+",
    re.I,
)
_SAYS_NAME = re.compile(
    r"\b(?:(?:call|calls)\s+me|ask\s+for|me\s+llamo|nombre\s+es|go(?:es)?\s+by|i(?:'m|\s+am)\s+called|my\s+n\w{2,4}?\s*is\b|(?:first\s+|full\s+)?name(?:'s|\s+is|\s+would\s+be"
    r"|\s+will\s+be|\s*[:=-])?|under(?:\s+the\s+name(?:\s+of)?)?|in\s+the\s+name\s+of|(?:reservation|booking|appointment|visit)\s+(?:is\s+)?for)(?=[\s:])[\s:,-]*(?:is\s+|for\s+)?",
    re.I,
)
_SAYS_WHO = re.compile(
    r"^\W*(?:it(?:'s|\s+is|\s+will\s+be|\s+would\s+be)|this\s+is|that(?:'s|\s+is|\s+would\s+be|'ll\s+be)"
    r"|i(?:'m|\s+am)|im|its"
    r"|(?:(?:put|book|make)\s+(?:it|me)\s+)?(?:for|as|down\s+as))\s+(?:for\s+)?",
    re.I,
)
_TO_BE_CALLED = re.compile(
    r"(?:\b(?:calls?\s+me|(?:prefer|like|want|wish|rather)\s+(?:to\s+)?be\s+called|(?:i\s+)?goe?s?\s+by)"
    r"|^\W*(?:i'm|i\s+am)\s+called)\s+(?P<name>[^\W\d_][^,;!?\n\d@]{0,40}?)"
    r"(?:\s*,?\s+(?:please|pls|instead|thanks?|thank\s+you|not\s+\w+|instead\s+of\s+\w+|by\s+the\s+way|btw|for\s+short)\b)*[\s.!]*(?:$|(?<=[.!])\s)",
    re.I,
)
"""What a person would like to be called, with nothing behind it that makes it a wish for a call."""
_CALLED_HOW = word_set(
    "directly urgently quickly immediately promptly privately personally shortly daily weekly early anyday"
    " crazy old-fashioned stupid silly dumb weird naive paranoid collect names back instead bus car foot train taxi"
)
_NOT_CALLED = re.compile(
    r"\b(?:don'?t|do\s+not|never|not|nobody|no\s+one|stop|why|does|did|should\s+(?:i|you|they)|when|if)\b[^.!;]*$", re.I
)
_DOT_OF_TITLE = re.compile(r"\b(mrs?|ms|dr|mx)\.(?=\s)", re.I)
"""What is said of a call, or in jest: "call me crazy"."""
_ENDS_SENTENCE = re.compile(r"[^\W\d_][\w'’-]{3,}\.")
"""A full stop behind more letters than an initial or a title has."""
_THEN_TALKS = re.compile(
    r"^\W*(?P<name>[A-Z][\w'-]+)(?:\.\s+[A-Z]|\s+(?:I|I'[a-z]+|Im|My|It|This|That|What|Why|How|Where|When|Who|Do|Does|Is|Are|Can|Will)\b)"
)
"""A name, and a sentence of its own right behind it: "Hector I'm shaking a bit"."""
_LAST_NAME = re.compile(r"\b(?:last|family|sur)\s?name(?:'s|\s+is)?[\s:,-]+", re.I)
_FIRST_NAME = re.compile(r"\b(?:first|given)\s?name(?:'s|\s+is)?[\s:,-]+", re.I)
_SWAPPED = re.compile(r"^\W*([^\W\d_][\w'’-]+)\s*,\s*([^\W\d_][\w'’-]+)\W*$")
_SAYS_HERE = re.compile(
    r"(?:^|[,.!;]\s*|\b(?:hi|hey|hello|yes|ok|okay|it's)\s+)(?P<name>[^\W\d_][^,.!?;]{0,40}?)\s+(?:here|speaking)\b",
    re.I,
)
_IS_MY_NAME = re.compile(
    r"(?:^|[,.!;]\s*)(?P<name>[^\W\d_][^,.!?;]{0,40}?)\s+(?:is|'s)\s+(?:my|the)\s+(?:first\s+|full\s+)?name\b", re.I
)
_ASKED_BEHIND = re.compile(
    r"(?<=[.!])\s+(?:and|what|who|how|is|are|can|could|do|does|where|when|why|will|should)\b[^.!?]*\?\s*$", re.I
)
_ADVERBS = re.compile(r"^(?:(?:actually|really|just|in\s+fact|legally|officially|properly|now)\b[\s,]*)+", re.I)
_SWAPPED_THEN = re.compile(r"^\W*([^\W\d_][\w'-]+)\s*,\s*([^\W\d_][\w'-]+)\s*(?=[,.;]|$)")
_KIN = (
    r"(?:husband|wife|partner|mom|mum|mother|dad|father|sister|brother|son|daughter|friend|grandma|grandmother|grandpa"
    r"|grandfather)"
)
_FOR_KIN = re.compile(rf"(?i:\b(?:for|to\s+book)\s+my\s+(?:\w+\s+)?{_KIN}\b)[\s,-]*(?=[A-Z])")
_REACHED = re.compile(
    r"\b(?:[Rr]each|[Cc]ontact|[Tt]ext|[Cc]all)\s+(?P<name>[A-Z][\w'-]+(?:\s[A-Z][\w'-]+)?)\s+(?:at|on)\b"
)
_IS_SAID_OF = re.compile(
    r"\s+(?:is(?!\s+my\s+(?:first\s+|full\s+)?name)|are|was|were|has|have|does|do|can|would)\b", re.I
)
"""Behind a word that is no name but what the sentence is about: "texts are fine"."""
_PARTS = re.compile(r"[;,.!?()\n:]+|\s-+\s|\b(?:and|but)\b")
_TELLS = re.compile(r"[a-z]{3,}(?:ing|ated|ired|ried|able|ible|ful|less|ous|tion|ment|ness)")
"""Small letters that tell how or what somebody is: "I'm driving"."""
_CONTRACTED = re.compile(r"\w'(?:ll|re|ve|d|m)$")
"""You'll, we've: never a name."""
_ALSO_NAMES = word_set("will may june april august summer joy hope grace art mark bill")
"""Where somebody says that a name follows, these are names."""
_NAMES_IN_CAPITALS = word_set("skip")
"""These too, with a capital."""
_FAMILY_NAMES = word_set("day long little young west north rose may summer summers early good best")
"""Common words that are family names behind a first name and with a capital."""
_NO_NAME_AFTER = word_set("be call do not have see get give need come rather")
_REFUSES = re.compile(
    r"\b(?:anonymous\w*|anon|private|confidential|(?:rather|prefer)\s+(?:to\s+)?(?:not|stay|remain|keep)|not\s+(?:telling|saying|giving|sharing)"
    r"|(?:don'?t|do\s+not|won'?t)\s+(?:want|like|need|have|wish|give|think|know|see)|none\s+of\s+your|no\s+names?|your\s+business)\b",
    re.I,
)
SPELLED = re.compile(
    r"(?<![\w'-])[^\W\d_](?:-[^\W\d_]){2,}(?![\w'-])|(?<![\w'-])[^\W\d_](?: [^\W\d_]){2,}(?![\w'-]| \w)"
)
"""A name letter by letter."""
_SPELLING_WORDS = re.compile(
    r"[\s,(]*\b(?:that's|thats|that\s+is|spelled|spelt|it's|its|as\s+in|with)(?:\s+(?:it|is|like|out))*\W*$", re.I
)
_FINE_BEHIND = re.compile(r"(?:'s|\s+is)\s+(?:fine|ok|okay|good|enough|great)\W*$", re.I)
_TITLES = word_set("mr mr. mrs mrs. ms ms. miss dr dr. mx mx.")
_JOINERS = word_set("de del della der den di da dos du la le van von bin ibn al el y san st mac mc")
_NO_NAMES = word_set(
    """
    frightened terrified scared afraid nervous anxious worried
    pls plz pease pleas plase thx ty
    a about able actually afternoon again age all already also always am an and another any anyone anything
    appointment are arthritis as ask at bad be because been before better book booking both bothering but by bye
    call can can't cancel cannot clinic contact could day days did didn't do doctor does doesn't doing don't dont
    done down easy email even evening ever feel few fine first five for four friday from front get give given go
    going gonna good got great had happy has have haven't having he hello help her here hey hi him his home
    hospital hour how hurt hurts i i'd i'll i'm i've idk if in injury inside is isn't it it's its just knee knees
    know last later leave left leg let like little long lot make many maybe me mean mine minute monday month
    months more morning most much my myself name names need never new next nice no nobody none nope nor not
    nothing now number o'clock of off ok okay on one only or other our out outside over pain painful patient
    pending perhaps phone please possible prefer private problem question quit ready really refuse repeat right
    running same saturday say secret see self she should sick since six skip so some somebody someone something
    sorry stairs start stop stuff sunday sure surname swelling swollen tell ten thank thanks that that's the their
    them then there these they thing think this those though three through thursday time tired to today tomorrow
    too try tuesday two under understand unsure up us use very visit wait walking want was we wednesday week weeks
    well went were what what's when where which while who whose why will with won't work would yeah year years yep
    yes yesterday yet you your yup hurting sore wondering calling looking trying worried afraid interested
    anonymous dont cant wont didnt doesnt id ill ive rather stay remain keep share giving guess business telling nope
    legal full nickname required necessary works okay fine names nobody's matter thru via reach text write
    whatever whichever either neither hm hmm um uh er ah oh lol wow man insurance medicare aetna cigna
    texts calls emails perfect excellent wonderful lovely amazing fantastic brilliant super alright absolutely
    definitely indeed exactly agreed understood hold god bless sounds cool awesome best happy
    evenings mornings afternoons nights weekends weekdays weekend noon
    midnight anytime always whenever maybe tonight cell cellphone tel mobile telephone landline fax ext extension area
    code mailto mail gmail voicemail message messages info details work office speaking texting typing
    wife husband mom mother dad father son daughter sister brother friend partner kid child sir ma'am maam guys folks
    wrong correct incorrect spelled misspelled typo mistake change changed update remove delete confirm confirmed
    busy free single married home alone old young diabetic allergic pregnant disabled english spanish american
    between around until till during soon asap quick quickly january february march july september october november
    december
    goodness gosh heavens certainly surely apologies absolutely regards correct indeed
    oops whoops ouch correction hang scratch human person agent operator representative
    receptionist nurse staff send sent anyway anyhow anyways
    """
)
_LONGEST_NAME = 6
_LONG_SLIP = 5
"""Letters from which on a word that is nearly "please" is no name."""
_LONG_TALK, _SHORT_TALK = 8, 2
"""Words: without "my name is", a text longer than this gives a name only where two capitals begin it."""


def find_name(text: str) -> str | None:
    """The name in a reply to "what is your name?", as written, with capitals mended where there are none."""
    text = _without_question(_without_spelling(text.replace("’", "'").replace("''", "'")))
    text = _FINE_BEHIND.sub("", text)
    found = _find_name(text) or _told_later(text)
    return _said_in_full(found, text) if found else None


def name_to_be_called(text: str) -> str | None:
    """The name in "call me Tommy" and "everyone calls me Al"; None in "call me back" and "call me tomorrow at 3"."""
    text = _DOT_OF_TITLE.sub(r"\1", text.replace("\u2019", "'"))
    for said in _TO_BE_CALLED.finditer(text):
        if _NOT_CALLED.search(text, 0, said.start()):
            continue
        words = said["name"].rstrip(" .").split()
        if words and words[0].lower() not in _CALLED_HOW and (found := _whole_name(" ".join(words))):
            return _capitals(found)
    return None


def _told_later(text: str) -> str | None:
    """ "I'll send the number later, I'm Lily"."""
    for part in _PARTS.split(text)[1:]:
        part = part.strip()
        who = _SAYS_WHO.match(part)
        found = _whole_name(part[who.end() :]) if who else []
        if found and found[0][0].isupper():
            return _capitals(found)
    return None


def find_name_beside(rest: str) -> str | None:
    """The name in what is left of a reply whose numbers and addresses were taken out."""
    if name := find_name(re.sub(r"^\W+", "", rest)):
        return name
    if (then := _THEN_TALKS.match(rest.replace("’", "'"))) and not is_common(then["name"]):
        return _capitals([then["name"]])
    parts = [part.strip() for part in _PARTS.split(rest.replace("’", "'"))]
    told = [part for part in parts if not all(map(is_common, part.split()))]
    for part in told:
        who = _SAYS_WHO.match(part)
        found = _whole_name(part[who.end() :] if who else part)
        if found and (found[0][0].isupper() or told == [part]):
            return _capitals(found)
    return None


def _without_spelling(text: str) -> str:
    """The text without a name spelled out, "Kim, K-I-M"; where the letters say another than was typed, with theirs."""
    spelled = SPELLED.search(text)
    if not spelled:
        return text
    name = re.sub(r"[\W_]", "", spelled[0]).capitalize()
    rest = _SPELLING_WORDS.sub("", text[: spelled.start()]).rstrip(" ,:;-(") + text[spelled.end() :].lstrip(" )")
    typed = _NAME_WORD.search(rest)
    if typed is None:
        return name
    alike = [word for word in _NAME_WORD.findall(rest) if word[0].lower() == name[0].lower() and not is_common(word)]
    return rest if not alike else rest.replace(alike[-1], alike[-1] if alike[-1].lower() == name.lower() else name)


def _without_question(text: str) -> str:
    """The text without a question put behind or before the name: "Greg. And yours?", "my name? Greg"."""
    text = re.sub(r"^\W*(?:my\s+|the\s+)?name\s*\?\s*(?=\w)", "", text, flags=re.I)
    return _ASKED_BEHIND.sub("", text)


def _said_in_full(name: str, text: str) -> str:
    """ "Tom, Tom Ferris" and "Bond. James Bond" give the whole name behind the short one."""
    first, *others = name.split()
    if others:
        repeats = first.strip(".").lower() in (word.lower() for word in others)
        return " ".join(others) if repeats else name
    for part in re.split(r"[,.;:]|\s-+\s", text)[1:]:
        whole = [word for word in part.split() if _NAME_WORD.fullmatch(word) and not is_common(word)]
        if (
            1 < len(whole) <= _LONGEST_NAME
            and len(whole) == len(part.split())
            and name.lower() in map(str.lower, whole)
        ):
            return _capitals(whole)
    return name


def _find_name(text: str) -> str | None:
    if (swapped := _SWAPPED.match(text)) and not is_common(swapped[1]) and not is_common(swapped[2]):
        return _capitals([swapped[2], swapped[1]])
    if found := _told_name(text):
        return _capitals(found)
    if _REFUSES.search(text) or text.rstrip().endswith("?"):
        return None
    rest = _POLITE.sub("", text)
    if who := _SAYS_WHO.match(rest):
        found = _leading_name(rest[who.end() :])
        return _capitals(found) if found else None
    found = _leading_name(rest, told=len(rest.split()) <= _SHORT_TALK)
    if found and _IS_SAID_OF.match(rest, rest.index(found[-1]) + len(found[-1])):
        return None
    if (then := _THEN_TALKS.match(rest)) and found == [then["name"]]:
        return _capitals(found)
    if len(text.split()) > _LONG_TALK and (len(found) < 2 or not all(word[0].isupper() for word in found)):
        return None
    return _capitals(found) if found else None


def _told_name(text: str) -> list[str]:
    """The name behind words that announce one: "my name is ...", "first name ..., last name ..."."""
    first, last = _FIRST_NAME.search(text), _LAST_NAME.search(text)
    if first and last:
        return _leading_name(text[first.end() :], told=True) + _leading_name(text[last.end() :], told=True)
    for said in _SAYS_NAME.finditer(text):
        behind = _ADVERBS.sub("", text[said.end() :])
        if found := _swapped_back(behind) or _leading_name(behind, told=True):
            return found
    if (kin := _FOR_KIN.search(text)) and (found := _leading_name(text[kin.end() :])):
        return found
    if (mine := _IS_MY_NAME.search(text)) and (found := _whole_name(_POLITE.sub("", mine["name"]))):
        return found
    if reached := _REACHED.search(text):
        return _leading_name(reached["name"])
    for said in _SAYS_HERE.finditer(text):
        if found := _whole_name(_POLITE.sub("", said["name"])):
            return found
    return []


def _swapped_back(text: str) -> list[str]:
    """ "O'Neil, Siobhan": the family name first."""
    swapped = _SWAPPED_THEN.match(text)
    if not swapped or any(is_common(word) for word in swapped.groups()):
        return []
    if swapped[1][0].isupper() != swapped[2][0].isupper() or swapped[1].lower() == swapped[2].lower():
        return []
    return [swapped[2], swapped[1]]


def _whole_name(part: str) -> list[str]:
    """The words of a part of a text that is nothing but a name."""
    written = part.split()
    if not 0 < len(written) <= _LONGEST_NAME or not all(_NAME_WORD.fullmatch(word) for word in written):
        return []
    found = _leading_name(part)
    return found if len(found) == len(written) else []


def _leading_name(text: str, *, told: bool = False) -> list[str]:
    if told and not _may_be_name(text):
        return []
    found: list[str] = []
    position = 0
    for match in _NAME_WORD.finditer(text):
        between = text[position : match.start()]
        if (found and between.strip(" \t")) or (not found and re.search(r"[^\s\W]|[?]", between)):
            break
        word = match.group()
        if word.endswith("'s"):
            return []  # somebody's mother
        if (is_common(word) and not _is_name_too(word, told, bool(found))) or len(found) == _LONGEST_NAME:
            break
        position = match.end()
        if _ENDS_SENTENCE.fullmatch(word) and word.lower() not in _TITLES:
            found.append(word.rstrip("."))
            break
        found.append(word if "." in word[:-1] or len(word) == 2 or word.lower() in _TITLES else word.rstrip("."))
    return found if any(word.lower() not in _TITLES for word in found) else []


def _may_be_name(text: str) -> bool:
    """ "will power", but not "will be given later"."""
    first = text.lower().split()[:2]
    return not (len(first) > 1 and first[0] in _ALSO_NAMES and first[1] in _NO_NAME_AFTER)


def _is_name_too(word: str, told: bool, is_second: bool) -> bool:
    """Whether a common word is a name here."""
    low = word.lower()
    if told and low in _NAMES_IN_CAPITALS and word.istitle():
        return True
    return (told and low in _ALSO_NAMES) or (is_second and word[0].isupper() and low in _FAMILY_NAMES | _ALSO_NAMES)


def is_common(word: str) -> bool:
    """Whether a word is too ordinary to be taken for a name."""
    low = word.lower().rstrip(".").replace("\u2019", "'")
    if len(low) >= _LONG_SLIP and any(one_slip(low, polite) for polite in ("please", "thanks", "hello")):
        return True
    return low in _NO_NAMES or bool(_TELLS.fullmatch(word)) or bool(_CONTRACTED.search(low))


def _capitals(found: list[str]) -> str:
    """Capitals where the writer used none at all, or only those."""
    name = " ".join(found)
    if not (name.islower() or (name.isupper() and len(name) > 3)):
        return name
    words = (word.lower() for word in found)
    return " ".join(w if i and w in _JOINERS else re.sub(r"(^|[-'])(\w)", _upper, w) for i, w in enumerate(words))


def _upper(match: re.Match[str]) -> str:
    return match[1] + match[2].upper()
