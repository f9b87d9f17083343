"""Connections to PostgreSQL: what they learnt is kept, and whether they live is asked only when there is a reason to doubt it."""

import select
import time
from typing import Any

import psycopg
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

RESTED = 30.0
"""Seconds in the pool after which a connection is asked before it is used."""


class Connection(psycopg.Connection[Any]):
    """A connection that does not forget its prepared statements when a transaction is rolled back.

    psycopg drops them then, for a table made in that transaction may be gone. Ours come and go with releases, and every
    page that only reads ends with a rollback: each statement would be planned anew for each reader.
    """

    def rollback(self) -> None:
        """End the transaction, as if it had not been."""
        with self.lock:
            if self.pgconn.transaction_status == TransactionStatus.IDLE:
                return
            if self.pgconn.status != ConnStatus.OK or self.pgconn.exec_(b"ROLLBACK").status != ExecStatus.COMMAND_OK:
                raise psycopg.OperationalError("the connection is lost")


def watch(engine: Engine) -> None:
    """Give out living connections only, and send the rows of one INSERT in one statement.

    A ping at every checkout costs a sign-up three more round trips. A server that stops says so, or closes the line:
    either is seen on the socket without asking. What nothing tells (a firewall that forgot us) is asked about after a rest.
    """
    engine.dialect.use_insertmanyvalues_wo_returning = True  # psycopg's executemany has each row run by itself

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, args: Any, named: Any) -> Connection:
        return Connection.connect(*args, **named)

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: Any) -> None:
        record.info["since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _goes_out(connection: Any, record: Any, _fairy: Any) -> None:
        since = record.info.get("since")
        if since is None or (time.monotonic() - since < RESTED and not _was_spoken_to(connection)):
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as gone:  # then the others are gone as well
            raise InvalidatePoolError from gone


def _was_spoken_to(connection: Any) -> bool:
    # Nobody asked it anything: what there is to read is a farewell, or the end of the line.
    asked = select.poll()
    asked.register(connection.fileno(), select.POLLIN)
    return bool(asked.poll(0))
