"""From declared fields to one marshmallow schema: the grammar of form, API and what is at rest."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, pre_load

from eventsvc.core.words import N_, Words
from eventsvc.declare.fields import Field
from eventsvc.declare.marshal import MESSAGES


class StrictSchema(Schema):
    """A schema that refuses keys it does not know, and anything that is not an object."""

    error_messages = {"unknown": MESSAGES["unknown"], "type": N_("内容的格式不对")}

    class Meta:
        unknown = RAISE

    @pre_load
    def _only_objects(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, Mapping):
            raise ValidationError([Words(N_("内容的格式不对"))])
        return data


@lru_cache(maxsize=512)
def _class_of(asked: tuple[Field, ...], name: str) -> type[Schema]:
    return StrictSchema.from_dict({field.name: field.marshal() for field in asked}, name=name)


def schema_of(asked: Iterable[Field], name: str) -> type[Schema]:
    """Return the schema class of these questions; the same questions give the same class."""
    return _class_of(tuple(asked), name)
