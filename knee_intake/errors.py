"""The one error tree.

Every error knows three things: a stable `code` for programs, the HTTP `status` the web room answers with, and
a `visitor` sentence that may be shown to a patient. The exception's own text is for staff and logs; it never
reaches a patient and never holds a patient's words.
"""

from __future__ import annotations

from pathlib import Path


class KneeIntakeError(Exception):
    """Root of everything this project raises on purpose."""

    code = "internal"
    status = 500
    visitor = "Something went wrong on our side. Please try again, or call the clinic."
    alert: tuple[str, str] | None = None
    """(safety text, urgency) of the visitor's words: shown in the error's place, whatever else failed."""


class SettingsError(KneeIntakeError):
    """A `KNEE_INTAKE_*` environment variable has a value that cannot be used."""

    code = "settings"


class ClinicFileError(KneeIntakeError):
    """A file in clinic/ (or a lexicon) is broken: says which file, line and key, and what was expected."""

    code = "clinic_file"

    def __init__(self, file: Path | str, line: int | None, key: str, expected: str) -> None:
        self.file, self.line, self.key, self.expected = str(file), line, key, expected
        where = f"{file}:{line}" if line else str(file)
        super().__init__(f"{where}: {key}: {expected}")


class ModelError(KneeIntakeError):
    """The model file is missing, foreign, damaged or was made from other inputs."""

    code = "model"
    status = 503


class WeightsError(ModelError):
    """The sentence encoder's weights are not the pinned ones."""

    code = "weights"


class UnderstandingError(KneeIntakeError):
    """Understanding a text failed."""

    code = "understanding"
    status = 503


class TurnError(KneeIntakeError):
    """A visitor's turn could not be completed; nothing of it was saved, so the same id may be sent again."""

    code = "turn_failed"
    status = 503
    visitor = "I could not answer just now. Your message is kept. Please try again, or call the clinic."


class ChatClosedError(KneeIntakeError):
    """The clinic takes no new chats for now; `sentence` says so, with its phone."""

    code = "chat_closed"
    status = 503

    def __init__(self, sentence: str) -> None:
        self.visitor = sentence
        super().__init__("the clinic takes no new chats for now")


class StorageError(KneeIntakeError):
    """The database refused or is not there."""

    code = "storage"
    status = 503
    visitor = "I could not save your message just now. Please try again, or call the clinic."


class VersionConflictError(StorageError):
    """Somebody else saved this conversation first (compare-and-set failed)."""

    code = "version_conflict"


class BookingError(KneeIntakeError):
    """Root of what a calendar may answer."""

    code = "booking"
    status = 503


class SlotTakenError(BookingError):
    """The time was taken between the offer and the booking."""

    code = "slot_taken"
    status = 409
    visitor = "That time was just taken. Please pick another one."


class CalendarUnavailableError(BookingError):
    """The calendar does not answer, or too slowly."""

    code = "calendar_unavailable"


class BusyFeedError(CalendarUnavailableError):
    """A clinician's own calendar cannot be read; `reason` is a short code, and the secret address is nowhere in it."""

    code = "busy_feed"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class BookingLimitError(BookingError):
    """One visitor has taken as much as one may; `reason` is holds, conversation, address or contact."""

    code = "booking_limit"
    status = 429
    visitor = "I can't ask for one more visit here. Please call the clinic."

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the limit is reached: {reason}")

    @property
    def value(self) -> str:
        """How a turn that runs again knows of it, beside the times that were lost."""
        return f"limit:{self.reason}"


class BookingNotFoundError(BookingError):
    """No booking has this reference."""

    code = "booking_not_found"
    status = 404


class BookingStateError(BookingError):
    """The booking is not in a state that allows this (a cancelled visit cannot be confirmed)."""

    code = "booking_state"
    status = 409


class RequestError(KneeIntakeError):
    """The caller sent something that cannot be served; the caller can mend it."""

    code = "bad_request"
    status = 400
    visitor = "That request could not be read."


class InvalidBodyError(RequestError):
    code = "invalid_body"
    visitor = "That message could not be read."


class EmptyTextError(RequestError):
    code = "empty_text"
    visitor = "Please type a few words."


class TextTooLongError(RequestError):
    code = "text_too_long"
    status = 413
    visitor = "That is too long for one message. Please send it in shorter parts."


class UnauthorizedError(RequestError):
    code = "unauthorized"
    status = 401
    visitor = "This chat cannot be opened with that key. Please start a new chat."


class NotFoundError(RequestError):
    code = "not_found"
    status = 404
    visitor = "There is nothing here."


class NotRatedError(RequestError):
    """This message cannot be rated: a greeting, a safety text, a question about consent, words of staff's."""

    code = "not_rated"
    status = 409
    visitor = "This message cannot be rated."


class MethodNotAllowedError(RequestError):
    """The path is there, but not for this HTTP method; `allowed` names those it is there for."""

    code = "method_not_allowed"
    status = 405
    visitor = "That cannot be done here."
    allowed: str | None = None


class IdReusedError(RequestError):
    code = "id_reused"
    status = 409
    visitor = "This message id was already used for other words."


class RateLimitedError(RequestError):
    code = "rate_limited"
    status = 429
    visitor = "That was a lot at once. Please wait a moment and try again."
    retry_after_s: float | None = None


class StaffError(RequestError):
    """Root of what the staff's side refuses; the sentence is for staff."""


class SignInError(StaffError):
    code = "sign_in"
    status = 401
    visitor = "Please sign in."


class CodeNeededError(SignInError):
    """The password was right; the second factor's code is still to come. Never shown: the sign-in asks for the code."""

    def __init__(self, staff_id: int, proof: str) -> None:
        self.staff_id, self.proof = staff_id, proof
        super().__init__("a code is needed")


class DutyError(StaffError):
    """Something comes first: `page` is where it is done."""

    code = "duty"
    status = 403
    page = "/staff/account"


class PasswordDueError(DutyError):
    code = "password_due"
    visitor = "Choose a new password first."
    page = "/staff/account/password"


class SecondFactorDueError(DutyError):
    code = "second_factor_due"
    visitor = "Your role needs a second factor. Set it up first."
    page = "/staff/account/totp"


class ScopeError(StaffError):
    code = "scope"
    status = 403
    visitor = "This token is not made for that. Make one with the scopes that are needed."


class RestrictedError(StaffError):
    """The conversation is closed to this member, who may open it in an emergency."""

    code = "restricted"
    status = 403
    visitor = "This conversation is restricted to named members of staff."

    def __init__(self, conversation: str) -> None:
        self.conversation = conversation
        super().__init__("the conversation is restricted")


class StaffSentenceError(StaffError):
    """What staff asked for cannot be done; the sentence that it is raised with tells them why."""

    def __init__(self, sentence: str) -> None:
        self.visitor = sentence
        super().__init__(sentence)


class StaffFormError(StaffSentenceError):
    """A form about accounts or access was filled in so that it cannot be done; the sentence says what is wrong."""

    code = "staff_form"


class MemberChangedError(StaffError):
    code = "member_changed"
    status = 409
    visitor = "Somebody else changed this member in the meantime. Look again, then repeat what you did."


class NoSuchMemberError(StaffError):
    code = "no_such_member"
    status = 404
    visitor = "There is no such member."


class LastAdminError(StaffError):
    code = "last_admin"
    status = 409
    visitor = "This is the last admin who can sign in. Make somebody else an admin first."


class InvitationError(StaffError):
    code = "invitation"
    status = 404
    visitor = "This invitation does not work, or not any more. Ask an admin of the clinic for a new one."


class RoleError(StaffError):
    code = "role"
    status = 403
    visitor = "Your role does not allow this. Ask an admin of the clinic."


class FormTokenError(StaffError):
    """A form came without the token of its session: another site sent it, or the page is old."""

    code = "form_token"
    status = 403
    visitor = "This page is too old. Please load it again and repeat what you did."


class StaffAccountError(StaffError):
    """A member cannot be added or changed as asked; the text says why."""

    code = "staff_account"


class NothingToConfirmError(StaffError):
    code = "nothing_to_confirm"
    status = 409
    visitor = "There is no requested visit to confirm here."


class ChatGoneError(StaffError):
    """The visitor has deleted the conversation while it was open in the console."""

    code = "chat_gone"
    status = 404
    visitor = "This chat is not there any more. The visitor may have deleted it."


class NotOpenToStaffError(StaffError):
    """The visitor does not agree that staff read along, or wants all of it deleted."""

    code = "not_open_to_staff"
    status = 409
    visitor = "Nobody can write in this chat: the visitor has not agreed, took that back, or wants it deleted."


class NotWritingError(StaffError):
    """Only the member who has taken a conversation over writes in it."""

    code = "not_writing"
    status = 409
    visitor = "You are not the one who writes in this chat now. Take it over first."


class NoSuchEntryError(StaffError):
    """The block, visit or feed is not there any more: somebody else was first."""

    code = "no_such_entry"
    status = 404
    visitor = "That is not there any more. Please load the calendar again."


class CalendarFormError(StaffSentenceError):
    """A form of the calendar was filled in so that it cannot be done; the sentence says what is wrong."""

    code = "calendar_form"


class NoSpamError(StaffError):
    code = "no_spam"
    status = 409
    visitor = "There is no open visit to mark, or no mark to take away."


class ReviewChangedError(StaffError):
    """Somebody else changed the review of this conversation after the sender of a form had looked at it."""

    code = "review_changed"
    status = 409
    visitor = "Somebody else changed this in the meantime. Look at it again, then repeat what you did."


class UnseenAlertError(StaffError):
    code = "unseen_alert"
    status = 409
    visitor = "There is a red flag that nobody has seen. Mark it as seen first, then close."


class ReviewFormError(StaffSentenceError):
    """A form of the queue was filled in so that it cannot be done; the sentence says what is wrong."""

    code = "review_form"


class NoSuchViewError(StaffError):
    code = "no_such_view"
    status = 404
    visitor = "That view is not there any more, or it is somebody else's."


class NoSuchLessonError(StaffError):
    """There is no such sentence to learn from, or nobody may read it any more."""

    code = "no_such_lesson"
    status = 404
    visitor = "This sentence is not here any more."


class LessonFormError(StaffSentenceError):
    """A decision about a sentence that cannot be used; `sentence` says what is missing."""

    code = "lesson_form"


class BuildError(StaffSentenceError):
    """A better model cannot be built, promoted or rolled back now; the text says why."""

    code = "model_build"
    status = 409


class NoSuchNoteError(StaffError):
    code = "no_such_note"
    status = 404
    visitor = "That note is not there, or it is somebody else's."


class NothingToHandOverError(StaffError):
    """Without consent there is nothing that could be printed or copied into a chart."""

    code = "nothing_to_hand_over"
    status = 409
    visitor = "The visitor has not agreed that the clinic reads along, so there is nothing to hand over."


class CallFormError(StaffSentenceError):
    """A call cannot be noted as the form says; the sentence says what is wrong."""

    code = "call_form"


class CallChangedError(StaffError):
    """Two members rang the same person; the one who notes it second is told."""

    code = "call_changed"
    status = 409
    visitor = "Somebody else has noted a call to this person in the meantime. Look at it, then note yours again."


class OtherPersonError(StaffError):
    """Joining conversations of which somebody said that they are not the same person's, or the other way round."""

    code = "other_person"
    status = 409
    visitor = "Somebody else has decided this in the meantime. Look at it again; what was decided can be undone there."


class ReplyFormError(StaffSentenceError):
    """A saved reply cannot be kept as it is; the sentence says what is wrong."""

    code = "reply_form"


class NotByPhoneError(StaffError):
    code = "not_by_phone"
    status = 404
    visitor = "There is no phone intake of that number. It may have been erased."


class PrivacyRequestError(StaffSentenceError):
    """A request about somebody's data cannot be noted or decided so; the sentence says what is wrong."""

    code = "privacy_request"


class OpenVisitError(StaffError):
    """A visit still lies ahead, so the conversation is not erased yet."""

    code = "open_visit"
    status = 409
    visitor = "A visit still lies ahead. Cancel it first."


class ResourceError(StaffError):
    """A FHIR request that cannot be served; the text says why, for whoever programs the client.

    `issue` is the code that the OperationOutcome carries (http://hl7.org/fhir/R4/valueset-issue-type.html).
    """

    code = "resource"
    visitor = "That request could not be served."
    issue = "invalid"


class SearchError(ResourceError):
    """A search parameter, modifier or value that is not understood."""

    code = "search"


class UnsupportedError(ResourceError):
    """A format or media type that is not spoken here."""

    code = "unsupported"
    status = 415
    issue = "not-supported"


class NotAcceptableError(UnsupportedError):
    """The caller takes no format that is spoken here."""

    code = "not_acceptable"
    status = 406


class PreconditionError(ResourceError):
    """The version or the search that a change depends on does not hold."""

    code = "precondition"
    status = 412
    issue = "conflict"


class UnprocessableError(ResourceError):
    """A resource that can be read, but not be done here."""

    code = "unprocessable"
    status = 422
    issue = "business-rule"


class NoSuchTextError(StaffError):
    """No part of the clinic's files has this name, or it cannot be edited here."""

    code = "no_such_text"
    status = 404
    visitor = "There is no such text or fact, or it cannot be edited here."


class ClinicReadOnlyError(StaffError):
    """The clinic's folder cannot be written."""

    code = "clinic_read_only"
    status = 409
    visitor = (
        "The clinic's files cannot be written on this server, so nothing was changed. They are edited by hand there."
    )


class ClinicChangedError(StaffError):
    """Somebody else wrote the clinic's files after the sender of a form had looked at them."""

    code = "clinic_changed"
    status = 409
    visitor = (
        "Somebody else changed this in the meantime, so nothing was saved. Look at it again, then repeat what you did."
    )


class ClinicBrokenError(StaffError):
    """A file of the clinic was broken by hand, so that it cannot be edited in the console."""

    code = "clinic_broken"
    status = 409

    def __init__(self, problem: ClinicFileError) -> None:
        where = f", line {problem.line}" if problem.line else ""
        name = Path(problem.file).name
        self.visitor = f"{name} is broken by an edit by hand{where}, {problem.key}: {problem.expected}. Mend it first."
        super().__init__(f"{name} is broken")


class DecisionFormError(StaffSentenceError):
    """A clinician's decision cannot be taken as sent; the sentence says why."""

    code = "decision_form"


class OutputError(KneeIntakeError):
    """The file that a command should write cannot be made."""

    code = "output"


class NotReadyError(TurnError):
    """The model is still being loaded."""

    code = "not_ready"
    visitor = "The assistant is still starting. Please try again in a moment, or call the clinic."


class LinkError(RequestError):
    """Root of what a link from a mail may turn out to be."""

    code = "link"
    status = 404
    visitor = "This link does not work, or not any more."


class LinkForgedError(LinkError):
    """It was not made here, or somebody changed it."""

    code = "link_forged"


class LinkExpiredError(LinkError):
    """It has had its time."""

    code = "link_expired"
    status = 410


class DeliveryError(KneeIntakeError):
    """A notice could not be delivered. The text names no address and nothing that the other side answered."""

    code = "delivery"
    status = 503

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good
        """Trying again would end the same way."""


class CodeWrongError(LinkError):
    """The code that belongs to the link is another one."""

    code = "code_wrong"
    status = 403
    visitor = "That is not the code."


class CodeLockedError(LinkError):
    """So many wrong codes were typed that the link is closed."""

    code = "code_locked"
    status = 403
    visitor = "Too many wrong codes were typed."
