"""Many who judge at once: one decides, the others are told; the figures climb once."""

import threading

from sqlalchemy import select, update

from eventsvc.core.errors import DomainError
from eventsvc.infra.db import db, transactional
from eventsvc.reports import service
from eventsvc.reports.models import Report, ReportMove, ReportState
from eventsvc.statistics.models import FigureSum, IndicatorDefinition
from eventsvc.statistics.service import fold
from tests.factories.accounts import a_user
from tests.factories.organisations import a_tree
from tests.factories.reports import a_report


def at_once(app, *calls) -> list[str]:
    """Run commands at the same time; return how each ended."""
    ended: list[str] = []
    start = threading.Barrier(len(calls))

    def run(call) -> None:
        with app.app_context():
            start.wait()
            try:
                call()
                ended.append("done")
            except DomainError as no:
                ended.append(no.code)
            finally:
                db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ended)


def test_of_four_who_accept_at_once_one_does_and_the_sum_grows_once(app, scrub):
    tree = a_tree()
    written = a_report("submitted", boards=6)
    judges = [a_user("approver", tree.township) for _ in range(4)]
    moment, activity, province = written.now, written.activity.id, tree.province.id

    def accept(who):
        return lambda: service.move(activity, "accept", actor=who, now=moment)

    assert at_once(app, *map(accept, judges)) == ["done", "wrong_moment", "wrong_moment", "wrong_moment"]
    fold(moment)
    boards = select(FigureSum.amount).join(IndicatorDefinition, IndicatorDefinition.id == FigureSum.definition_id)
    assert db.session.scalars(
        boards.where(IndicatorDefinition.code == "boards", FigureSum.organisation_id == province)
    ).all() == [6]
    assert db.session.scalars(select(ReportMove.action).where(ReportMove.action == "accept")).all() == ["accept"]


def test_withdrawn_and_accepted_at_once_is_one_of_the_two(app, scrub):
    written = a_report("submitted")
    moment, activity, by, judge = written.now, written.activity.id, written.by, written.reviewer
    ended = at_once(
        app,
        lambda: service.move(activity, "accept", actor=judge, now=moment),
        lambda: service.move(activity, "withdraw", actor=by, now=moment),
    )
    assert ended == ["done", "wrong_moment"]
    assert written.report.state in (ReportState.ACCEPTED, ReportState.DRAFTING)


def test_the_guard_looks_at_the_state_and_not_at_what_was_read(app):
    """The negative control: behind the back of whoever read the report its state changes, and the step is refused."""
    written = a_report("submitted")
    read = service.queries.find

    def stale(activity_id, *, lock=False):
        found = read(activity_id)
        elsewhere = update(Report).where(Report.id == found.id).values(state=ReportState.DRAFTING)
        db.session.execute(elsewhere, execution_options={"synchronize_session": False})
        return found

    service.queries.find = stale
    try:
        refused = attempt(written)
    finally:
        service.queries.find = read
    assert refused == "wrong_moment"


@transactional
def attempt(written) -> str:
    try:
        written.move("accept")
    except DomainError as no:
        return no.code
    return "done"
