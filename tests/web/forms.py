"""The plain form of /report, as a browser without scripts sends it."""

from __future__ import annotations

import re
from typing import Any

FORM = {
    "service": "pothole",
    "kelurahan": "15.71.08.1006",
    "description": "Lubang besar di tengah jalan",
    "landmark": "Depan sekolah",
}


def token(client: Any) -> str:
    """The form's token in this client's session."""
    page = client.get("/report").get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "the form has no token"
    return found[1]
