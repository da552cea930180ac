"""Which span of time in a free text is that of the knee complaint itself. PURE.

A text of its own accord tells many times: of an operation, a job, a pregnancy, a waiting list, a habit. So a span
counts only where its clause says that something has hurt since ("for three weeks"), or that something began then
("I fell in May"); a bare day of the past needs the latter.
"""

from __future__ import annotations

import re

from knee_intake.understanding.durations import Duration
from knee_intake.understanding.plain import either, in_front

_STATE = re.compile(
    r"\b"
    + either(
        r"""
        \d/10 | pain\w* | hurt\w* | ach(?:e|es|ing|ed|y) | sore\w* | bother\w* | swell\w* | swollen | puff\w*
        stiff\w* | throb\w*
        troubl\w+ | problems? | symptoms? | suffer\w* | deal(?:ing|t)? with | flar\w+ | worse\w* | kill\w* me | killing
        act(?:ing|s|ed)? up | play(?:ing|s|ed)? up | lock\w* | catch\w* | giv(?:es|en|ing|e) (?:way|out) | buckl\w*
        limp\w* | hobbl\w* | click\w* | grind\w* | crunch\w* | creak\w* | niggl\w* | grumbl\w* | whing\w* | twing\w*
        nagg\w* | burn\w* | numb\w* | tingl\w* | unstable | wobbl\w* | weak\w* | bad | dodgy | rough | shot | awful
        tender\w* | agony | discomfort | inflam\w* | arthriti\w+ | gone | goes out | off | giving me \w+ | at me
        (?:can'?t|cannot|couldn'?t|haven'?t|hasn'?t|won'?t|unable to|not|\
        never) (?:been able to )?(?:\w+ )?(?:straighten|bend|walk|stand|stood|\
        sleep|slept|kneel|squat|run|put (?:any )?weight|bear|climb|been right|be right)
        (?:can'?t|cannot|couldn'?t) (?:get|do|go|use|move|play|fully)
        """
    )
    + r"\b"
)
_BEGAN = re.compile(
    r"(?:\b"
    + either(
        r"""
        (?:it|this|that|mine|all|pain|ache|aching|everything|knees?|problems?|trouble|swelling|symptoms?|issues?|\
        stiffness|limp|\
        thing)(?:'s)? (?:\w+ ){0,4}?(?:start(?:ed|s)?|beg[au]n|kicked (?:off|in)|came on|flared)
        (?:start(?:ed|ing)?|beg[au]n) (?:to )?(?:hurt\w*|ach\w+|swell\w*|bother\w*|giv\w+|act\w*|lock\w*|catch\w*|\
        click\w*|\
        play\w* up|feel\w*|get\w*|noticing|as|off|up|grumbl\w*|niggl\w*|limp\w*)
        crept | creeping | snuck | sneaked | came on | built up | building up | came out of nowhere | appeared
        dates? (?:from|back) | first (?:felt|noticed|hurt) | noticed | woke up with
        f[ae]ll(?:en)?(?! asleep| apart| pregnant| in love| out| behind) | tripped | slipped | stumbled
        twist\w* | injur\w* | tore | torn | tear | ruptur\w*
        popp?(?:ed)? | snapped | cracked | banged | bashed | bumped | whacked | smashed | knocked | landed | sprain\w*
        strain\w* | wrench\w* | dislocat\w* | tweak\w* | hyperextend\w* | accident | crash\w* | t-boned | tackled
        kicked | pulled (?:something|it|my|the|a \w+) | (?:ran|run|walked|skied|rode|slammed|backed) into
        collid\w+ | collision | broke | fractur\w* | hit | hurt(?: (?:my|it|the|his|her))?
        went (?:over|out|down|sideways|pop)
        misstep\w* | mis-step\w* | (?:bad|wrong|false|awkward) (?:\w+ )?(?:step|turn|landing) | tumble | spill
        c[ao]me (?:off|down|up|back) | showed up | put me (?:in|into|through) | threw me | done it
        did (?:it|something|this|my knee)
        g[ai]ve (?:way|out) | locked(?: up)? | buckled | ballooned | swelled | blew up | swollen up | puffed up | bent
        """
    )
    + r"\b|^\W*(?:it\s+|this\s+|all\s+)?(?:start(?:ed)?|began)\b"
    r"(?!\s+(?:my|the|a|new|taking|using|doing|running|on|at|pt|physio)\b))"
)
_SO_FAR = re.compile(
    r"(?:\b"
    + either(
        r"""
        (?:it'?s|it has|its|this has|this is|that'?s|been|has been|have been|had (?:it|this|them|these)|it'?ll be|\
        it will be)\
        (?: been| like (?:this|that)| this way| going? on| at it| a thing| bad| coming up on| now| well| there| here)*
        (?:been|was|is) (?:like (?:this|that)|this way|at me|going on)
        going on | like this | like that
        (?:had|have had|got|'ve had|having) (?:it|this|that|them|these|the (?:pain|problem|ache)|\
        knee pain)(?: now| here)?
        call it | put | more like | make (?:that|it) | let'?s say | i'?d say | basically | so like | idk like
        """
    )
    + r")(?:\s+(?:for|about|around|over|since|a|an|good|like|maybe|almost|nearly"
    r"|roughly|approximately|at\s+least|more\s+than|well|the"
    r"|last|past|just|only|exactly|precisely|um|uh|oh|well|idk|so|now|coming|up|on|one|whole|back|in|way|abt|ever|all|probably|around|some))*[\s,~]*$"
)
"""In front of the span: what has gone on that long is what the text is about."""
_RESTATED = re.compile(
    r"\b(?:call\s+it|put|more\s+like|make\s+(?:that|it)|let'?s\s+say|basically|so\s+(?:idk\s+)?(?:like|about))\s+(?:a\s+|about\s+|an\s+|like\s+)*$"
)
_KNEE = re.compile(r"\bknees?\b")
_IN_ALL = re.compile(r"\s*(?:basically|altogether|in\s+all|in\s+total)\b")
_OF_THIS = re.compile(
    r"\s*(?:now\s+)?(?:of\s+(?:this|it|pain|agony|hurting|misery|limping)\b|(?:and\s+)?(?:still\s+)?counting\b)"
)
_SINCE = re.compile(r"\b(?:since|sinc|from|ever\s+since)\s+(?:\w+\s+){0,5}?$")

_SINCE_EVENT = re.compile(
    r"(?P<told>.*)\b(?:(?P<since>since)|after|following)\s+(?P<event>(?:[\w']+\s+){2,9})$", re.DOTALL
)
"""A month behind what was done in it: "sore ever since I helped my sister move in" June."""
_EASED = re.compile(
    r"\b(?:no|not|never|without|free|gone|less|better|helped|eased|fine|isn't|doesn't|didn't|used\s+to)\b"
)
_TREATED = re.compile(
    r"\b(?:surger\w+|operat\w+|replac\w+|repair\w*|scop\w+|shots?|inject\w*|cortisone|gel|therapy|pt|rehab|physio\w*"
    r"|brace|pills?|meds?|medic\w+|visit|appointment|x-?rays?|mri|botox|dysport)\b"
)
_OTHERS = re.compile(
    r"\b"
    + either(
        r"""
        surger\w+ | operat\w+ | op | replac\w+ | repair\w* | reconstruct\w* | scop(?:ed?|e) | arthroscop\w+
        menisc?ectomy | tkr
        pt | physio\w* | physical therap\w+ | therap\w+ | rehab\w* | inject\w* | shots? | jabs? | cortisone
        steroid\w* | prp
        acupunct\w* | chiropract\w* | chiro | massag\w* | brace | cast | boot | crutch\w* | sleeve | ibuprofen
        advil | aleve
        tylenol | naproxen | meloxicam | celebrex | paracetamol | medic(?:ine|ines|ation|ations) | meds?
        pills? | tablets?
        prednisone | glucosamine | supplement\w* | botox | dysport | stretch\w* | exercises | rest(?:ed|ing)?
        ic(?:ed|ing)
        lay off | laid off | taking
        took(?! (?:a|the|an) (?:\w+ ){0,2}(?:step|misstep|fall|tumble|spill|turn|hit|knock|blow|dive|header|slip|\
        landing|kick|tackle)\b)
        x-?rays? | xr | mri | scan\w* | bloods? | ultrasound | ct
        appointment | visit\w* | saw | seen
        seeing | told | said | letter | referr\w+ | wait(?:ed|ing|list)? | diagnos\w+ | dx'?d | ruled out
        drain\w* | lanced | stitch\w*
        (?<!at\s)work(?:ed|ing)?(?! (?:hurts|is)) | job | retir\w+ | married | marri\w+ | divorc\w+ | smok\w+
        drink\w* | drank | quit | diabet\w* | pregnan\w*
        born | birth(?! well) | baby | postpartum | post-?op | moved | lived? | living | vacation | trip
        wedding | wed | heart | stroke
        covid | flu | cold | cough\w* | headach\w* | headche | fever | migraine | mastitis | cancer | career
        teach\w* | taught | drove
        driv(?:e|ing) | served | army | military | college | school | pension | season | stop(?:ped)? | gave up
        given up | gives up
        packed in | used to | old(?:er)? | younger | away | bought | lost | gained | put on | weigh\w*
        allerg\w+ | insurance | sick
        letter | class(?:es)? | shift | twelve hours | announc\w+ | goes up | hop(?:e|ing) | will | would
        until | till | grandad
        """
    )
    + r"\b"
)
_HABIT = re.compile(
    r"\b(?:ran|run(?:ning|s|ner)?|play(?:ed|ing|s)?(?!\s+up)|walked|cycling|cyclist|cycled?|bik(?:e|ed|ing)|swim\w*|danc\w+|ski(?:ed|ing)?|lift\w*|train\w*|coach\w*"
    r"|golf\w*|tennis|soccer|football|basketball|yoga|athlet\w*|competi\w*|hik\w+|gym|judo|tango|hoops|box)\b"
)
_NOT_BEFORE = re.compile(
    r"\b(?:i'?m|im|i\s+am|(?:he|she)(?:'?s|\s+is)|aged?|turn(?:ed|ing)?|lay\s+off\s+for|rest(?:ed)?(?:\s+it)?\s+for|off\s+(?:work|sick)(?:\s+for)?"
    r"|wait\w*(?:\s+for)?|within|until|till?|by|before|every|each|next|last(?:s|ed|ing)(?:\s+for)?|takes?|took|back\s+at\s+\w+|said|says?"
    r"|per|used\s+to|wk|week|for\s+another|needs?|gives?\s+it|give\s+it|(?<!part\s)(?<!most\s)of|years?|months?|times?|under|over\s+and)\s+(?:about\s+|like\s+|almost\s+|only\s+|the\s+|a\s+|for\s+)*[,\s]*$"
)
_AFTERWARDS = re.compile(r"\s*(?:after|following|before)\s+(?:that|the|my|surgery|an?|running|it)\b")
_FREE_OF_IT = re.compile(
    r"\b(?:no|without|zero)\s+(?:\w+\s+)?(?:pain|trouble|problems?|symptoms?|issues?|swelling)(?:\s+(?:in|with)\s+\w+(?:\s+\w+)?)?\s+(?:for|in|over)\s+"
    r"(?:\w+\s+)?$|\bpain[\s-]free\s+for\s+(?:\w+\s+)?$"
)
_AFTER_A_WHILE = re.compile(r"\bafter\s+(?:about\s+|like\s+|only\s+|the\s+)*$")
_NOT_AFTER = re.compile(
    r"\s*-?\s*"
    + either(
        r"""
        gone\b(?! by) | pregnant | along | post(?: ?-?(?:partum|op|surgery|natal|birth))? | old | older
        younger | young | of age | to (?:go|pension|retire\w*|the)
        left\b(?! knee) | out of | wait\w* | course | off (?:work|sick)
        of (?:rest|pt|physio\w*|rehab|therapy|work|nothing|exercises?|walking|driving|\
        hedges|wear|service|marriage|school|treatment|antibiotics|shots|running|football|training|on)
        in (?:a|the) (?:cast|brace|boot|job|hospital)
        sober | clean | on (?:the|my|our|her|his) (?:feet|job|site) | shifts? | long | apart | each | at a time
        or until | from now | later
        a (?:day|week|month|year) | ahead | \d | early | late | holidays? | sales? | game | tournament | do\b
        dinner | party | lights? | day\b
        in (?:19|20)\d\d | back in | when (?:i|he|she) was | as a
        in advance
        """
    )
    + r"(?!\w)"
)
_OVER_AGAIN = re.compile(
    r"\b(?:w(?:ent|ent\s+right)\s+away|went\s+down|cleared(?:\s+up)?|healed|recovered|resolved|passed|settled|got\s+better|mended"
    r"|(?:been|it'?s|is|was|felt)\s+(?:\w+\s+)?(?:fine|good|great|golden|perfect|okay|ok|normal)|(?:is|are|was)\s+\w+\s+again|fine\s+since|no\s+(?:trouble|problems?|pain)\s+since|back\s+to\s+normal)\b"
)
_NOT_THEN = re.compile(r"\b(?:not|isn't|wasn't|nothing)\s+$")
_WAS = re.compile(r"\b(?:was|were|had)\b")
_SINCE_THEN = re.compile(r"(?:,|\band\b|\bbut\b)([^.;!?]*?)\bsince\b(?=\W*(?:$|[.,;!?]|then\b))")
"""What has been so since the day named before: "I moved in March and it has hurt since"."""
_SENTENCE_END = re.compile(r"[.!?;\n]+(?=\s|$|[a-z])(?<!\d\.)|\s-\s")
_CLAUSE_END = re.compile(r",|\b(?:but|and|so|because|although|though|while|however|then|which|n)\b|\(|\)|:")
_SINCE_LATER = re.compile(r"\bsince\b(?=\W*(?:$|[.,;!?]|and\b|but\b|then\b|it\b))|\bnow\b|\bstill\b|\bsince\s+then\b")
_WEEKDAY_ENDS = re.compile(
    r"\s*(?:$|[.,;!?)]|(?:and|when|while|at|night|morning|afternoon|evening|i|my|playing|doing|in|during|after|but|so)\b)"
)
_SUBJECT = re.compile(r"\b(?:i|i'?ve|i'?d|we|we'?ve|he|she|they)\b")
"""A clause with a subject of its own tells its own story: "I've been a roofer for thirty years"."""
_FAR = 10_000


_ON_ITS_OWN = (", for", ", since")
"""How the words before a span end that stands in a list of things about the knee."""


def pick_time(low: str, spans: list[Duration], *, about_knee: bool) -> Duration | None:
    """The span that is the complaint's own, or None; of several the one restated last, else the first."""
    own = [span for span in spans if _is_own(low, span, about_knee=about_knee)]
    restated = [span for span in own if _RESTATED.search(in_front(low, span.start)) or _IN_ALL.match(low, span.end)]
    return next(iter(restated[-1:] or own), None)


def _is_own(low: str, span: Duration, *, about_knee: bool) -> bool:
    before, after = _sentence(low, span)
    if (
        span.about in ("age", "rate", "future")
        or span.vague
        or _is_no_time(low[span.start : span.end], before, after, span)
    ):
        return False
    lasting = _is_lasting(low, span, before, after)
    if _NOT_AFTER.match(after) or (_NOT_BEFORE.search(before) and not _SINCE.search(before)):
        return False
    if _FREE_OF_IT.search(before) or (not span.point and (_AFTER_A_WHILE.search(before) or _AFTERWARDS.match(after))):
        return False
    if (not lasting or _WAS.search(before)) and _OVER_AGAIN.search(low[span.end : span.end + 120]):
        return False
    if (since := _SINCE_THEN.search(after)) and _STATE.search(since[1]):
        return True
    if about_knee and not span.point and (_OF_THIS.match(after) or _goes_on(before, after)):
        return True
    if span.point and is_since_event(before):
        return True
    left, right = _clause(before, after)
    if (since := _SINCE.search(left)) and _has_words(left[: since.start()]):
        left, right = left[: since.start()], ""  # "it has hurt since my operation in May"
    if not _has_words(left + " " + right):
        if about_knee and lasting and span.sure and before.rstrip().endswith(_ON_ITS_OWN):
            return True  # "left knee, I'm a runner, for three months"
        left, right = before, after
        if not _has_words(left + " " + right):
            return about_knee and not (span.point and not lasting) and span.sure
    if lasting and _SO_FAR.search(in_front(low, span.start)):
        return not _OTHERS.search(right) and (about_knee or not _OTHERS.search(left))
    return _belongs(left, right, before, after, span, lasting=lasting)


def is_of_something_else(low: str, span: Duration) -> bool:
    """Whether the sentence of a span tells of another matter, and of nothing that hurts: "a fever last week"."""
    before, after = _sentence(low, span)
    if span.point and _NOT_THEN.search(before):
        return True  # "puffy in the evenings but not today"
    if min(_distance(_BEGAN, before, after), _distance(_STATE, before, after)) < _FAR:
        return False
    return _distance(_OTHERS, before, after) < _FAR


def is_since_event(before: str) -> bool:
    """Whether the words in front of a day tell that it has hurt since, or after, what happened on it."""
    told = _SINCE_EVENT.match(before)
    if told is None or _EASED.search(told["told"]) or not (_STATE.search(told["told"]) or _BEGAN.search(told["told"])):
        return False
    return bool(told["since"]) or not _TREATED.search(told["event"])


def _belongs(left: str, right: str, before: str, after: str, span: Duration, *, lasting: bool) -> bool:
    """What the nearest word of the clause speaks of; of the sentence, where the clause tells nothing."""
    parts = [(left, right)]
    if not _SUBJECT.search(left) and (lasting or not span.point):
        parts.append((before, after))
    for part in parts:
        began, state = _distance(_BEGAN, *part), _distance(_STATE, *part) if lasting else _FAR
        other = _distance(_OTHERS, *part)
        if lasting or began == _FAR:
            other = min(other, _distance(_HABIT, *part))
        own = min(began, state)
        if lasting and min(own, other) == _FAR and _SINCE.search(before):
            own = _distance(_KNEE, *part)  # "left knee since five weeks"
        if min(own, other) < _FAR:
            return own < other and (span.sure or began < 25 or lasting)
    return False


def _is_no_time(said: str, before: str, after: str, span: Duration) -> bool:
    """ "on a good day", "nine hours a day", "the Sunday ride"."""
    if re.fullmatch(r"(?:an?|one)\s+(?:(?:good|bad|long|full|whole)\s+)?(?:day|night)", said):
        return not re.search(r"\b(?:for|since|been|had\s+it)\s+$", before)
    return not span.sure and bool(
        re.search(r"\b(?:the|a|every|each|my|our)\s+$", before) or not _WEEKDAY_ENDS.match(after)
    )


def _distance(cue: re.Pattern[str], before: str, after: str) -> int:
    """Characters to the nearest such word; words behind count as a little farther off."""
    last = max((m.end() for m in cue.finditer(before)), default=None)
    first = cue.search(after)
    return min(len(before) - last if last is not None else _FAR, first.start() + 8 if first else _FAR)


def _is_lasting(low: str, span: Duration, before: str, after: str) -> bool:
    """ "since March", "for weeks", "3 weeks now": it has gone on up to now; not "in March", "3 weeks ago"."""
    if _SINCE.search(before) or low.startswith(("since", "from"), span.start):
        return True
    if span.point:
        return bool(_SINCE_LATER.search(after))
    said = low[span.start : span.end]
    single = said.startswith("last") and not re.search(r"\b(?:for|over|during|these|in|of)\s+$", before)  # "last month"
    return not (single or re.search(r"\b(?:ago|back)$", said)) or bool(_SINCE_LATER.search(after))


def _goes_on(before: str, after: str) -> bool:
    """ "five months I have been limping", "for five months now"."""
    return bool(
        re.match(
            r"\s+(?:now\s+)?(?:that\s+)?i(?:'ve|\s+have)\s+(?:been\s+)?(?:limp|hobbl|suffer|hurt|had\s+(?:this|it))",
            after,
        )
    )


def _sentence(low: str, span: Duration) -> tuple[str, str]:
    start = max(
        (m.end() for m in _SENTENCE_END.finditer(low, max(0, span.start - 300), span.start)),
        default=max(0, span.start - 300),
    )
    end = _SENTENCE_END.search(low, span.end)
    return low[start : span.start], low[span.end : end.start() if end else min(len(low), span.end + 300)]


def _clause(before: str, after: str) -> tuple[str, str]:
    start = max((m.end() for m in _CLAUSE_END.finditer(before)), default=0)
    end = _CLAUSE_END.search(after)
    return before[start:], after[: end.start() if end else len(after)]


_FILLERS = re.compile(
    r"\b(?:for|since|about|around|over|like|maybe|almost|nearly|roughly|now|ago|the|a|an|last|past|just|only|well|um|uh|oh|in|on|at|of|or|it(?:'ll|'s)?|so|then"
    r"|good|exactly|been|and|tomorrow|today|that|thats|that's|this|was|is|it's|its|it'll|be|probably|yes|basically|actually|exactly|really|give|take|approx|already|straight|solid|altogether|tops|plus|some|many|more|than|less|as|my|knees?|(?:mon|tues|wednes|thurs|fri|satur|sun)day|yeah|no|i|think|guess|say|i'd|id|back|abt|hmm|er)\b"
)


def _has_words(clause: str) -> bool:
    """Whether a clause says more than the time itself."""
    return bool(re.search(r"[a-z]", _FILLERS.sub("", clause)))
