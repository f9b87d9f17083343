"""Doors of statistics: the figures of a unit as a page, a workbook and a picture."""

from io import BytesIO
from uuid import UUID

from flask import Blueprint, make_response, request, send_file
from flask.typing import ResponseReturnValue

from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.periods import day_of
from eventsvc.infra import charts, workbooks
from eventsvc.infra.pages import page
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS
from eventsvc.statistics import queries, sheets
from eventsvc.statistics.period import Period

bp = Blueprint("statistics", __name__)


def _view(organisation_id: UUID) -> queries.View:
    """Read the address and return what it asks for."""
    period = Period.read(request.args.get("year"), request.args.get("month"), day_of(clock.now()))
    kind = request.args.get("kind", "")
    return queries.view(organisation_id, period, within=actor(), kind=kind if kind in KINDS else "")


@bp.get("/organisations/<uuid:organisation_id>/figures")
@policy("viewer")
def show(organisation_id: UUID) -> ResponseReturnValue:
    """Show the figures of a unit and all below it; each opens down to the activity it came from."""
    view, places = _view(organisation_id), set(actor().places(Role.VIEWER))
    parents = [unit for at, unit in enumerate(view.parents) if places & {above.id for above in view.parents[: at + 1]}]
    chosen = view.column(request.args.get("of", ""))
    asked = {"year": view.period.year, "month": view.period.month, "kind": view.kind or None}
    this_year = day_of(clock.now()).year
    years = sorted({view.period.year, *range(this_year - 5, this_year + 1)}, reverse=True)
    return page(
        "statistics/show.html", view=view, parents=parents, chosen=chosen, asked=asked, years=years, kinds=KINDS
    )


@bp.get("/organisations/<uuid:organisation_id>/figures.xlsx")
@policy("viewer")
def workbook(organisation_id: UUID) -> ResponseReturnValue:
    """Give the same numbers as a workbook."""
    view = _view(organisation_id)
    answer = send_file(
        BytesIO(sheets.book(view)), workbooks.MEDIA, as_attachment=True, download_name=f"{sheets.title(view)}.xlsx"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/organisations/<uuid:organisation_id>/figures.svg")
@policy("viewer")
def chart(organisation_id: UUID) -> ResponseReturnValue:
    """Draw one indicator month by month, as an image that carries nothing else."""
    answer = make_response(sheets.picture(_view(organisation_id), request.args.get("of", "")))
    answer.headers.update(
        {"Content-Type": charts.MEDIA, "Content-Security-Policy": charts.POLICY, "Cache-Control": "no-store"}
    )
    return answer
