"""Small declarations for tests of the contract."""

from quellen.modell import Quelle
from quellen.vertrag import lies_und_pruefe


def quelle(felder, form="liste", orte=None, wertspalten=(), **teil):
    """A source of one Teil; every field stands in the column of its name."""
    orte = {f: {"spalte": f} for f in felder} if orte is None else orte
    formate = teil.pop("formate", None) or [{"art": "csv", "orte": orte, "wertspalten": list(wertspalten)}]
    kopf = {"titel": "t", "herausgeber": "h", "seite": "s", "rhythmus": "r", "hoechstalter_tage": 1, "bestaetigt": True}
    kennung = {"kennung": next(iter(felder))} if form == "liste" else {}
    rest = {"beschreibung": "b", "form": form, "dateimuster": ".*", "zugang": {}, **kennung, **teil}
    return Quelle.model_validate(
        {
            "id": "probe",
            **kopf,
            "lizenz": {"id": "l", "url": "u", "namensnennung": "n"},
            "zugang": {"portal": "direkt", "basis": "https://127.0.0.1", "hosts": ["127.0.0.1"]},
            "zeichen": {
                "-": {"wert": 0, "status": "A", "bedeutung": "nichts"},
                ".": {"status": "Q", "bedeutung": "geheim"},
            },
            "teile": {"t": {"felder": felder, "formate": formate, **rest}},
        }
    )


def lies(q, text, **verzeichnisse):
    return lies_und_pruefe(text.encode(), q, "t", "d.csv", verzeichnisse)
