"""Inputs that broke a reader, found by the fuzzer (``python -m tests.fuzz``) or by hand; each must stay harmless."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "fuzz"))
from ziele import ziele

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
]


@pytest.mark.parametrize(("ziel", "daten"), ABSTUERZE)
def test_eingabe_bricht_keinen_leser(ziel, daten):
    ziele()[ziel](daten)
