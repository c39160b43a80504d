"""The code of an old release: the installed one if it is the same, else its commit, unpacked aside.

Belongs here: git. Does not belong here: what is done with the code (``bauen``).
"""

from __future__ import annotations

import re
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

from pipelines.einstellungen import PROJEKT, Einstellungen
from pipelines.fingerabdruck import definitionen
from pipelines.nachbau.auftrag import NachbauFehler

_COMMIT = re.compile(r"[0-9a-f]{40}")


def hole_code(einstellungen: Einstellungen, code: str, erwartet: str, ziel: Path) -> Path:
    """Folder of the code with the hash ``erwartet``: this project, or the commit ``code`` unpacked to ``ziel``.

    Raises ``NachbauFehler`` if the code of that time cannot be had.
    """
    jetzt = definitionen(einstellungen)
    if jetzt == erwartet:
        return PROJEKT
    if not _COMMIT.fullmatch(code):
        raise NachbauFehler(
            f"Der Programmstand »{code}« dieser Freigabe steht in keinem git-Commit, und das installierte Programm ist "
            f"ein anderes. Erwartet: Definitionen {erwartet[:12]}…, gefunden {jetzt[:12]}…. Was tun: den Programmstand "
            "von damals installieren und den Nachbau dort wiederholen."
        )
    try:
        inhalt = subprocess.run(  # noqa: S603 - a commit id
            ["git", "-C", str(PROJEKT), "archive", "--format=tar", code],  # noqa: S607 - git from PATH
            check=True,
            capture_output=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError) as fehler:
        grund = getattr(fehler, "stderr", b"") or str(fehler).encode()
        raise NachbauFehler(
            f"Der Commit {code} lässt sich nicht holen: {grund.decode(errors='replace').strip()}. Erwartet: git und "
            "dieser Commit im Verzeichnis des Programms. Was tun: »git fetch« dort ausführen und wiederholen."
        ) from fehler
    with tarfile.open(fileobj=BytesIO(inhalt)) as archiv:
        archiv.extractall(ziel, filter="data")
    return ziel
