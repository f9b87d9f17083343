"""The bare flow to compare with: Flask + Flask-SQLAlchemy (ORM), one guarded UPDATE, one INSERT, three small pages.

What the least possible sign-up costs. No consent, no duplicates, no encryption, no messages, no audit.
"""

import os
import uuid
from typing import Any

from flask import Flask, redirect, render_template, request, url_for
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import update

db = SQLAlchemy()

PAGES = {
    "page.html": "<!doctype html><title>{{ a.title }}</title><h1>{{ a.title }}</h1><form method=post>"
    "<input name=name><input name=phone><button>ok</button></form>",
    "receipt.html": "<!doctype html><title>ok</title><h1>{{ r.name }}</h1><p>{{ r.id }}</p>",
}


class Activity(db.Model):  # type: ignore[name-defined, misc]
    """An activity with places."""

    id = db.Column(db.String(36), primary_key=True)
    title = db.Column(db.String(100))
    cap = db.Column(db.Integer)
    taken = db.Column(db.Integer, default=0)


class Registration(db.Model):  # type: ignore[name-defined, misc]
    """A sign-up."""

    id = db.Column(db.String(36), primary_key=True)
    activity_id = db.Column(db.ForeignKey("activity.id"))
    name = db.Column(db.String(50))
    phone = db.Column(db.String(20))


def create_app() -> Flask:
    """Build the bare service on the database named by BARE_DATABASE_URL."""
    app = Flask(__name__)
    app.jinja_loader = DictLoader(PAGES)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BARE_DATABASE_URL"]
    db.init_app(app)

    @app.get("/s/<key>")
    def page(key: str) -> Any:
        return render_template("page.html", a=db.session.get(Activity, key))

    @app.post("/s/<key>")
    def sign_up(key: str) -> Any:
        taken = db.session.execute(update(Activity).where(Activity.id == key, Activity.taken < Activity.cap).values(taken=Activity.taken + 1))
        if not taken.rowcount:
            return "full", 409
        row = Registration(id=str(uuid.uuid4()), activity_id=key, name=request.form["name"], phone=request.form["phone"])
        db.session.add(row)
        db.session.commit()
        return redirect(url_for("receipt", key=row.id), 303)

    @app.get("/r/<key>")
    def receipt(key: str) -> Any:
        return render_template("receipt.html", r=db.session.get(Registration, key))

    return app


def app() -> Flask:
    """Make the application with its tables and one activity, for gunicorn."""
    made = create_app()
    with made.app_context():
        db.create_all()
        if not db.session.get(Activity, "a"):
            db.session.add(Activity(id="a", title="Golden wedding", cap=10**9))
            db.session.commit()
    return made
