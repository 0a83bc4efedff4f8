"""What sets are called that the program named itself, in the reader's language."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from geoapp.web.set_names import set_name

NAMES = {
    "Kelurahan BIG 2026": ("Kelurahan BIG 2026", "Kelurahan BIG 2026"),
    "BIG 2026 (cleaned)": ("BIG 2026 (dirapikan)", "BIG 2026 (cleaned)"),
    "draft-2026-11-22": ("rancangan 22 Nov 2026", "draft of 22 Nov 2026"),
    "approximate-1": ("perkiraan-1", "approximate-1"),
    "approximate-1 (copy 2026-05-02)": (
        "perkiraan-1 (salinan 2 Mei 2026)",
        "approximate-1 (copy 2 May 2026)",
    ),
    "BIG (cleaned) (copy 2026-05-02, 2)": (
        "BIG (dirapikan) (salinan 2 Mei 2026, 2)",
        "BIG (cleaned) (copy 2 May 2026, 2)",
    ),
    "100% (50%)": ("100% (50%)", "100% (50%)"),
    "draft-2026-99-99": ("rancangan 2026-99-99", "draft of 2026-99-99"),
}


@pytest.mark.parametrize("stored", NAMES)
def test_a_set_is_called_in_the_reader_s_language(module_app, stored):
    with module_app.test_request_context("/"):
        for language, told in zip(("id", "en"), NAMES[stored], strict=True):
            with force_locale(language):
                assert set_name(stored) == told


def test_no_set_has_no_name(module_app):
    assert set_name(None) == ""
