"""Inputs that broke a reader, found by the fuzzer (``python -m tests.fuzz``) or by hand; each must stay harmless."""

import io
import sys
import zipfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "fuzz"))
from ziele import ziele


def leerer_name():
    """A ZIP whose only file has an empty name."""
    puffer = io.BytesIO()
    with zipfile.ZipFile(puffer, "w") as archiv:
        archiv.writestr("Name", b"1;2\n")
    return puffer.getvalue().replace(b"Name", b"\0ame")  # zipfile cuts names at NUL


ABSTUERZE = [
    ("json", b'{"error":[1e999]}'),
    ("json", b'[{"\\udfff":1}]'),
    ("json", b'[{"a":' + b"9" * 5000 + b"}]"),
    ("json", b"[" * 100_000),
    ("geojson", b'{"error":{"a":1e999}}'),
    ("geojson", b'{"type":"FeatureCollection","features":[{"properties":{"\\ud800":1}}]}'),
    ("csv", b"sep=;\nNr;b"),
    ("csv", b'sep=;\n"'),
    ("csv", b"PK\x03\x04"),
    ("csv", b"a;b\n\xef\xbb\xbf1;2\n"),
    ("csv", b"\xff\xfea\0\n\0"),
    ("huelle", b"PK\x03\x04xl/workbook.xml"),
    ("huelle", leerer_name()),  # the name of the packed file is empty: IndexError in zipfile
]


@pytest.mark.parametrize(("ziel", "daten"), ABSTUERZE)
def test_eingabe_bricht_keinen_leser(ziel, daten):
    ziele()[ziel](daten)
