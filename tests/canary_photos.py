"""Photos as telephones take them: with position, time, serial number and words inside."""

from __future__ import annotations

import base64
import io
import random
from typing import Any
from urllib.parse import urljoin

import requests
from PIL import Image

from tests.canary_marks import Marks

_EXIF, _GPS = 0x8769, 0x8825
TAKEN, TAKEN_ISO = "2026:06:14 03:17:42", "03:17:42"


def telephone_photo(marks: Marks, report: str, lon: float, lat: float) -> bytes:
    """A JPEG of *report*; everything its camera noted is a mark."""
    noise = random.Random(f"{report} {lon} {lat}")  # no two alike: photos are kept by content
    picture = Image.frombytes("RGB", (64, 48), noise.randbytes(64 * 48 * 3)).resize((640, 480))
    exif = Image.Exif()
    exif[0x010E] = marks.word("EXIF", report)  # ImageDescription
    exif[0x013B] = marks.word("EXIF", report)  # Artist
    exif[0x0132] = TAKEN
    exif[0x010F] = marks.word("EXIF", report)  # Make
    exif.get_ifd(_EXIF).update(
        {
            0x9003: TAKEN,
            0x9286: b"ASCII\0\0\0" + marks.word("EXIF", report).encode(),  # UserComment
            0xA431: marks.word("EXIF", report),  # BodySerialNumber
        }
    )
    exif.get_ifd(_GPS).update(
        {1: "N" if lat >= 0 else "S", 2: _sexagesimal(lat), 3: "E", 4: _sexagesimal(lon)}
    )
    marks.place("EXIF position", report, lon, lat)
    file = io.BytesIO()
    picture.save(
        file, "JPEG", exif=exif, comment=marks.word("EXIF", report).encode(),
        xmp=f"<x:xmpmeta>{marks.word('EXIF', report)}</x:xmpmeta>".encode(),
    )  # fmt: skip
    return file.getvalue()


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    whole = abs(degrees)
    minutes = whole % 1 * 60
    return float(int(whole)), float(int(minutes)), round(minutes % 1 * 60, 6)


def upload(site: str, marks: Marks, report: str, photo: bytes) -> tuple[str, dict[str, Any]]:
    """Send *photo* as tus clients do, its file's name with it; its id and what was told of it."""
    name = f"{marks.word('file name', report)}.jpg"
    begun = requests.post(
        f"{site}/api/v1/photos",
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(photo)),
            "Upload-Metadata": f"filename {base64.b64encode(name.encode()).decode()}",
        },
        timeout=30,
    )
    assert begun.status_code == 201, begun.text
    where = urljoin(site, begun.headers["Location"])
    sent = requests.patch(
        where, data=photo, timeout=60,
        headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "0",
                 "Content-Type": "application/offset+octet-stream"},
    )  # fmt: skip
    assert sent.status_code == 204, sent.text
    told = requests.get(where, timeout=30).json()
    assert told["state"] == "kept", told
    return told["id"], told
