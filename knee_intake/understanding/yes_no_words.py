"""The words of yes, no and not sure: tables for yes_no.py. A phrase a line or between " | "; a space is any space."""

from __future__ import annotations

import re

from knee_intake.understanding.plain import either


def replies(lines: str) -> frozenset[str]:
    """Whole short replies, parted by "|" or line ends, as `words` gives them."""
    return frozenset(reply.strip() for line in lines.splitlines() for reply in line.split("|") if reply.strip())


YES_WHOLE = replies(
    """
    y|ya|yah|yas|yea|yeah|yeh|yep|yeps|yup|yes|yess|yesss|uh-huh|uh huh|uhhuh|mhm|mhmm|mm-hmm|mm hmm|mmhmm|mm-hm|mm hm
    mmm-hmm|um-hum|uh-hum|aye|si|oui|roger|roger that|10-4|ok|okay|okey|k|kk|okie|okey dokey|sure|sure thing
    sure why not|why not|of course|course|absolutely|definitely|certainly|indeed|totally|exactly|precisely|correct
    right|true|affirmative|positive|agreed|fine|fine by me|fine with me|good|great|perfect|all good|looks good
    looks right|looks great|looks correct|all correct|all right|alright|please|please do|yes please|go ahead|go for it
    do it|let's do it|i do|i am|i did|i have|i can|i could|i was|i would|i will|i guess|i suppose|it does|it is|it has
    it did|it was|it can|it hurts|they do|they are|they have|they did|he does|he is|he did|he has|she does|she is
    she did|she has|we do|there is|there was|there are|sometimes|occasionally|once in a while|every now and then
    now and then|every now and again|off and on|on and off|at times|a little|a little bit|a bit|a tiny bit|slightly
    somewhat|kind of|kinda|sort of|sorta|a lot|quite a bit|very much|very much so|all the time|always|often|usually
    mostly|most days|every day|everyday|daily|frequently|constantly|more or less|pretty much|unfortunately|\
    sadly|probably
    most likely|likely|i hope so|hopefully|a few|some|a couple|a couple of times|once|twice|both|no problem|\
    be my guest
    that'll do|i'm in|i'm ready|ready|got it|understood|bet|i accept|accept|accepted|i consent|consent|no objection
    no objections|not a problem|without a doubt|no doubt|you know it|damn right|hell yes|hell yeah|heck yeah
    same as before|as always|same as always|confirmed|confirm|i confirm
    """
)
NO_WHOLE = replies(
    """
    n|no|nah|nope|nop|noo|nooo|naw|nay|uh-uh|uh uh|nuh-uh|nuh uh|nuh|huh-uh|unh-unh|mm-mm|no way|never|never ever
    none|nothing|neither|zero|zip|nada|negative|false|wrong|incorrect|untrue|i don't|i dont|i do not|i didn't|\
    i did not
    i haven't|i have not|i can't|i cannot|i can not|i wasn't|i'm not|i am not|i won't|i wouldn't|couldn't|can't|don't
    no thanks|no thank you|thanks but no|i'm good|im good|i'm all set|all set|i'm fine|no more|i'm done|all done|later
    hardly|hardly ever|barely|rarely|very rarely|seldom|almost never|i refuse|refuse|decline|i decline|pass|i'll pass
    hard pass|under no circumstances|no can do|god no|not a chance|rather not|i'd rather not|i would rather not
    i prefer not to|fat chance|by no means|change|change something|change it|unlikely|doubtful|doubt it|next time
    some other time|another time
    """
)

UNSURE = re.compile(
    r"\b"
    + either(
        r"""
    (?:not|isn't|ain't) (?:[\w%]+ )?(?:sure|certain|clear|positive)
    (?:don'?t|do not|wouldn'?t|didn'?t) (?:really |quite |actually |even )?know(?! (?:of|about))
    (?:don'?t|do not|can'?t|cannot|couldn'?t) (?:really |quite |honestly )?(?:remember|recall)
    (?:don'?t|do not) have (?:a clue|any idea|an? (?:answer|idea))
    (?:can'?t|cannot|couldn'?t|could not|not able to|unable to|wouldn'?t be able to) (?:really |\
    honestly )?(?:be (?:sure|certain)|say|tell|answer|decide|confirm)
    unsure | uncertain | dunno | idk | no idea | no clue | no way (?:to|of) know\w* | hard to (?:say|tell) | beats me
    who knows | your guess | (?:it|that) (?:really |all )?depends | undecided | on the fence | 50\s?[/-]\s?50
    fifty[- ]fifty
    either way | unclear | thinking about (?:it|that) | haven't (?:decided|made up) | up in the air | toss[- ]?up
    """
    )
    + r"\b"
)
MAYBE = re.compile(
    either(
        r"""
    maybe | perhaps | (?:it's |it is |that's |that is )?(?:possible|not certain|up for debate)
    there(?:'s| is) a chance | possibly | potentially | might | could be | hm+
    (?:it|that|there|he|she|they|i) (?:could|might|may)(?!n)
    """
    )
    + r"\b"
)
NOTHING_KNOWN = re.compile(
    r"\b(?:not|none|nothing|no)\b[\w\s']*\b(?:know\s+of|aware\s+of|recall|remember|think\s+of|can\s+tell|notice[d]?)\b"
)
"""Not that I know of: that is a no."""

FILLER = re.compile(
    r"^[\s,.!-]*(?:(?:oh|well|um+|uh|er|ah+|hmm*|eh|so(?!\s+far)|like|honestly|actually|hey|hi|hello|sorry|doctor|doc|god|man"
    r"|gosh|and|but|you\s+know|i\s+mean|to\s+be\s+honest|thanks|thank\s+you|thankfully|luckily|fortunately|thank\s+god|oh\s+my)\b[\s,.!-]+)+"
)
YES_FIRST = re.compile(
    either(
        r"""
        yes+ | ye+a+h* | yep+ | yup+ | ya | yah | yessir | uh[ -]?huh | mm+[ -]?hm+ | mhm+ | um[ -]hum | si | sure
        absolutely | definitely | definately | certainly | of course | indeed | correct | affirmative | exactly
        totally
        true | agreed | ok | okay | alright | all right | right(?=\s*[,.!]) | for sure | by all means | you bet
        i (?:sure )?(?:do|am|did|have|can|will|would)(?=\s*(?:[,.!]|$))
        (?:it|they|he|she|there) (?:does|is|did|do|are|has|have|was)(?=\s*(?:[,.!]|$))
        (?:that|this)(?:'s| is) (?:right|correct|true|fine|ok|okay|good|great|perfect)
        sounds (?:good|great|fine|perfect|right|ok|okay|like a (?:\w+ )?(?:plan|idea)) | please do | go ahead
        please(?=\W*$|\W+(?:do|book|go|yes|set|schedule|make|reserve|confirm|continue|proceed|tell))
        i (?:think|believe|guess|suppose|would say|'d say) (?:so|yes|yeah|it (?:does|is|did|has)|i (?:do|am|\
        have|can)) | i'd say (?:so|yes)
        you(?:'ve)? got (?:it|that right) | you(?:'re| are) (?:right|correct) | why not | works for me | i agree
        (?:that|it|this|they)(?: all)? (?:works|looks? (?:good|great|right|correct|fine|ok|okay))
        (?:that|it)(?: would| will|'d|'ll) (?:be (?:\w+ )?(?:great|fine|good|perfect|lovely|ok|okay|wonderful|\
        nice|helpful|cool)|work|do)
        i(?:'d| would) (?:really )?(?:like|love|appreciate) (?:that|to|it)
        (?:that|it|this) sounds (?:good|great|fine|perfect|right|wonderful|lovely)
        (?:it|they|he|she|i|we) (?:does|do|did)(?! not|n) | only (?:when|if|after|at|with|on|in|a)(?! few)
        just a (?:bit|little|few) | there (?:is|are) some
        (?:i (?:think|believe|guess) )?(?:that's|that is|it's|it is) (?:right|correct|true)
        if you (?:don't mind|could|would|can)
        let's (?:do|go)
        (?:all|everything)(?: is|'s| looks| seems)? (?:good|correct|right|fine|ok|okay)
        so far,? (?:so |it is |it's )?(?:good|fine|okay|ok|well)
        good to go | perfect | great | excellent | wonderful | awesome | fine | cool
        no (?:problem|worries|doubt|objections?)
        unfortunately(?=,| yes| i do| so)
        i(?:'m| am) (?:afraid so|sure|positive|(?:\w+ )?(?:fine|ok|okay|good) with)
        every (?:day|morning|night|time|once in a while|now and (?:then|again)) | all the time | sometimes
        once in a while | occasionally
        a (?:little|lot|bit)
        (?:it's|its|that's) (?:all )?(?:fine|ok|okay|good|all right|alright) | looks (?:right|good|fine|great)
        quite a bit
        i (?:accept|consent|confirm)
        """
    )
    + r"(?!\w)"
)
_NEGATED_VERB = either(
    r"""
    (?:do|does|did|have|has|is|are|ca|could|was|would|wo|ai)n'?t
    (?:do|does|did|have|has|is|are|was|would|will|am) not
    cannot | can not | could not | is no | are no | was no | never | (?:have|has|had) (?:never|no|none|nothing)
    """
)
NO_FIRST = re.compile(
    either(
        r"""
        no+ | nah+ | nope+ | naw | nay | uh[ -]uh | nuh[ -]?uh | mm[ -]mm | huh[ -]uh | negative | never | none
        neither
        nothing | zero | not(?! (?:only|just|to mention))
        (?:absolutely|definitely|certainly|of course|probably|likely) not
        hell no | heck no | god no | wrong | incorrect | false
        (?:that|it|this)(?:'s| is| was| isn't) (?:not|wrong|incorrect|false|untrue|a (?:\w+ )?no|a negative|never)
        that would be (?:wrong|incorrect|false|a no|not)
        (?:i|we|it|he|she|they|there|that|nobody)(?: really| honestly| actually| personally)? NEGATED
        i'm not | im not | i've (?:never|not|no|got no) | it's (?:not|never|no) | there's (?:no|not|nothing)
        that isn't | we've never
        can'?t | cannot | don'?t | doesn'?t | didn'?t | haven'?t | hasn'?t | wasn'?t | isn'?t
        i (?:doubt|refuse|decline)
        hardly | barely | rarely | seldom | unlikely | without any | nobody | no one | nowhere
        i (?:think|guess|suppose|hope|believe) (?:not|no|nope)
        i(?:'d| would) (?:say|have to say|rather say) (?:no|not)
        (?:perhaps|maybe) (?:later|another|some other|next|not) | later | another time | some other time
        (?:i (?:think|guess|believe) )?that(?:'s| is| will be|'ll be| would be| should be) (?:all|it|everything|\
        about it|enough|pretty much it)(?! (?:good|right|fine|correct))
        (?:i think )?(?:i'm|i am|we're) (?:all set|good(?: for now)?(?=\W*$|,? thank)|done|all good(?=\W*$|,? thank))
        i(?:'ll| will|'m going to| am going to|'m gonna)(?: have to)? (?:say|go with|pass|decline|wait|\
        hold off)(?: no| not)?
        i(?:'d| would) (?:rather|prefer) (?:not|to not|if you didn't)
        """
    ).replace("NEGATED", _NEGATED_VERB)
    + r"(?!\w)"
)
CHANGES = re.compile(
    r"\b"
    + either(
        r"""
    chang(?:e|ed) (?:it|that|the|my|this|something) | (?:could|can|would) (?:you|we) (?:change|make (?:it|that))
    make (?:it|that) \w+
    instead | i (?:meant|said) | should be | i(?:'d| would) (?:rather|prefer) | switch
    """
    )
    + r"\b"
)
"""To "is that right?", a wish to change something is a no."""
NO_LAST = re.compile(
    r"(?:^|[\s,.;-])(?:no+|nope|nah|uh[\s-]uh|never|not\s+really|not\s+at\s+all|none(?:\s+at\s+all)?|nothing"
    r"|i\s+don'?t|it\s+doesn'?t|i\s+haven'?t|i\s+wouldn'?t|i\s+don'?t\s+think\s+so)\W*$"
)
YES_LAST = re.compile(
    r"(?:^|[\s,.;-])(?:yes+|yeah+|yep|yup|sure|please|i\s+do|it\s+does|i\s+have|i\s+am|i\s+did|i\s+(?:think|guess)\s+so"
    r"|definitely|absolutely|uh[\s-]?huh|mm[\s-]hmm)\W*$"
)
AGREES = re.compile(r"(?:that(?:'s|\s+is)\s+)?(?:correct|right(?=\s*[,.!]|\s*$)|true|exactly|agreed)\b[\s,.!-]*")
DENIES = re.compile(
    r"(?:(?:i|i've|we|it|they|there)\s+)?(?:never|no\b|none|nothing|not\b|haven'?t|don'?t|doesn'?t|didn'?t|isn'?t"
    r"|have\s+(?:never|no|not)|has\s+(?:never|not)|do\s+not|does\s+not|is\s+no|are\s+no)\b"
)
QUESTION = re.compile(
    r"^\W*(?:(?:and|but|so|um|well)\W+)*(?:what|why|how|who|whom|whose|where|when|which|is|are|does|do|did|can|could"
    r"|would|should|will|may|am)\b"
)
DONT_MIND = re.compile(r"\b(?:don'?t|do\s+not|wouldn'?t)\s+mind\b(?!\s+(?:not|waiting))|\bcan'?t\s+complain\b")
