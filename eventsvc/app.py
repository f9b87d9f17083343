"""The roof: builds Flask, hangs the doors, says who hears what."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, g, request
from flask_migrate import Migrate

from eventsvc.accounts import cli as accounts_cli
from eventsvc.accounts import models as accounts
from eventsvc.accounts import web as accounts_web
from eventsvc.activities import api as activities_api
from eventsvc.activities import models as activities
from eventsvc.activities import web as activities_web
from eventsvc.activities.events import ActivityChanged, ActivityMoved, ActivityPlanned
from eventsvc.audit import cli as audit_cli
from eventsvc.audit import models as audit
from eventsvc.audit import service as audit_service
from eventsvc.campaigns import models as campaigns
from eventsvc.campaigns import service as campaigns_service
from eventsvc.campaigns import web as campaigns_web
from eventsvc.checkin import api as checkin_api
from eventsvc.checkin import models as checkin
from eventsvc.checkin import web as checkin_web
from eventsvc.config import Settings
from eventsvc.core.actor import Actor
from eventsvc.desk import nav
from eventsvc.desk import web as desk_web
from eventsvc.documents import api as documents_api
from eventsvc.documents import models as documents
from eventsvc.documents import service as documents_service
from eventsvc.documents import web as documents_web
from eventsvc.infra import crypto, events, i18n, logs, openapi, pages, policy, site, storage, vault, web
from eventsvc.infra import db as database
from eventsvc.infra.db import db
from eventsvc.infra.jobs import models as jobs
from eventsvc.infra.jobs import queue
from eventsvc.infra.jobs.service import JobDied
from eventsvc.messages import models as messages
from eventsvc.messages import service as messages_service
from eventsvc.messages import web as messages_web
from eventsvc.organisations import api as organisations_api
from eventsvc.organisations import cli as organisations_cli
from eventsvc.organisations import models as organisations
from eventsvc.organisations import web as organisations_web
from eventsvc.organisations.events import TreeImported, UnitOpened, UnitsMerged
from eventsvc.people import models as people
from eventsvc.people import roll_web
from eventsvc.people import web as people_web
from eventsvc.registrations import api as registrations_api
from eventsvc.registrations import models as registrations
from eventsvc.registrations import places_api
from eventsvc.registrations import service as registrations_service
from eventsvc.registrations import web as registrations_web
from eventsvc.registrations.events import (
    ConsentTakenBack,
    Drawn,
    Erased,
    InvitationAnswered,
    Invited,
    Lapsed,
    OfferAccepted,
    Offered,
    Promoted,
    Reviewed,
    SignedUp,
    SlotsGiven,
    Withdrawn,
)
from eventsvc.reports import api as reports_api
from eventsvc.reports import models as reports
from eventsvc.reports import web as reports_web
from eventsvc.reports.events import ReportMoved
from eventsvc.sample import cli as sample_cli
from eventsvc.statistics import answers, honouring
from eventsvc.statistics import api as statistics_api
from eventsvc.statistics import models as statistics
from eventsvc.statistics import service as statistics_service
from eventsvc.statistics import web as statistics_web
from eventsvc.visits import api as visits_api
from eventsvc.visits import models as visits
from eventsvc.visits import web as visits_web

TABLES = (
    organisations, accounts, people, campaigns, activities, registrations, checkin,
    visits, reports, statistics, documents, messages, audit, jobs, storage, vault,
)  # fmt: skip
"""Every room that owns tables: the models are complete when the roof is on."""

ROOT = Path(__file__).resolve().parent
TEMPLATES = ROOT.parent / "templates"

DOORS = (
    site.bp,
    openapi.bp,
    accounts_web.bp,
    organisations_web.bp,
    people_web.bp,
    roll_web.bp,
    campaigns_web.bp,
    activities_web.bp,
    registrations_web.bp,
    checkin_web.bp,
    visits_web.bp,
    reports_web.bp,
    statistics_web.bp,
    documents_web.bp,
    messages_web.bp,
    desk_web.bp,
)
API_DOORS: tuple[Any, ...] = (
    reports_api.bp,
    statistics_api.bp,
    organisations_api.bp,
    activities_api.bp,
    registrations_api.bp,
    places_api.bp,
    checkin_api.bp,
    visits_api.bp,
    documents_api.bp,
)
COMMANDS: tuple[Any, ...] = (
    organisations_cli.organisations,
    accounts_cli.accounts,
    accounts_cli.setup,
    audit_cli.audit,
    sample_cli.sample,
)

SUBSCRIBERS: events.Handlers = {
    object: (audit_service.hear,),
    ActivityPlanned: (registrations_service.hear_plan, answers.hear),
    ActivityMoved: (registrations_service.hear_move, messages_service.hear_move, answers.hear),
    ActivityChanged: (registrations_service.hear_change, messages_service.hear_change),
    Invited: (messages_service.hear_invitations,),
    InvitationAnswered: (messages_service.hear_answer,),
    SignedUp: (messages_service.hear_sign_up,),
    Withdrawn: (messages_service.hear_withdrawal,),
    Promoted: (messages_service.hear_promotion,),
    Reviewed: (messages_service.hear_review,),
    Offered: (messages_service.hear_offer,),
    OfferAccepted: (messages_service.hear_accepted,),
    Lapsed: (messages_service.hear_lapsed,),
    Drawn: (messages_service.hear_draw,),
    SlotsGiven: (messages_service.hear_slots,),
    ConsentTakenBack: (documents_service.hear_privacy,),
    Erased: (documents_service.hear_privacy,),
    ReportMoved: (statistics_service.hear, honouring.hear, answers.hear),
    UnitOpened: (campaigns_service.hear_opened,),
    TreeImported: (campaigns_service.hear_tree,),
    UnitsMerged: (campaigns_service.hear_merged, statistics_service.hear_merged),
    JobDied: (documents_service.hear_died,),
}
"""Who hears what: event → handlers, in the order in which they run, inside the command's transaction."""


def create_app(settings: Settings) -> Flask:
    """Build the service, or refuse to: a wrong kind, a route without a policy and a bad setting all stop the start."""
    logs.configure(settings.log_level, whole=settings.testing)
    app = Flask("eventsvc", root_path=str(ROOT), template_folder=str(TEMPLATES))
    app.extensions["eventsvc_settings"] = settings
    app.config.update(_config(settings))
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            database.prepare(engine)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    crypto.init_app(app, settings)
    i18n.init_app(app, settings.var_dir)
    pages.init_app(app)
    web.init_app(app, settings)
    queue.init_app(app, settings.redis_url)
    events.connect(app, SUBSCRIBERS)
    for door in DOORS:
        app.register_blueprint(door)
    openapi.init_app(app, API_DOORS)
    for command in COMMANDS:
        app.cli.add_command(command)
    app.context_processor(_for_every_page)
    policy.init_app(app, accounts_web.who)
    return app


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": database.engine_options(settings.database_url) | {"hide_parameters": True},
        "TRUSTED_HOSTS": settings.hosts,
        "MAX_CONTENT_LENGTH": 20 * 2**20,
        "MAX_FORM_MEMORY_SIZE": 2 * 2**20,
        "MAX_FORM_PARTS": 3000,
        "SESSION_COOKIE_NAME": "__Host-form" if settings.secure else "form",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "RATELIMIT_ENABLED": settings.rate_limits,
        "RATELIMIT_STORAGE_URI": ("redis+" if settings.redis_url.startswith("unix:") else "") + settings.redis_url or "memory://",
        "RATELIMIT_STORAGE_OPTIONS": {"socket_timeout": 0.3, "socket_connect_timeout": 0.3} if settings.redis_url else {},
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_STRATEGY": "moving-window",
        "TESTING": settings.testing,
    }


def _for_every_page() -> dict[str, Any]:
    me = _me()
    return {
        "me": me,
        "locale": "en" if i18n.in_english() else "zh_CN",
        "here": request.full_path.rstrip("?") if _can_be_opened_again() else "/",
        "elder": site.size_of_type(),
        "office_nav": nav.office_nav(me),
        "me_unit": me.unit if me else "",
    }


def _can_be_opened_again() -> bool:
    """Say whether this page has an address of its own: an answer to a form that only takes forms has none."""
    return not g.get("is_error") and request.url_rule is not None and "GET" in (request.url_rule.methods or ())


def _me() -> Actor | None:
    # An error page must come even when the database, which knows who is asking, is what is broken.
    try:
        return policy.actor_or_none()
    except Exception:
        if not g.get("is_error"):
            raise
        return None
