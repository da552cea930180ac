"""What is none of the clinic's business though its words lie near: other parts, faces, animals, refills, errands. PURE.

The classifier weighs whole sentences; "cancel my streaming plan" is one word away from "cancel my visit". Here the one
word decides: closed lists of what somebody else treats, sells, books or knows.
"""

from __future__ import annotations

import re

from knee_intake.understanding.plain import plain

_PART = re.compile(
    r"\b(?:elbows?|shoulders?|wrists?|thumbs?|fingers?|pinky|knuckles?|bunions?|toes?|toenails?|neck|jaws?|tooth"
    r"|teeth|tmj"
    r"|foreheads?|wrinkles?|armpits?|underarms?|migraines?|frown lines|crow'?s feet|plantar|carpal|rotator|scalp"
    r"|eyebrows?|brows?|chin|cheeks?|lips?|dentist\w*|eyes?|eyelids?|eyelash\w*|ankles?|achilles|heel spurs?|heel pain"
    r"|collarbones?|ribs?|sciatica|scoliosis|hernia|herniated|sinus\w*|gums?|tonsils?|belly|stomach|gallbladder"
    r"|hemorrhoids?|acne|moles?|hair loss|tailbone|(?:my|lower|upper|bad|sore) back|back (?:pain|surgery|ache)"
    r"|(?:my|your|his|her|both|see|treat|fix) hands?)\b"
)
"""Parts that others treat."""
_LEG = re.compile(r"\b(?:legs?|hips?|thighs?|calf|calves|shins?|joints?|limp\w*|it|this)\b")
"""What may be the knee under another name."""
_KNEE = re.compile(r"\b(?:knees?|kneecaps?|patell\w+|menisc\w+|acl|mcl|pcl|joints?|arthriti\w+|legs?|hips?|thighs?)\b")
_TREATED = re.compile(
    r"\b(?:inject\w*|shots?|toxin|botox|dysport|xeomin|botulin\w*|acupunctur\w*|gel|cortisone|steroid)\b"
)
"""What the clinic does; a text with it may be about its visit."""
_FACE = re.compile(
    r"\b(?:foreheads?|wrinkles?|armpits?|underarms?|frown lines|crow'?s feet|eyebrows?|brows?|chin|cheeks?|lips?"
    r"|masseter"
    r"|jaws?|jawline|gummy|neck bands?|bunny lines|smile lines|sweat\w*|eyelids?|slimmer face)\b"
)
_COMPARES = re.compile(
    r"\b(?:same|like|had|have had|got|gotten|already|every|last (?:week|month|year)|friend|aunt|cousin|sister"
    r"|injections?"
    r"|shots?|ago)\b"
)
"""Who tells of a face that was treated asks about their own treatment here."""
_ANIMAL = (
    r"(?:dogs?|pup|puppy|puppies|cats?|kitten|horses?|pony|mare|rabbit|hamster|guinea pig|goat|parrot|labrador|collie"
    r"|beagle"
    r"|poodle|chihuahua|yorkie|terrier|retriever|german shepherd|bulldog|dachshund|corgi|husky|canines?)"
)
_ITS_OWN = re.compile(
    rf"\b(?:my|our|the|an?|his|her) (?:\w+ ){{0,2}}{_ANIMAL}(?:'s|s')? (?:can no longer|can ?not|can'?t|limps|limping"
    rf"|is (?:limping|stiff|lame|not moving)|has (?:arthritis|a bad|a torn|been limping)|tore|won'?t|stopped|knees?"
    rf"|kneecap"
    rf"|legs?|paws?|hips?|acl|joints?)\b"
    rf"|\b(?:for|in|on|treat|see) (?:(?:my|our|an?|the) )?(?:[\w-]+ ){{0,3}}{_ANIMAL}(?=$|[ ]?[.,?!]| with\b| what\b"
    rf"| who\b)"
)
"""An animal that is the patient; not the one that knocked its owner down."""
_MY_KNEE = re.compile(
    rf"\bmy (?:(?!{_ANIMAL}\b)\w+ )?(?:knees?|kneecaps?|meniscus|arthritis)\b(?![- ](?:high|socks?|pads?))"
    r"|\bmy (?:appointment|visit|injection|shot)\b(?! (?:at|with))"
    r"|\b(?:after|before) (?:the |my )?(?:botox|dysport|toxin|injection|shot)\b"
)
"""Ours for sure, however odd the rest."""
_RADIATES = re.compile(
    r"\b(?:goes|going|shoots?|shooting|runs?|radiat\w+|travels?|spreads?|wraps?|from)\b.{0,25}\b(?:to|into|down|up"
    r"|around)\b"
    r".{0,12}\b(?:ankles?|foot|feet|toes|thigh|calf|shin|hips?|back|leg|groin)\b"
)
"""Where a pain goes is told of ours, whatever part it reaches."""
_MAY_I_HAVE = re.compile(
    r"\b(?:ok|okay|safe|all right|alright|fine|allowed|risky|a problem|matter)\b.*\b(?:injections?|cortisone|the shot"
    r"|toxin|gel)\b"
    r"|\b(?:injections?|cortisone|the shot|toxin|gel)\b.*\b(?:ok|okay|safe|all right|alright|fine|allowed|risky"
    r"|a problem"
    r"|matter)\b"
)
_ERRAND = re.compile(
    r"\b(?:cancel|book|reserve|schedule|reschedule|order|move|change|renew|return|track|set up|get|find)"
    r"(?: me)? (?:(?:my|an?|the|our|this|some) )?(?:\w+ ){0,2}?"
    r"(?:hulu|netflix|spotify|subscription|membership|gym|yoga|flights?|hotel|dinner|table|pizza|burger|burritos?"
    r"|uber|taxi"
    r"|haircut|barber|salon|nails?|oil change|tires?|plumber|groomer|dmv|driving test|tennis court|court|package"
    r"|plates)\b"
    r"|\b(?:appointment|slot|time) (?:at|with) (?:the|a|my) (?:dmv|bank|vet|dentist|salon|barber|mechanic|groomer"
    r"|passport"
    r"\w*|embassy|gym)\b"
)
_REFILL = re.compile(
    r"\brefills?\b|\brefill(?:ed|ing)\b|\b(?:new|another|write me a) (?:script|prescription)\b"
    r"|\b(?:call|phone|send)\w*\b.{0,40}\b(?:walgreens|cvs|rite aid|pharmacy|drugstore)\b"
    r"|\bcall in (?:an?|some|my)\b|\btransfer my (?:scripts?|prescriptions?)\b"
)
_NO_PILLS_HERE = re.compile(
    r"\b(?:prescribe|can i get|get me|need(?: more)?|want|out of|up my|renew my|who can renew|send) (?:\w+ ){0,3}?"
    r"(?:xanax|adderall|ambien|viagra|suboxone|methadone|wegovy|ozempic|zoloft|lexapro|birth control|antibiotics?"
    r"|insulin"
    r"|inhaler|antidepressants?|oxy|oxycodone|percocet|hydrocodone|norco|vicodin)\b"
    r"|\b(?:ozempic|wegovy|xanax|viagra|birth control)\b.{0,12}\bprescribe\b"
)
_VACCINE = re.compile(
    r"\b(?:flu|tetanus|shingles|covid|rsv|hpv|measles|travel|rabies|school) (?:shots?|vaccin\w*|boosters?|jabs?)\b"
)
_SPECIALIST = re.compile(
    r"\b(?:need|find|recommend|looking for|want|know|refer\w*)(?: (?:me|us|my \w+))?(?: to)? (?:an?|your|any"
    r"|some)(?: good)? "
    r"(?:cardiologist|dermatologist|psychiatrist|pediatrician|ob ?gyn|gynecologist|urologist|allergist|optometrist"
    r"|oncologist"
    r"|ophthalmologist|neurologist|vet|veterinarian|dentist)\b"
)
_INSURED = re.compile(
    r"\b(?:car|auto|home|homeowners?'?|renters?'?|pet|life|boat|travel|flood|dental|vision|motorcycle) (?:insurance"
    r"|policy)\b"
)
_COSMETIC = re.compile(
    r"\b(?:(?:lip|cheek|face|hand) fillers?|juvederm|restylane|microneedling|chemical peel|coolsculpting|lash(?:es)?"
    r"|tattoos?"
    r"|stretch marks|spider veins|varicose|hair (?:removal|transplant)|double chin|facials?|lip flips?|botox part(?:y"
    r"|ies)"
    r"|nose job|liposuction|face ?lift|brow lift|dark spots)\b"
)
_LABS = re.compile(
    r"\b(?:urine|cholesterol|psa|a1c|tsh|thyroid|hemoglobin|liver (?:panel|enzymes)|pap smear|mammogram|colonoscopy|std"
    r"|blood sugar|kidney stones?|drug (?:screen|test)|pregnancy test|covid test)\b"
)
_WORK = re.compile(
    r"\b(?:resumes?|job (?:opening|application|interview)|interviewed for|internships?|are you hiring(?= ?[?.!]?$)"
    r"|pay (?:your )?"
    r"(?:physical therapists?|therapists?|nurses?|staff|receptionists?|assistants?|doctors?)|sponsored|seo|five stars?"
    r"|wholesale|who handles your"
    r"|(?:i'?m|i am) an? (?:sales )?rep|for lease)\b"
)
_OTHER_SENSE = re.compile(
    r"\b(?:take|took|takes|taking) a knee(?! to)\b|\bbee'?s knees\b|\bknee[- ](?:high|socks?)\b|\bknees? (?:of"
    r"|in) (?:my|the|these) "
    r"(?:jeans|pants|overalls|leggings|tights)\b|\b(?:latin|spanish|french|german|italian|korean|japanese|chinese"
    r"|greek)"
    r"(?: word| name)? for\b|\bhow do (?:you|i) (?:say|draw|spell)\b|\b(?:poem|lyrics|cocktail|anime|diagram)\b"
)
"""Knees of language, clothes and sport."""

_LONGEST = 25
"""Words; in a longer text the one word is only mentioned, and the classifier weighs the whole."""


def is_surely_ours(text: str) -> bool:
    """Whether the text is about the writer's own knee and where its pain goes, or a visit or injection here."""
    low = plain(text)
    if _ITS_OWN.search(low):
        return False
    may_have = _MAY_I_HAVE.search(low) and not _FACE.search(low) and not _PART.search(low)
    return bool(_MY_KNEE.search(low) or may_have or _RADIATES.search(low))


def is_not_ours(text: str) -> bool:
    """Whether one of its words makes a text that tells of no knee of the writer's somebody else's business."""
    low = plain(text)
    if _MY_KNEE.search(low):
        return bool(_ITS_OWN.search(low))
    if _ITS_OWN.search(low) or _OTHER_SENSE.search(low):
        return True
    if _KNEE.search(low) or len(low.split()) > _LONGEST:
        return False
    if _VACCINE.search(low) and not _TREATED.search(_VACCINE.sub("", low)):
        return True
    if _COSMETIC.search(low) or _INSURED.search(low) or _SPECIALIST.search(low):
        return True
    if _FACE.search(low) and _TREATED.search(low):
        return not _COMPARES.search(low)
    if _ERRAND.search(low) or _WORK.search(low):
        return True
    if _TREATED.search(low):
        return False
    return any(pattern.search(low) for pattern in (_REFILL, _LABS, _NO_PILLS_HERE))


def is_of_another_part(text: str) -> bool:
    """Whether a text that names no knee is about another part of the body."""
    low = plain(text)
    return bool(_PART.search(low)) and not _LEG.search(low)
