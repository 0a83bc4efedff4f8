"""The sentences of readers and use cases by their form; `%(…)s` stands for what they name."""

from __future__ import annotations

from flask_babel import lazy_gettext

OPTIONS = {
    "--crs": lazy_gettext("“Coordinate system”"),
    "--code-field": lazy_gettext("“Column with the codes”"),
    "--name-field": lazy_gettext("“Column with the names”"),
    "--parent-field": lazy_gettext("“Column with the code of the kecamatan”"),
    "--parent-name-field": lazy_gettext("“Column with the name of the kecamatan”"),
    "--admin-level": lazy_gettext("“Level of an OpenStreetMap extract”"),
    "--merge-duplicates": lazy_gettext("“Several shapes with the same code”"),
    "--leave-out-refused": lazy_gettext("“Leave out areas that cannot be repaired”"),
    "--other-codes": lazy_gettext("“Most codes are others, and that is right”"),
}
"""What the form calls the options of the command."""

SENTENCES: tuple[str, ...] = ()
