"""The project's macros, callable by name from Python, run by dbt's own Jinja."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

from dbt.clients.jinja import MacroGenerator
from dbt_common.clients.jinja import MacroReturn  # type: ignore[attr-defined]

from pipelines.einstellungen import DBT_PROJEKT


class Abgelehnt(Exception):
    """Raised in place of dbt's compiler error."""


def _wirf(text: str) -> None:
    raise Abgelehnt(text)


def _gib(wert: Any = None) -> None:
    raise MacroReturn(wert)


def lade_makros(**weitere: Any) -> dict[str, Any]:
    """Macro name → function; also the context in which they run, with ``weitere`` functions that dbt would give."""
    kontext: dict[str, Any] = {"exceptions": {"raise_compiler_error": _wirf}, "return": _gib, "execute": True} | weitere
    for datei in sorted((DBT_PROJEKT / "macros").rglob("*.sql")):
        for sql in re.findall(r"\{% macro .*?endmacro -?%\}", datei.read_text(encoding="utf-8"), re.DOTALL):
            treffer = re.match(r"\{% macro (\w+)", sql)
            assert treffer is not None
            makro: Any = SimpleNamespace(name=treffer[1], macro_sql=sql, unique_id=treffer[1])
            kontext[treffer[1]] = MacroGenerator(makro, kontext)
    return kontext
