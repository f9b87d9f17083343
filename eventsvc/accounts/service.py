"""Commands on accounts: make, grant, reset, log in and out.

Passwords are hashed and checked outside a transaction wherever nothing else holds one: argon2 is slow on purpose, and on
SQLite a writing transaction holds everybody up.
"""

import secrets
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import current_app
from sqlalchemy import delete, select, update

from eventsvc.accounts import queries, rules
from eventsvc.accounts.errors import (
    AlreadySetUp,
    NameTaken,
    NoSuchAccount,
    NotYourself,
    ServesElsewhere,
    UnknownScope,
    WrongLogin,
    WrongPassword,
)
from eventsvc.accounts.events import (
    LoggedIn,
    LoggedOut,
    LogInRefused,
    PasswordChanged,
    RoleGranted,
    RoleRevoked,
    TokenIssued,
    TokenRevoked,
    UserAdded,
    UserSwitched,
)
from eventsvc.accounts.models import ApiToken, RoleGrant, Session, User
from eventsvc.core.actor import SYSTEM, Actor, Role
from eventsvc.core.codes import new_slug
from eventsvc.core.errors import NotFound, Stale
from eventsvc.core.names import clean_name
from eventsvc.core.periods import local
from eventsvc.core.phones import clean_phone
from eventsvc.declare.personal import Personal
from eventsvc.infra import policy, vault
from eventsvc.infra.crypto import hashed
from eventsvc.infra.db import changed, clash_means, db, transactional
from eventsvc.infra.events import announce
from eventsvc.organisations import queries as organisations
from eventsvc.organisations import service as tree
from eventsvc.organisations.rules import level_of

NOBODY = UUID(int=0)
FOR_AS_LONG_AS_USED = date(2100, 1, 1)
"""When the phone of an account in use is deleted: when the account is put out of use a real day takes its place."""
AFTER_LEAVING = timedelta(days=365)


# Accounts -------------------------------------------------------------------------------------------------------


def create_user(user_name: str, name: str, password: str, *, phone: str | None = None, by: Actor | None, now: datetime,
                must_change: bool = False) -> UUID:  # fmt: skip
    """Make an account that can log in by its user name and, if given, its phone. It has no role yet."""
    cleaned = rules.clean_user_name(user_name)
    rules.check_password(password, besides=(cleaned, phone or ""))
    return _add_user(cleaned, clean_name(name), _digest(password), phone, by, must_change, now)


@transactional
def _add_user(user_name: str, name: str, digest: str, phone: str | None, by: Actor | None, must_change: bool, now: datetime) -> UUID:
    phone = clean_phone(phone) if phone else None
    user = User(user_name=user_name, name=name, password_hash=digest, must_change_password=must_change, created_at=now,
                phone_key=queries.phone_key(phone) if phone else None)  # fmt: skip
    db.session.add(user)
    with clash_means(NameTaken()):
        db.session.flush()
    if phone:
        vault.put([vault.row(user.id, Personal.CONTACT, {"phone": phone}, FOR_AS_LONG_AS_USED)])
    announce(UserAdded(user.id, by.id if by else None, now))
    return user.id


@transactional
def add_user(organisation_id: UUID, user_name: str, name: str, role: str, *, phone: str | None = None,
             actor: Actor, now: datetime) -> tuple[UUID, str]:  # fmt: skip
    """Make an account that serves at a unit; return its id and a password for once, shown now and never again."""
    organisations.require(actor, Role.ADMIN, organisation_id)
    password = _password_for_once()
    user_id = create_user(user_name, name, password, phone=phone, by=actor, now=now, must_change=True)
    grant(user_id, role, organisation_id, actor=actor, now=now)
    return user_id, password


@transactional
def grant_by_name(organisation_id: UUID, login: str, role: str, *, actor: Actor, now: datetime) -> UUID:
    """Give somebody who has an account already a role at this unit too."""
    organisations.require(actor, Role.ADMIN, organisation_id)
    user = queries.by_login(login)
    if user is None or not user.active:
        raise NoSuchAccount(fields={"login": [NoSuchAccount.words]})
    grant(user.id, role, organisation_id, actor=actor, now=now)
    return user.id


@transactional
def grant(user_id: UUID, role: str, organisation_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Give an account a role at a unit that the actor administers. Given twice, it is given once."""
    unit = organisations.require(actor, Role.ADMIN, organisation_id)
    if db.session.get(User, user_id) is None:
        raise NotFound
    held = select(RoleGrant.id).where(RoleGrant.user_id == user_id, RoleGrant.organisation_id == unit.id, RoleGrant.role == Role(role))
    if db.session.scalar(held) is not None:
        return
    db.session.add(RoleGrant(user_id=user_id, organisation_id=unit.id, role=Role(role), granted_by=actor.id, granted_at=now))
    with clash_means(Stale()):
        db.session.flush()
    if role in rules.AT_A_DESK:
        _end_sessions(user_id, now, only_long=True)
    announce(RoleGranted(user_id, role, unit.id, actor.id, now))


@transactional
def revoke(grant_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take back a role at a unit that the actor administers; never one's own administrator's role."""
    held = db.session.get(RoleGrant, grant_id)
    if held is None:
        raise NotFound
    organisations.require(actor, Role.ADMIN, held.organisation_id)
    if held.user_id == actor.id and held.role is Role.ADMIN:
        raise NotYourself
    db.session.execute(delete(RoleGrant).where(RoleGrant.id == grant_id))
    announce(RoleRevoked(held.user_id, held.role.value, held.organisation_id, actor.id, now))


def reset_password(user_id: UUID, *, actor: Actor, now: datetime) -> str:
    """Give a new password for once, end all sessions and tokens; only by whoever administers every unit of the account."""
    if user_id == actor.id:
        raise NotYourself
    password = _password_for_once()
    _reset(user_id, _digest(password), actor, now)
    return password


@transactional
def _reset(user_id: UUID, digest: str, actor: Actor, now: datetime) -> None:
    user = _in_charge_of(user_id, actor)
    user.password_hash, user.must_change_password = digest, True
    _end_all(user_id, now)
    announce(PasswordChanged(user_id, True, actor.id, now))


@transactional
def set_active(user_id: UUID, active: bool, *, actor: Actor, now: datetime) -> None:
    """Put an account out of use (its sessions and tokens end at once) or back into it; never one's own."""
    if user_id == actor.id:
        raise NotYourself
    user = _in_charge_of(user_id, actor)
    if user.active == active:
        return
    user.active = active
    kept_until = FOR_AS_LONG_AS_USED if active else local(now).date() + AFTER_LEAVING
    db.session.execute(update(vault.VaultRow).where(vault.VaultRow.owner_id == user_id).values(purge_on=kept_until))
    _end_all(user_id, now)
    announce(UserSwitched(user_id, active, actor.id, now))


def _in_charge_of(user_id: UUID, actor: Actor) -> User:
    user = queries.user(user_id, within=actor)
    if queries.serves_elsewhere(user_id, actor):
        raise ServesElsewhere
    return user


def topmost() -> str:
    """Return the name of the topmost unit, or nothing when there is no tree yet."""
    return next((unit.name for unit in organisations.roots()), "")


@transactional
def set_up(user_name: str, name: str, password: str, *, unit: str = "", level: str = "", code: str = "", now: datetime) -> str:
    """Make the first administrator of an empty service at its topmost unit; return that unit's name.

    Refuses when there is any account: nobody becomes administrator of a running service this way.
    """
    if queries.anybody():
        raise AlreadySetUp
    if not organisations.roots():
        row = {"code": code, "name": unit, "parent_code": "", "level": level or level_of(code)}
        tree.import_tree([row], today=local(now).date())
    root = organisations.roots()[0]
    user_id = create_user(user_name, name, password, by=None, now=now)
    grant(user_id, Role.ADMIN, root.id, actor=SYSTEM, now=now)
    grant(user_id, Role.APPROVER, root.id, actor=SYSTEM, now=now)
    return root.name


# Passwords ------------------------------------------------------------------------------------------------------


def change_password(present: str, password: str, *, actor: Actor, now: datetime, keep: UUID | None = None) -> None:
    """Change one's own password; every other session than `keep` ends."""
    user = db.session.get(User, actor.id)
    if user is None:
        raise NotFound
    if not _fits(user.password_hash, present):
        raise WrongPassword(fields={"present": [WrongPassword.words]})
    rules.check_password(password, besides=(user.user_name,))
    if present == password:
        raise rules.same_again()
    _set_password(user.id, _digest(password), keep, now)


@transactional
def _set_password(user_id: UUID, digest: str, keep: UUID | None, now: datetime) -> None:
    values = {"password_hash": digest, "must_change_password": False}
    db.session.execute(update(User).where(User.id == user_id).values(values))
    _end_sessions(user_id, now, besides=keep)
    announce(PasswordChanged(user_id, False, user_id, now))


@lru_cache(maxsize=4)
def _hasher(memory_kib: int, time_cost: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)


def _settings_hasher() -> PasswordHasher:
    settings = current_app.extensions["eventsvc_settings"]
    return _hasher(settings.argon2_memory_kib, settings.argon2_time)


@lru_cache(maxsize=4)
def _nobodys_digest(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_hex(16))


def _digest(password: str) -> str:
    return _settings_hasher().hash(password)


def _fits(digest: str, password: str) -> bool:
    try:
        return _settings_hasher().verify(digest, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _password_for_once() -> str:
    spelled = new_slug(secrets.token_bytes(16))
    return f"{spelled[:5]}-{spelled[5:]}"


# Sessions -------------------------------------------------------------------------------------------------------


def log_in(name_or_phone: str, password: str, *, device: str = "", long: bool = False, now: datetime, instead_of: str = "") -> str:
    """Check a password and open a session; return its secret. An unknown name takes as long as a wrong password.

    Whoever administers or approves gets no `long` session, on whatever device. `instead_of` is the secret that the browser carried until now: that session ends, so none outlives a log-in.
    """
    user = queries.by_login(name_or_phone)
    digest = user.password_hash if user else _nobodys_digest(_settings_hasher())
    fits = _fits(digest, password[: rules.LONGEST])
    if user is None or not fits or not user.active:
        _refuse_log_in(user.id if user else NOBODY, now)
        raise WrongLogin
    long = long and not queries.holds(user.id, rules.AT_A_DESK)
    fresh = _digest(password) if _settings_hasher().check_needs_rehash(digest) else ""
    return _open_session(user.id, device, long, instead_of, fresh, now)


@transactional
def _refuse_log_in(user_id: UUID, now: datetime) -> None:
    announce(LogInRefused(user_id, now))


@transactional
def _open_session(user_id: UUID, device: str, long: bool, instead_of: str, digest: str, now: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    span = rules.LONG if long else rules.DESK
    if instead_of:
        db.session.execute(update(Session).where(Session.token_hash == hashed(instead_of)).values(revoked_at=now))
    if digest:
        db.session.execute(update(User).where(User.id == user_id).values(password_hash=digest))
    db.session.add(Session(token_hash=hashed(secret), user_id=user_id, device=device[:100], long=long, created_at=now,
                           last_seen_at=now, expires_at=now + span.absolute))  # fmt: skip
    announce(LoggedIn(user_id, now))
    return secret


def actor_of(secret: str, *, now: datetime) -> Actor | None:
    """Return who holds this session's secret; None when it has ended."""
    visit = queries.visit_by_session(secret, now=now)
    return visit.actor if visit else None


@transactional
def seen(session_id: UUID, *, now: datetime) -> None:
    """Write down that a session is used; at most every five minutes."""
    stale = Session.last_seen_at < now - rules.SEEN_EVERY
    db.session.execute(update(Session).where(Session.id == session_id, stale).values(last_seen_at=now))


@transactional
def log_out(session_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End one of one's own sessions: this one, or that of a lost phone. Ended twice, it was ended once."""
    _must_be_mine(Session, session_id, actor)
    mine = update(Session).where(Session.id == session_id, Session.user_id == actor.id, Session.revoked_at.is_(None))
    if changed(db.session.execute(mine.values(revoked_at=now))):
        announce(LoggedOut(actor.id, session_id, now))


def _must_be_mine(table: type[Session] | type[ApiToken], row_id: UUID, actor: Actor) -> None:
    if db.session.scalar(select(table.id).where(table.id == row_id, table.user_id == actor.id)) is None:
        raise NotFound


def _end_all(user_id: UUID, now: datetime) -> None:
    _end_sessions(user_id, now)
    db.session.execute(update(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None)).values(revoked_at=now))


def _end_sessions(user_id: UUID, now: datetime, *, besides: UUID | None = None, only_long: bool = False) -> None:
    ends = update(Session).where(Session.user_id == user_id, Session.revoked_at.is_(None))
    if only_long:
        ends = ends.where(Session.long)
    if besides is not None:
        ends = ends.where(Session.id != besides)
    db.session.execute(ends.values(revoked_at=now))


# Tokens ---------------------------------------------------------------------------------------------------------


@transactional
def issue_token(name: str, scopes: list[str] | tuple[str, ...] | set[str], *, actor: Actor, now: datetime, days: int = rules.TOKEN_DAYS) -> str:
    """Make a token for machines that speaks for the actor within these scopes; return it, shown now and never again."""
    unknown = sorted(set(scopes) - policy.scopes())
    if unknown or not scopes:
        raise UnknownScope(scope="、".join(unknown), fields={"scopes": [UnknownScope.words.format(scope="、".join(unknown))]})
    token = f"evt_{secrets.token_urlsafe(32)}"
    row = ApiToken(token_hash=hashed(token), user_id=actor.id, name=name, scopes=" ".join(sorted(set(scopes))), created_at=now,
                   expires_at=now + timedelta(days=days))  # fmt: skip
    db.session.add(row)
    db.session.flush()
    announce(TokenIssued(row.id, row.scopes, actor.id, now))
    return token


@transactional
def revoke_token(token_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take back one of one's own tokens, at once. Taken back twice, it was taken back once."""
    _must_be_mine(ApiToken, token_id, actor)
    mine = update(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == actor.id, ApiToken.revoked_at.is_(None))
    if changed(db.session.execute(mine.values(revoked_at=now))):
        announce(TokenRevoked(token_id, actor.id, now))


def actor_of_token(token: str, *, now: datetime) -> tuple[Actor, frozenset[str]] | None:
    """Return for whom a token speaks and its scopes; None when it is unknown, expired or taken back."""
    visit = queries.visit_by_token(token, now=now)
    return (visit.actor, visit.scopes) if visit else None


@transactional
def token_used(token_id: UUID, *, now: datetime) -> None:
    """Write down that a token is used; at most every five minutes."""
    db.session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))
