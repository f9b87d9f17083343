"""What registrations tell the rooms above. Ids and codes only, never what a person wrote."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eventsvc.registrations.models import Channel, Standing


@dataclass(frozen=True)
class SignedUp:
    """A party stands in the list now: placed, waiting or to be reviewed."""

    registration_id: UUID
    activity_id: UUID
    standing: Standing
    at: datetime
    channel: Channel = Channel.LINK
    organisation_id: UUID | None = None
    """The unit that holds the activity."""
    actor_id: UUID | None = None
    """None: the party itself, through the public link."""


@dataclass(frozen=True)
class Withdrawn:
    """A party went; `was` is where it stood."""

    registration_id: UUID
    activity_id: UUID
    was: Standing
    at: datetime
    actor_id: UUID | None = None


@dataclass(frozen=True)
class Promoted:
    """A waiting party got the place that became free."""

    registration_id: UUID
    activity_id: UUID
    at: datetime


@dataclass(frozen=True)
class Reviewed:
    """Somebody looked at a party that the rules could not tell about; `standing` is where it stands now."""

    registration_id: UUID
    activity_id: UUID
    standing: Standing
    at: datetime
    actor_id: UUID


@dataclass(frozen=True)
class RegistrationChanged:
    """A party changed its answers; `fields` are names of questions, not what was answered."""

    registration_id: UUID
    activity_id: UUID
    fields: tuple[str, ...]
    at: datetime
    actor_id: UUID | None = None


@dataclass(frozen=True)
class PersonLeft:
    """One person was taken out of a party that stays."""

    registration_id: UUID
    activity_id: UUID
    participant_id: UUID
    role: str
    at: datetime
    actor_id: UUID | None = None


@dataclass(frozen=True)
class PersonReplaced:
    """Another person comes instead of one."""

    registration_id: UUID
    activity_id: UUID
    gone_id: UUID
    participant_id: UUID
    role: str
    at: datetime
    actor_id: UUID | None = None


@dataclass(frozen=True)
class Confirmed:
    """The people whom somebody else signed up said themselves that they come."""

    registration_id: UUID
    activity_id: UUID
    how: str
    at: datetime
    actor_id: UUID | None = None


@dataclass(frozen=True)
class LinkRenewed:
    """The old private link opens nothing any more."""

    registration_id: UUID
    activity_id: UUID
    at: datetime
    actor_id: UUID | None = None


@dataclass(frozen=True)
class Unmasked:
    """Somebody looked at a party's full data, and said why."""

    registration_id: UUID
    activity_id: UUID
    actor_id: UUID
    reason: str
    at: datetime


@dataclass(frozen=True)
class Exported:
    """Somebody took the list away as a file; `full` with whole numbers, and said why."""

    activity_id: UUID
    actor_id: UUID
    full: bool
    reason: str
    rows: int
    at: datetime


@dataclass(frozen=True)
class Offered:
    """A free place is kept for a party that waits, until it says yes or the time is over."""

    registration_id: UUID
    activity_id: UUID
    until: datetime
    at: datetime


@dataclass(frozen=True)
class OfferAccepted:
    """A party took the place that was kept for it."""

    registration_id: UUID
    activity_id: UUID
    at: datetime
    actor_id: UUID | None = None


@dataclass(frozen=True)
class Lapsed:
    """A party let the place go that was kept for it: it said no, or nothing until the time was over."""

    registration_id: UUID
    activity_id: UUID
    declined: bool
    at: datetime
    actor_id: UUID | None = None


@dataclass(frozen=True)
class Arranged:
    """The organiser said how places are given: `pools` are kinds with their numbers, as text."""

    activity_id: UUID
    actor_id: UUID
    admission: str
    promotion: str
    offer_hours: int
    most_passed: int
    pools: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class Drawn:
    """Those who had entered were put in order, and places given in it."""

    activity_id: UUID
    actor_id: UUID
    admission: str
    placed: int
    waiting: int
    at: datetime


@dataclass(frozen=True)
class SlotsGiven:
    """Parties got a time of their own (make-up, photo), or another one than before."""

    activity_id: UUID
    parties: tuple[UUID, ...]
    at: datetime
    actor_id: UUID | None = None


@dataclass(frozen=True)
class QuestionsChanged:
    """The organiser asks something else besides; what, stands in the version."""

    activity_id: UUID
    version: int
    questions: int
    """How many there are."""
    at: datetime
    actor_id: UUID
    organisation_id: UUID


@dataclass(frozen=True)
class TemplateKept:
    """Questions were kept under a name, to be asked again."""

    template_id: UUID
    organisation_id: UUID
    at: datetime
    actor_id: UUID


@dataclass(frozen=True)
class AttachmentOpened:
    """Somebody of the office looked at a file that a party sent."""

    registration_id: UUID
    activity_id: UUID
    attachment_id: UUID
    at: datetime
    actor_id: UUID


@dataclass(frozen=True)
class RulesSetAside:
    """Staff let a party in although these rules (by code) refuse it, and said why."""

    registration_id: UUID
    activity_id: UUID
    rules: tuple[str, ...]
    reason: str
    at: datetime
    actor_id: UUID


@dataclass(frozen=True)
class ConsentTakenBack:
    """A party, or the office for it, took one consent back: the data that it covered is gone."""

    registration_id: UUID
    activity_id: UUID
    purpose: str
    at: datetime
    actor_id: UUID | None = None


@dataclass(frozen=True)
class Erased:
    """All that was held of a party was deleted; its row stays as a number."""

    registration_id: UUID
    activity_id: UUID
    at: datetime
    actor_id: UUID | None = None


@dataclass(frozen=True)
class DataDownloaded:
    """A party took away all that is held of it."""

    registration_id: UUID
    activity_id: UUID
    at: datetime


@dataclass(frozen=True)
class Merged:
    """Two sign-ups were one: this one went, that one (`kept_id`) stays."""

    registration_id: UUID
    activity_id: UUID
    kept_id: UUID
    at: datetime
    actor_id: UUID


@dataclass(frozen=True)
class MergeUndone:
    """They were two after all: the one that went is back; `standing` is where."""

    registration_id: UUID
    activity_id: UUID
    standing: Standing
    at: datetime
    actor_id: UUID


@dataclass(frozen=True)
class DoublesToldApart:
    """Somebody said that two sign-ups which look alike are two."""

    registration_id: UUID
    activity_id: UUID
    other_id: UUID
    at: datetime
    actor_id: UUID


@dataclass(frozen=True)
class NamesPublished:
    """The masked list of names was opened to the public, or closed."""

    activity_id: UUID
    public: bool
    at: datetime
    actor_id: UUID


@dataclass(frozen=True)
class Invited:
    """Couples of the roll were invited to an activity."""

    activity_id: UUID
    invitations: tuple[UUID, ...]
    published: bool
    at: datetime
    actor_id: UUID


@dataclass(frozen=True)
class InvitationAnswered:
    """Somebody who was invited signed up (`registration_id`) or declined (None)."""

    invitation_id: UUID
    activity_id: UUID
    registration_id: UUID | None
    at: datetime
