"""What all declarations share: strict models and regular expressions that are checked when they are read.

Belongs here: base class and field types without any meaning of their own. Does not belong here: any declaration.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


def _regex(muster: str) -> str:
    try:
        re.compile(muster)
    except re.error as fehler:
        raise ValueError(f"kein regulärer Ausdruck: {fehler}") from fehler
    return muster


Muster = Annotated[str, AfterValidator(_regex)]
"""A regular expression (Python's ``re``)."""


class Strikt(BaseModel):
    """Base of all declarations: unknown keys are an error, values cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
