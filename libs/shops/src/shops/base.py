"""What all parts of a shop document share."""

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from shops.texts import Text

TEXT_ERROR = "shop_text"


class Part(BaseModel):
    """A part of the shop document: frozen, and a misspelled key is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True)


def refusal(text: Text, where: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """Make the error a validator raises: both languages, and where inside the validated part the fault stands."""
    return PydanticCustomError(TEXT_ERROR, "{en}", {"vi": text.vi, "en": text.en, "where": where})
