"""Jobs of documents."""

from flask import current_app

from eventsvc.config import Settings
from eventsvc.core import clock
from eventsvc.documents import service
from eventsvc.infra import pdf, sandbox, storage
from eventsvc.infra.jobs.service import Claim, Hopeless
from eventsvc.kinds import KINDS


def warm() -> None:
    """Load fonts and the templates of all papers before the first one is asked for."""
    pdf.warm_up(paper.template for kind in KINDS.values() for paper in kind.documents)


def render(claim: Claim) -> None:
    """Turn one requested paper into a PDF, in a child with limits; nobody ever sees half of one."""
    settings: Settings = current_app.extensions["eventsvc_settings"]
    try:
        work = service.work(claim, now=clock.now())
        paper = pdf.render(work.template, work.context, work.assets, pages=work.pages, tell=claim.tell,
                           seconds=settings.pdf_seconds, memory_mib=settings.pdf_memory_mib)  # fmt: skip
    except sandbox.Trouble as no:
        raise Hopeless(str(no)) from no
    kept = storage.keep(paper.content, ".pdf", name=f"{claim.lease_no}-{claim.ref.hex}")
    service.finish(claim, kept, paper.pages, now=clock.now())
