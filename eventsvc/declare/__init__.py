"""Floor 1: the language in which kinds of activity (and organisers' own questions) are written.

A question is declared once; form, API, OpenAPI, paper, export, masking and retention follow from it.
"""

from eventsvc.declare.fields import (
    AnniversaryField,
    Choice,
    Choices,
    Date,
    Field,
    IdNumber,
    LongText,
    Moment,
    Money,
    Name,
    Number,
    Phone,
    Rows,
    Text,
    Time,
    YesNo,
)
from eventsvc.declare.kind import (
    ActivityKind,
    BudgetLine,
    Counter,
    Document,
    Indicator,
    ScheduleLine,
    Task,
    per_registration,
)
from eventsvc.declare.party import PROXY_RELATIONS, UNIT_CONTACT, Couple, Delegation, Family, PartyShape, Person, Single
from eventsvc.declare.personal import Personal
from eventsvc.declare.schema import StrictSchema, schema_of

__all__ = [
    "PROXY_RELATIONS",
    "UNIT_CONTACT",
    "ActivityKind",
    "AnniversaryField",
    "BudgetLine",
    "Choice",
    "Choices",
    "Counter",
    "Couple",
    "Date",
    "Delegation",
    "Document",
    "Family",
    "Field",
    "IdNumber",
    "Indicator",
    "LongText",
    "Moment",
    "Money",
    "Name",
    "Number",
    "PartyShape",
    "Person",
    "Personal",
    "Phone",
    "Rows",
    "ScheduleLine",
    "Single",
    "StrictSchema",
    "Task",
    "Text",
    "Time",
    "YesNo",
    "per_registration",
    "schema_of",
]
