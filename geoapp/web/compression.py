"""Smaller answers: gzip for texts and tiles above a kilobyte, where the asker takes it."""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

LEAST_BYTES = 1024
LEVEL = 5
"""Two thirds of the time of level 6 for JSON that is hardly larger."""

MEDIA = {
    "application/json",
    "application/geo+json",
    "application/vnd.mapbox-vector-tile",
    "application/manifest+json",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
}


def register(app: Flask) -> None:
    """Compress what the application answers."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """*response*, its body compressed when that is worth it; streams are left alone.

    Its ETag becomes a weak one: the same content in another coding.
    """
    if response.mimetype not in MEDIA or (response.is_streamed and not response.direct_passthrough):
        return response
    response.vary.add("Accept-Encoding")
    if (
        response.status_code != 200
        or "Content-Encoding" in response.headers
        or "Content-Range" in response.headers
        or request.accept_encodings["gzip"] <= 0
    ):
        return response
    response.direct_passthrough = False  # files are read to be compressed
    body = response.get_data()
    if len(body) < LEAST_BYTES:
        return response
    response.set_data(gzip.compress(body, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    etag, weak = response.get_etag()
    if etag is not None and not weak:
        response.set_etag(etag, weak=True)
    return response
