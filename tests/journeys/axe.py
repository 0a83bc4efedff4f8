"""What axe-core finds on a page as it stands."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _source() -> str:
    if not AXE.exists():
        pytest.skip("missing tool: axe-core (npm ci)")
    return AXE.read_text(encoding="utf-8")


def serious_faults(page: Any) -> list[str]:
    """Faults that axe calls serious or critical: rule, what it says, the first places.

    The script is put in by the browser's own console, which no content policy hinders.
    """
    page.evaluate(_source())
    found = page.evaluate(
        "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: "
        "['violations']})",
        TAGS,
    )
    return [
        f"{fault['id']}: {fault['help']}: "
        + " | ".join(f"{node['target']} {node['html'][:120]}" for node in fault["nodes"][:4])
        for fault in found["violations"]
        if fault["impact"] in {"serious", "critical"}
    ]
