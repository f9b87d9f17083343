"""How a page is answered: a template, a status, nothing else."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue


def page(template: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    """Render a template to an answer that no cache keeps."""
    answer = make_response(render_template(template, **context), status)
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def wants_fragment() -> bool:
    """Say whether our own script asked for the piece of the page that it will swap in."""
    return request.headers.get("X-Fragment") == "1"


def wants_json() -> bool:
    """Say whether the caller is a machine."""
    return request.path.startswith("/api/")


@lru_cache(maxsize=64)
def _fingerprint(folder: str, name: str) -> str:
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """Return the address of a static file, with its fingerprint, so that it may be cached for good."""
    folder = current_app.static_folder or ""
    return url_for("static", filename=name, v=_fingerprint(folder, name))


def init_app(app: Flask) -> None:
    """Give templates what every page needs."""
    app.jinja_env.globals.update(asset=asset)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
