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
    same as before|as always|same as always|confirmed|confirm|i confirm|yse|eys|yee|yuh|yurp|yeppers|yes sir|yes ma'am
    yessum|ja|da|yass|yaas|natch|naturally|obviously|clearly|evidently|apparently|spot on|bang on|bingo|ditto|deal
    gladly|same here|100%|one hundred percent|hundred percent|a hundred percent|too right|true that|right on|amen
    done|tons
    plenty|loads|lots|big time|like crazy|nonstop|non-stop|24/7|now and again|from time to time|on occasion
    here and there|    half the time|most of the time|some days|some nights|some mornings|most nights|most mornings
    most times
    day and night|    a smidge|a tad|a tiny bit|a wee bit|to some extent|to a degree|in a way|in part|partly
    partially|moderately|does|do
    did|have|has|am|is|can|me too|more so lately|more and more|too often|too much|more often than not|nearly always
    almost always|always|all day|all day long|all night|around the clock|not wrong|you're not wrong|never better
    ys|yh|yis|yus|def|deffo|fo sho|fs|ofc|np|book it|schedule it|sign me up
    sgtm|lgtm|works|all true|aight|ight|okie|kay|okok|ok ok|k k|facts|word
    regularly|periodically|intermittently|it comes and goes|comes and goes|happy to|with pleasure|willingly
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
    some other time|another time|na|noe|npe|nopes|noooo|negatory|nein|non|nyet|nix|nil|no sir|no ma'am|no siree|as if
    zilch|squat|diddly squat|disagree|i disagree|i object|without|scarcely|i think not
    guess not|hope not|not me|not i|not mine|not ever|all clear|no no|no no no|nope nope
    thanks no|never mind|nevermind|forget it|leave it|not interested|not for me|no chance|out of the question
    ain't|aint|doesn't|didn't|haven't|hasn't|wasn't|isn't|aren't|won't|wouldn't|once in a blue moon|next to never
    not likely|no longer|not anymore|not any more|i'd sooner not|improbable|nobody|no one|nowhere|no reason
    """
)

FILLER = re.compile(
    r"^[\s,.!(\"'*-]*(?:(?:why(?=,?\s+(?:yes|no)\b)|oh|ohh+|well|um+|umm+|uh|er|erm|ah+|aw+|hmm*|eh|so(?!\s+far)|like(?!\s+(?:a|every|all|you|i))"
    r"|honestly|actually|hey|hi|hello|sorry|doctor|doc|(?:my\s+|oh\s+)?goodness(?:\s+(?:me|no))?|heavens|good\s+lord|dear\s+me|god(?!\s+knows)|man|dude|lol|haha+|hehe|gosh|gee|golly|wow|oof|ugh|yikes|and|but"
    r"|you\s+know|i\s+mean|to\s+be\s+(?:\w+\s+)?(?:honest|fair|frank)|tbh|tbf|thanks|thank\s+you|thankfully|luckily"
    r"|fortunately|unluckily|unfortunately(?!\s*$)|sadly(?!\s*$)|regrettably|thank\s+(?:god|goodness|heavens)|oh\s+my|ok\s+so|okay\s+so"
    r"|i(?:'d|\s+would)\s+have\s+to\s+say|i(?:'m|\s+am)\s+(?:gonna|going\s+to)\s+say|let's\s+say|let\s+me\s+(?:see|think)|i\s+(?:regret|have)\s+to\s+say|i(?:'m|\s+am)\s+(?:sorry|afraid|glad|happy)\s+to\s+say|put(?:\s+me)?(?:\s+down)?(?:\s+as|\s+for)?"
    r"|(?:my|the)\s+answer\s+(?:is|would\s+be|will\s+be)|answer(?:\s+is)?|it(?:'s|\s+is)\s+an?(?=\s+(?:\w+\s+)?(?:yes|no)\b)"
    r"|that(?:'s|\s+is|'d\s+be|\s+would\s+be)\s+an?(?=\s+(?:\w+\s+)?(?:yes|no)\b)|an?(?=\s+(?:big|definite|hard|firm|clear|solid|strong)\s)"
    r"|(?:big|definite|firm|clear|solid|strong|fat|resounding)(?=\s+(?:yes|no|yeah|nope)\b))(?![\w'])[\s,.!:-]*)+"
)
"""In front of an answer."""
TAIL = re.compile(
    r"(?:[\s,.!)\"*-]+(?:tbh|tbf|lol|lmao|haha+|hehe|thanks?|thank\s+you|thx|honestly|actually|really|doc|doctor|sir|ma'am|mate|man|hun|dear"
    r"|love|pal|dude|buddy|bro|i\s+(?:guess|think|suppose|believe|reckon|fear|hope)|i'm\s+afraid|to\s+be\s+(?:\w+\s+)?(?:honest|fair|frank)"
    r"|sadly|unfortunately|luckily|thankfully|fortunately|thank\s+(?:god|goodness|heavens)|right\s+now|at\s+the\s+moment|atm|so\s+far"
    r"|these\s+days|nowadays|currently|though|as\s+it\s+happens|for\s+now|for\s+sure|for\s+me|anyway|anyways|at\s+all|indeed|please|too"
    r"|as\s+well|you\s+know|really|then|tho|yet|again|personally|again|in\s+fact|knock\s+(?:on\s+)?wood|touch\s+wood))+[\s,.!)\"*]*$"
)
"""Behind an answer; it changes nothing there."""
_ADVERB = (
    "(?:sure|certainly|definitely|really|totally|absolutely|still|always|often|usually|sometimes|occasionally|mostly"
    "|probably|most|indeed|kinda|sorta|already|only|just|also)"
)
YES_FIRST = re.compile(
    either(
        r"""
        ye+h+
        yes+ | ye+a+h* | yep+ | yup+ | ya | yah | yessir | uh[ -]?huh | mm+[ -]?hm+ | mhm+ | um[ -]hum | si | sure
        absolutely | definitely | definately | certainly | of course | indeed | correct | affirmative | exactly
        totally
        true | agreed | ok | okay | alright | all right | right(?=\s*[,.!]) | for sure | by all means | you bet
        i (?:sure )?(?:do|am|did|have|can|will|would)(?=\s*(?:[,.!]|$))
        y(?=\s*[,.!]|\s+(?:but|and|it)\b)
        kk?(?=\s*[,.!]|\s+(?:sounds|that|thats|great|good|cool|thanks|thx|works|sure|perfect|fine|go|do|please|lets|let's|yes|yeah)\b)
        cool(?=\s*[,.!]|\s*$|\s+(?:thanks|thx|sounds|that|lets|let's|with)\b)
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
        (?:you|they|the clinic|the staff) (?:certainly |of course |all )?(?:may|can)(?: certainly| of course| surely)? \
        (?:do (?:so|that|it)|save|keep|store|share|proceed|go (?:ahead|on))(?=\W|$)
        you have my (?:permission|consent|ok|okay|blessing|agreement)
        you (?:certainly |of course )?may(?=\W*$)
        i (?:do not|don't|would not|wouldn't) (?:really )?mind(?= (?:at all|if|that|it)|\W*$)
        i (?:have|see) no (?:problem|objections?|issue|issues)
        i(?:'m| am) (?:\w+ )?(?:happy|content|comfortable|willing|cool|good|fine) (?:for|with|to)
        (?:that|this|it)(?:'s| is| would be) (?:quite |perfectly |entirely |totally |absolutely |all )?\
        (?:acceptable|in order|alright|all right|agreeable|fine|okay)
        (?:i(?:'m| am)? )?(?:really |honestly |rather |do |would |'d )?(?:afraid|guess|suppose|reckon|imagine|\
        assume|expect|believe|think|presume|\
        fear|hope|say|bet|figure) (?:so|yes|yeah|yep|it (?:does|is|did|has)|i (?:do|am|have|can|did)|\
        that's (?:right|true))
        (?:i )?(?:guess|suppose|reckon|figure)(?=\W*$)
        SUBJECT ?(?:ADVERB )*(?:do|does|did|am|is|are|was|were|have|has|had|can|could|will|would)(?: (?:indeed|so|\
        too|yes|yeah|still|actually|\
        sometimes|occasionally|often|a (?:bit|little)|at (?:times|night)|sort of|kind of|now|lately))*(?=\W*$|\s*[,.!])
        (?:it's |that's |it is |that is |you're )?(?:exactly|precisely|just|pretty much|right|spot on|bang on|\
        basically)? ?(?:as|like|what|how) \
        (?:you|u)(?:'ve)? (?:say|said|describe[d]?|wrote|put it|have it|read|think|thought|just said)
        every (?:single |other )?(?:now|day|night|morning|evening|time|week|few|so often|couple|step|hour|month|once)
        (?:once or )?twice (?:a|per) \w+ | once (?:a|per|every|in a) \w+ | (?:a )?(?:few|couple)(?: of)? times
        (?:many|several|two|three|\d+) times
        (?:most|some|certain|half|all|more) (?:of the )?(?:days?|nights?|mornings?|times?|evenings?)(?! (?:ago|i ))
        (?:nearly|almost|practically|pretty much) (?:always|every|all|constantly)
        (?:only|mostly|mainly|just|usually|especially) \
        (?:when|if|after|at|in|on|with|while|during) | (?:when|whenever) i | (?:off|on) (?:and|&|/) (?:on|off)
        now and (?:then|again) | from time to time | on occasion | here and there | at times | at night
        in the mornings?
        (?:that's|that is|it's|it is|you're|you are) (?:spot on|bang on|exactly (?:it|right)|about right|me|\
        it(?=\W*$)|so|not wrong)
        (?:a )?(?:hundred|100) ?(?:percent|%) | you (?:bet|betcha|know it|guessed it) | (?:nailed|called) it
        (?:hell|heck|damn|fuck|oh) (?:yes|yeah|yea|right)
        (?:i(?:'d| would) be |i(?:'m| am) |more than |always )*(?:happy|glad|willing|pleased|delighted) (?:to|with)
        i(?:'m| am) (?:in(?=\W*$)|game|up for (?:it|that)|down|okay? with|alright with|on board) | count me in
        let's(?= go| do| book| proceed| start| give it)
        (?:okay?|fine|alright|all right|good) (?:with|by|for) me | (?:i have )?no (?:objections?|qualms)
        as you (?:wish|like) | if you (?:like|want|must|insist)
        (?:it |that )?(?:seems?|looks?|sounds?|appears?) (?:so|that way|like it|to(?=\W*$))
        (?:it|they|he|she|i|we) (?:sure|certainly|definitely|really|totally|absolutely|most certainly|\
        still) (?:does|do|did|is|are|have|has)
        (?:a )?(?:tad|smidge|touch|wee bit) | (?:to )?some (?:degree|extent) | more often than not
        too (?:much|often|many)
        (?:got|have|had) (?:it|that|them|those|one|some|both|this|these)(?=\W*$|\s*[,.!])
        i(?:'ve| have) (?:got |had )(?:it|that|them|those|one|some|both|this|these)(?=\W*$|\s*[,.!])
        (?:quite|very|too|so|perfectly|absolutely|totally|that's) (?:right|true|correct)
        (?:it |that )?would (?:appear|seem) (?:so|that way) | (?:that )?(?:sounds|looks|seems) about right | you said it
        for certain
        surely | go on(?=\W*$) | (?:on|in|during) (?:bad|some|most|certain|cold|rainy|really bad) \w+ | when it's
        if (?:i|it)(?! (?:can|could|may))\b | when (?:it|my|the) | in the (?:mornings?|evenings?|winter|cold)
        after (?:a |an |the |any |too )*(?:long|walk\w*|run\w*|sitting|standing|exercis\w+|sports?|stairs|hik\w+|\
        driving)
        a (?:fair|good|small|tiny|slight) (?:bit|amount|lot|deal)
        i(?:'ve)? (?:have |do )?(?:had|noticed|felt|seen|got|get|experienced|tried) (?:it|that|this|those|them|some|\
        one)\b
        (?:it|that) (?:can|could|does|did|has|will) (?:do|happen)
        that's (?:how it is|what it is|the case|what (?:i|it) \w+|the way it)
        (?:it's|they're|i'm|it is|they are) (?:definitely|certainly|clearly|really|very|pretty|quite) \
        (?!not|sure|fine|good|ok|well|healthy|normal|unlikely|doubtful|unclear|unsure|certain|positive)\w+
        (?:i )?can't (?:deny|argue|say no) | (?:that's|that is) it exactly | exactly it
        once(?: or twice)?(?=\W*$|,) | very(?: much)?(?=\W*$)
        (?:quite|pretty|fairly|so|too|really|very|more|rather) (?:often|frequently|regularly|commonly|much|badly)
        just an? (?:touch|tad|smidge|twinge|hint) | there (?:is|are|was|were) (?:a|an|some|several|many|one|two)
        both(?: of (?:them|those|these))?(?=\W*$|,)
        (?:have|has|did|do) (?:done|so) | (?:that|it|this) (?:happens|occurs|comes and goes) | okie dokie | oki
        ye(?=\W*$|,)
        """
    )
    .replace("SUBJECT", "(?:i|it|they|he|she|we|there|that|this|mine|both|you)?")
    .replace("ADVERB", _ADVERB)
    + r"(?![\w'])"
)
_NEGATED_VERB = either(
    r"""
    (?:do|does|did|have|has|is|are|ca|could|was|were|would|should|wo|ai)n'?t
    (?:do|does|did|have|has|is|are|was|would|will|am) not
    cannot | can not | could not | is no | are no | was no | never | (?:have|has|had) (?:never|no|none|nothing)
    """
)
NO_FIRST = re.compile(
    either(
        r"""
        no+ | nah+ | no+p+e* | naw+ | na | nay | uh[ -]uh | nuh[ -]?uh | mm[ -]mm | huh[ -]uh | negative | never | none
        neither
        nothing | zero | not(?! (?:only|just|to mention))
        (?:absolutely|definitely|def(?:fo|o)?|certainly|of course|probably|prolly|likely) not
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
        i(?:'d| would) (?:much |really |honestly )?(?:rather|prefer|sooner) (?:not|to not|\
        if you didn't)(?! (?:to )?TELL)
        (?:rather|prefer|sooner|better) not(?! (?:to )?TELL) | (?:let's|let us) not | please,? (?:don't|do not|no|never)
        (?:probably|prob|maybe|perhaps|apparently|obviously|clearly|certainly|definitely|thankfully|luckily|\
        hopefully|sadly|likely|possibly|\
        evidently|naturally|generally|usually|normally|typically|currently|really|actually|absolutely|\
        most likely) (?:not|never|no)
        (?:i(?:'m| am)? )?(?:afraid|guess|suppose|reckon|imagine|assume|expect|believe|think|hope|hoping|\
        let's hope) (?:not|no|nope|never)
        (?:i )?(?:highly |really |very much |seriously )?doubt (?:it|that|so)
        (?:highly|very|most|pretty) (?:unlikely|doubtful|rarely|seldom)
        (?:very |only )?(?:rarely|seldom|scarcely|infrequently)
        (?:almost|nearly|practically|next to|virtually) (?:never|none|nothing|no)
        (?:i |it |they |we )?(?:used to|did)\b.{0,40}\b(?:but not|not any|no longer|not now|not for|but no|stopped|\
        gone|went away|not since)
        (?:it's |it is |that's |it |that |all |they )?(?:(?:has |have |is |'s )?(?:long |all )?(?:gone|stopped|\
        went away|cleared up|passed|over))(?=\W*$| now| away)
        (?:no longer|not any\s?more) | nothing (?:like|of) | nothing | n(?:o|ot) (?:one|a) bit | as if | free of
        (?:i |it |we |they )?(?:ain't|dont|doesnt|didnt|havent|hasnt|aint) | we (?:don't|haven't|didn't)
        i've (?:never|not|no|had no|got no|had none|none) | it(?:'s| has) (?:never|not)
        (?:that|it|this) (?:won't|doesn't|wouldn't) work
        (?:don't|do not) (?:want|bother|need|do|book|like|think|believe|have) | (?:cancel|stop|forget) (?:it|that|this)
        (?:god|heavens?|lord|goodness|hell|heck|fuck|oh|good god|dear god) no | under no | by no means | in no way
        no way | far from it
        (?:absolutely|definitely|certainly|really|literally|honestly) (?:none|nothing|nobody|nowhere|never|no)
        shouldn't | i (?:disagree|object) | free from | clear of | never (?:had|been|have|did|ever)
        """
    )
    .replace("NEGATED", _NEGATED_VERB)
    .replace("TELL", "(?:say|tell|answer|disclose|discuss|share|talk|give|reveal)")
    + r"(?!\w)"
)
CHANGES = re.compile(
    r"\b"
    + either(
        r"""
    chang(?:e|ed) (?:it|that|the|my|this|something) | (?:could|can|would) (?:you|we) (?:change|make (?:it|that))
    make (?:it|that) \w+
    instead | i (?:meant|said) | should be | i(?:'d| would) (?:rather|prefer)(?! (?:to )?not) | switch
    """
    )
    + r"\b"
)
"""To "is that right?", a wish to change something is a no."""
NO_LAST = re.compile(
    r"(?:^|[\s,.;-])(?:no+|nope|nah|uh[\s-]uh|never|not\s+really|not\s+at\s+all|none(?:\s+at\s+all)?|nothing"
    r"|(?:i|it|they|he|she|we|there)\s+(?:do|does|have|has|did|is|was|would|are|were|could|ca|wo)n'?t(?:\s+(?:think|believe)\s+so)?"
    r"|i'm\s+not|never\s+(?:had|did|tried|got|went|took)\b(?:\s+\w+){0,3}|no\s+longer|not\s+any\s?more|not\s+(?:now|yet|lately|recently))\W*$"
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
DONT_MIND = re.compile(r"\b(?:don'?t|do\s+not|wouldn'?t)\s+mind\b(?!\s+(?:not|waiting))|\bcan'?t\s+complain\b")
