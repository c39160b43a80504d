"""``sozialraum ablegen``: one file that somebody names.

Belongs here: the name under which commands find it. Does not belong here: the work, which the watched folder does as
well (``handablage``).
"""

from pipelines.handablage import pruefe_und_lege_ab

__all__ = ["pruefe_und_lege_ab"]
