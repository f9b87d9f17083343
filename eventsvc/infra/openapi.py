"""OpenAPI 3.1 from the same marshmallow schemas, and a documentation page that asks no foreign host for anything.

A room's `api.py` hangs plain functions on `blueprint(...)`:

    bp = blueprint("activities", N_("活动"))

    @bp.route("/activities", methods=["GET"])
    @bp.response(200, ActivityOut(many=True))
    @policy("viewer", scope="activities:read")
    def index(): ...

Bodies are read by `infra.forms.load(schema, request.get_json())`, documented with `@bp.doc(requestBody=body(Schema))`
where the schema depends on the kind, or by `@bp.arguments(Schema)` where it does not.
"""

import json
import re
from pathlib import Path
from typing import Any

import flask_swagger_ui
from flask import Blueprint, Flask, current_app, jsonify, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue
from flask_smorest import Api as SmorestApi
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import Schema, fields
from webargs.flaskparser import FlaskParser

from eventsvc.declare import marshal
from eventsvc.infra.forms import BadForm
from eventsvc.infra.policy import of, policy
from eventsvc.infra.web import csrf

DIST = Path(flask_swagger_ui.__file__).parent / "dist"
FILES = {"swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"}

bp = Blueprint("api_docs", __name__)


class Refusal(Schema):
    """How every refusal looks: a stable code, words for people, faults by field."""

    code = fields.String(required=True, metadata={"description": "Stable: programs may rely on it."})
    message = fields.String(required=True, metadata={"description": "For people, in the language of the request."})
    fields_ = fields.Dict(data_key="fields", keys=fields.String(), values=fields.List(fields.String()))


class Api(SmorestApi):
    """flask-smorest, with the house's own answers to errors."""

    ERROR_SCHEMA = Refusal

    def _register_error_handlers(self) -> None:
        """Leave errors to infra.web: pages and API say no in the same words."""


api = Api()


class _Reader(FlaskParser):
    """Reads bodies as webargs does, and takes what no JSON reader should be sent for a bad form instead of an accident."""

    def _raw_load_json(self, req: Any) -> Any:
        try:
            return super()._raw_load_json(req)
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise
        except (RecursionError, ValueError) as wrong:  # thousands of brackets in brackets, a number of thousands of digits
            raise BadForm from wrong


class _Room(SmorestBlueprint):
    ARGUMENTS_PARSER = _Reader()


def blueprint(name: str, about: str) -> SmorestBlueprint:
    """Return a blueprint below /api/v1 for one room."""
    return _Room(f"{name}_api", name, url_prefix="/api/v1", description=about)


def body() -> Any:
    """Return the JSON body of this request, or raise Invalid."""
    try:
        found = request.get_json(silent=True)
    except RecursionError as wrong:  # thousands of brackets in brackets
        raise BadForm from wrong
    if not isinstance(found, dict):
        raise BadForm
    return found


@bp.get("/api/v1/openapi.json")
@policy(public=True)
def spec() -> ResponseReturnValue:
    """Serve the description of the API."""
    return jsonify(current_app.extensions["eventsvc_openapi"])


@bp.get("/api/docs")
@policy(public=True)
def docs() -> ResponseReturnValue:
    """Show the description as a page to try things on."""
    return render_template("errors/api_docs.html")


@bp.get("/api/docs/<path:name>")
@policy(public=True)
def file(name: str) -> ResponseReturnValue:
    """Serve Swagger UI's own files, out of the installed package."""
    return send_from_directory(DIST, name if name in FILES else "missing")


def init_app(app: Flask, blueprints: tuple[SmorestBlueprint, ...]) -> None:
    """Hang the API's doors and describe them; scopes and tokens are read from each route's policy."""
    app.config.update(API_TITLE="eventsvc", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    api.init_app(app)
    api.register_field(marshal.WeddingDay, "object", None)
    api.register_field(marshal.LocalMoment, "string", "date-time")
    api.register_field(marshal.Fen, "string", "decimal")
    for room in blueprints:
        api.register_blueprint(room)
        csrf.exempt(room)  # who calls is known by a token alone, which no browser sends by itself
    token = {"type": "http", "scheme": "bearer", "description": "A token made under 我的账号 → 接口令牌."}
    api.spec.components.security_scheme("token", token)
    described = api.spec.to_dict()
    _say_scopes(app, described)
    app.extensions["eventsvc_openapi"] = described


def _say_scopes(app: Flask, described: dict[str, Any]) -> None:
    """Write into each operation which token scope it asks for, as its policy says."""
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        asked = of(app, rule.endpoint)
        if asked is None or path not in described.get("paths", {}):
            continue
        for method, operation in described["paths"][path].items():
            if method.upper() in (rule.methods or ()) and isinstance(operation, dict):
                operation["security"] = [] if asked.public else [{"token": [asked.scope] if asked.scope else []}]
