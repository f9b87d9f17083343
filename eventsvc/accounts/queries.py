"""Questions about people who log in. Who is acting costs one statement."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, or_, select

from eventsvc.accounts.models import ApiToken, RoleGrant, Session, User
from eventsvc.accounts.rules import clean_user_name, is_over
from eventsvc.core.actor import SYSTEM, Actor, Grant, Role
from eventsvc.core.errors import NotFound
from eventsvc.core.phones import clean_phone
from eventsvc.infra.crypto import hashed, keys
from eventsvc.infra.db import db
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.models import Closure, Organisation


@dataclass(frozen=True)
class Visit:
    """Who is acting, and by which session or token."""

    actor: Actor
    id: UUID
    seen_at: datetime
    must_change_password: bool = False
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Member:
    """One line of a unit's list of users."""

    id: UUID
    user_name: str
    name: str
    active: bool
    grants: tuple[RoleGrant, ...]


def visit_by_session(secret: str, *, now: datetime) -> Visit | None:
    """Return who holds this secret of a session, with all grants, in one statement; None when it has ended."""
    query = _with_grants(Session.id, Session.last_seen_at, Session.expires_at, Session.long)
    query = query.join(Session, Session.user_id == User.id)
    query = query.where(Session.token_hash == hashed(secret), Session.revoked_at.is_(None))
    rows = db.session.execute(query).all()
    if not rows:
        return None
    first = rows[0]
    if is_over(now=now, last_seen_at=first.last_seen_at, expires_at=first.expires_at, long=first.long):
        return None
    return Visit(_actor(rows), first.id, first.last_seen_at, first.must_change_password)


def visit_by_token(token: str, *, now: datetime) -> Visit | None:
    """Return for whom a token speaks and what it may do; None when it is unknown, expired or taken back."""
    query = _with_grants(ApiToken.id, ApiToken.scopes, ApiToken.created_at, ApiToken.last_used_at)
    query = query.join(ApiToken, ApiToken.user_id == User.id).where(ApiToken.token_hash == hashed(token))
    rows = db.session.execute(query.where(ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)).all()
    if not rows:
        return None
    first = rows[0]
    scopes = frozenset(first.scopes.split())
    return Visit(_actor(rows), first.id, first.last_used_at or first.created_at, scopes=scopes)


def _with_grants(*columns: Any) -> Select[Any]:
    query = select(*columns, User.id.label("user_id"), User.name, User.must_change_password,
                   RoleGrant.role, RoleGrant.organisation_id, Organisation.name.label("unit"))  # fmt: skip
    query = query.select_from(User).outerjoin(RoleGrant, RoleGrant.user_id == User.id)
    query = query.outerjoin(Organisation, Organisation.id == RoleGrant.organisation_id)
    return query.where(User.active).order_by(RoleGrant.granted_at, RoleGrant.id)


def _actor(rows: Sequence[Row[Any]]) -> Actor:
    grants = tuple(Grant(row.role, row.organisation_id, row.unit or "") for row in rows if row.role is not None)
    return Actor(rows[0].user_id, rows[0].name, grants)


def actor(user_id: UUID) -> Actor:
    """Return an account as somebody who acts, or raise NotFound."""
    rows = db.session.execute(_with_grants().where(User.id == user_id)).all()
    if not rows:
        raise NotFound
    return _actor(rows)


def user(user_id: UUID, within: Actor) -> User:
    """Return an account that serves, or served, somewhere in this actor's reach; else NotFound."""
    query = select(User).where(User.id == user_id)
    if within.id != SYSTEM.id:
        query = query.where(User.id.in_(select(RoleGrant.user_id).where(_near(within))))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def by_login(text: str) -> User | None:
    """Return the account that a user name or a phone means."""
    conditions = []
    with suppress(ValueError):
        conditions.append(User.phone_key == phone_key(clean_phone(text)))
    with suppress(ValueError):
        conditions.append(User.user_name == clean_user_name(text))
    return db.session.scalar(select(User).where(or_(*conditions))) if conditions else None


def phone_key(phone: str) -> bytes:
    """Return the blind key of a phone that somebody logs in with."""
    return keys().blind("login_phone", phone)


def members(organisation_id: UUID) -> list[Member]:
    """Return who serves at exactly this unit, in two statements."""
    at_unit = select(RoleGrant.user_id).where(RoleGrant.organisation_id == organisation_id)
    users = db.session.scalars(select(User).where(User.id.in_(at_unit)).order_by(User.active.desc(), User.user_name)).all()
    grants = db.session.scalars(
        select(RoleGrant).where(RoleGrant.organisation_id == organisation_id).order_by(RoleGrant.granted_at)
    ).all()
    return [Member(u.id, u.user_name, u.name, u.active, tuple(g for g in grants if g.user_id == u.id)) for u in users]


def anybody() -> bool:
    """Say whether there is any account."""
    return db.session.scalar(select(User.id).limit(1)) is not None


def holds(user_id: UUID, roles: Iterable[Role]) -> bool:
    """Say whether an account holds one of these roles anywhere."""
    query = select(RoleGrant.id).where(RoleGrant.user_id == user_id, RoleGrant.role.in_(list(roles)))
    return db.session.scalar(query.limit(1)) is not None


def serves_elsewhere(user_id: UUID, actor: Actor) -> bool:
    """Say whether the account holds a role outside the subtrees that the actor administers."""
    outside = select(RoleGrant.id).where(RoleGrant.user_id == user_id)
    outside = outside.where(~organisations.within(actor, RoleGrant.organisation_id, Role.ADMIN))
    return db.session.scalar(outside.limit(1)) is not None


def grants(user_id: UUID, within: Actor) -> list[tuple[RoleGrant, str]]:
    """Return the roles of an account that the actor administers, with the names of their units."""
    query = select(RoleGrant, Organisation.name).join(Organisation, Organisation.id == RoleGrant.organisation_id)
    query = query.where(RoleGrant.user_id == user_id, _near(within)).order_by(RoleGrant.granted_at)
    return [(held, name) for held, name in db.session.execute(query)]


def sessions(user_id: UUID, *, now: datetime) -> list[Session]:
    """Return the sessions of an account that still run, the last used first."""
    query = select(Session).where(Session.user_id == user_id, Session.revoked_at.is_(None), Session.expires_at > now)
    found = db.session.scalars(query.order_by(Session.last_seen_at.desc()))
    return [s for s in found if not is_over(now=now, last_seen_at=s.last_seen_at, expires_at=s.expires_at, long=s.long)]


def tokens(user_id: UUID) -> list[ApiToken]:
    """Return the tokens of an account that were not taken back, the newest first."""
    query = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    return list(db.session.scalars(query.order_by(ApiToken.created_at.desc())))


def names(user_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of these accounts, for histories."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(list(user_ids))))
    return {row.id: row.name for row in rows}


def serving(organisation_id: UUID, role: str) -> list[tuple[UUID, str]]:
    """Return who holds a role at or below a unit (group leaders of a village), as (id, name), in the order of names."""
    below = select(Closure.descendant_id).where(Closure.ancestor_id == organisation_id, Closure.valid_to.is_(None))
    query = select(User.id, User.name).join(RoleGrant, RoleGrant.user_id == User.id).distinct()
    query = query.where(User.active, RoleGrant.role == role, RoleGrant.organisation_id.in_(below))
    return [(row.id, row.name) for row in db.session.execute(query.order_by(User.name))]


def _near(actor: Actor) -> Any:
    return organisations.within(actor, RoleGrant.organisation_id, Role.ADMIN)
