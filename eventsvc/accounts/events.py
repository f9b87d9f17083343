"""What accounts announce: who came, who went, who may do what."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class LoggedIn:
    """Somebody logged in."""

    user_id: UUID
    at: datetime


@dataclass(frozen=True)
class LogInRefused:
    """A log-in failed; `user_id` is all zeros when no account was meant."""

    user_id: UUID
    at: datetime


@dataclass(frozen=True)
class LoggedOut:
    """A session was ended, by its owner."""

    user_id: UUID
    session_id: UUID
    at: datetime


@dataclass(frozen=True)
class UserAdded:
    """An account was made; `actor_id` None: by the set-up."""

    user_id: UUID
    actor_id: UUID | None
    at: datetime


@dataclass(frozen=True)
class PasswordChanged:
    """A password was changed by its owner or reset by an administrator."""

    user_id: UUID
    reset: bool
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class RoleGranted:
    """A role at an organisation was given."""

    user_id: UUID
    role: str
    organisation_id: UUID
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class RoleRevoked:
    """A role at an organisation was taken back."""

    user_id: UUID
    role: str
    organisation_id: UUID
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class UserSwitched:
    """An account was put out of use, or back into it."""

    user_id: UUID
    active: bool
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class TokenIssued:
    """A token for machines was made."""

    token_id: UUID
    scopes: str
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class TokenRevoked:
    """A token for machines was taken back."""

    token_id: UUID
    actor_id: UUID
    at: datetime
