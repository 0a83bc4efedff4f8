"""Photos on an S3-compatible server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from geoapp.errors import NotFound, StorageUnavailable
from geoapp.media.storage import Stored, check_key

_PROBE = "probe"


class S3Storage:
    """A `Storage` in a bucket that is there already, below a prefix.

    Keys of the account come as boto3 finds them: ``AWS_*`` variables, a profile, or the
    machine's own role.
    """

    def __init__(self, bucket: str, prefix: str = "", *, endpoint: str | None = None) -> None:
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            config=Config(
                connect_timeout=3,
                read_timeout=10,
                retries={"max_attempts": 2, "mode": "standard"},
                # Other makers' servers know neither virtual hosts nor the newest checksums.
                s3={"addressing_style": "path"} if endpoint else {},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def put(self, key: str, data: bytes) -> None:
        """See `Storage.put`."""
        with _reported("written"):
            self._client.put_object(Bucket=self._bucket, Key=self._named(key), Body=data)

    def get(self, key: str) -> bytes:
        """See `Storage.get`."""
        with _reported("read"):
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=self._named(key))
            except ClientError as problem:
                if problem.response.get("Error", {}).get("Code") == "NoSuchKey":
                    raise NotFound("The storage holds no such file.", "") from problem
                raise
            data: bytes = found["Body"].read()
            return data

    def delete(self, key: str) -> None:
        """See `Storage.delete`."""
        with _reported("written"):
            self._client.delete_object(Bucket=self._bucket, Key=self._named(key))

    def keys(self, prefix: str = "") -> Iterator[Stored]:
        """See `Storage.keys`."""
        with _reported("read"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix + prefix
            )
            for page in pages:
                for found in page.get("Contents", ()):
                    key = found["Key"].removeprefix(self._prefix)
                    yield Stored(key, found["Size"], found["LastModified"])

    def tidy(self, before: datetime) -> int:
        """See `Storage.tidy`: what is put here in one request is there whole or not at all."""
        _ = before
        return 0

    def check(self) -> int | None:
        """See `Storage.check`."""
        self.put(_PROBE, b"can be written")
        self.delete(_PROBE)
        return None

    def _named(self, key: str) -> str:
        return self._prefix + check_key(key)


@contextmanager
def _reported(verb: str) -> Iterator[None]:
    """What the server refuses, or its silence, as the error of this program."""
    try:
        yield
    except (BotoCoreError, ClientError) as problem:
        raise StorageUnavailable(
            f"Photos can't be {verb} right now.", "Send the same request again."
        ) from problem
