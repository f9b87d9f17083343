"""Papers for machines."""

from typing import Any
from uuid import UUID

from flask import Flask

from eventsvc.core.actor import Actor
from tests.factories.accounts import a_token, a_user
from tests.factories.activities import an_activity
from tests.factories.documents import found, made
from tests.factories.organisations import Tree, a_sibling_village
from tests.factories.registrations import signed_up

READ, WRITE = "documents:read", "documents:write"


def asked(app: Flask, method: str, path: str, actor: Actor, body: Any = None, *, scopes: tuple[str, ...] = (READ, WRITE)) -> Any:
    return app.test_client().open(f"/api/v1{path}", method=method, json=body, headers=a_token(actor, *scopes))


class TestPapers:
    def test_the_whole_way_by_json(self, app: Flask, organiser: Actor):
        activity = an_activity(by=organiser)
        answer = asked(app, "POST", f"/activities/{activity.id}/documents/sign_in", organiser, {})
        paper = answer.get_json()
        assert (answer.status_code, paper["state"], paper["label"]) == (202, "promised", "签到表")
        assert asked(app, "GET", f"/documents/{paper['id']}/file", organiser).get_json()["code"] == "paper_not_ready"
        assert asked(app, "POST", f"/activities/{activity.id}/documents/sign_in", organiser, {}).get_json()["id"] == paper["id"]

        made(found(UUID(paper["id"]), organiser), organiser)
        shown = asked(app, "GET", f"/documents/{paper['id']}", organiser).get_json()
        assert shown["state"] == "ready" and shown["pages"] >= 1
        assert asked(app, "GET", f"/documents/{paper['id']}/file", organiser).data.startswith(b"%PDF")
        assert [one["id"] for one in asked(app, "GET", f"/activities/{activity.id}/documents", organiser).get_json()] == [paper["id"]]

    def test_a_certificate_for_one_couple(self, app: Flask, organiser: Actor):
        activity = an_activity(by=organiser)
        mine = signed_up(activity)
        answer = asked(app, "POST", f"/activities/{activity.id}/documents/certificate", organiser, {"subject_id": str(mine.id)})
        assert answer.get_json()["subject_id"] == str(mine.id)

    def test_refusals_have_codes(self, app: Flask, organiser: Actor):
        page = f"/activities/{an_activity(by=organiser).id}/documents"
        assert asked(app, "POST", f"{page}/summary", organiser, {}).get_json()["code"] == "paper_too_early"
        assert asked(app, "POST", f"{page}/certificate", organiser, {}).get_json()["code"] == "nobody_placed"
        assert asked(app, "POST", f"{page}/passport", organiser, {}).status_code == 404
        assert asked(app, "POST", f"{page}/sign_in", organiser, {"subject": "x"}).status_code == 422
        assert asked(app, "POST", f"{page}/sign_in", organiser, {}, scopes=(READ,)).status_code == 403

    def test_a_neighbour_finds_nothing(self, app: Flask, organiser: Actor, tree: Tree):
        activity = an_activity(by=organiser)
        paper = asked(app, "POST", f"/activities/{activity.id}/documents/sign_in", organiser, {}).get_json()
        neighbour = a_user("organiser", a_sibling_village(tree), name="钱小红")
        for path in (f"/documents/{paper['id']}", f"/documents/{paper['id']}/file", f"/activities/{activity.id}/documents"):
            assert asked(app, "GET", path, neighbour).status_code == 404
