"""Fetches a remote file: https:// with the standard library, buckets with obstore."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from ..types.errors import ConnectionFailed, DataError, TimedOut

CHUNK = 1 << 20
TIMEOUT = 60.0
"""Seconds without a byte."""
BUCKETS = ("s3", "gs", "az")
LOOPBACK = ("localhost", "127.0.0.1", "::1")

Body: TypeAlias = tuple[int | None, Iterable[bytes]]
"""The size, where the server tells it, and the content in chunks."""


def is_url(text: str) -> bool:
    """`scheme://...`; a Windows drive has no `//`."""
    return "://" in text


def shown(url: str) -> str:
    """The URL without what may be secret in it: user, password, query, fragment."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def file_name(url: str) -> str:
    """The last part of the path, or the host."""
    parts = urlsplit(url)
    return unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.netloc


@contextmanager
def opened(url: str) -> Iterator[Body]:
    """The content at `url`; raises `DataError` or, when it is not reached, `ConnectionFailed`."""
    parts = urlsplit(url)
    if parts.scheme in BUCKETS:
        with _bucket_errors(shown(url)):
            yield _from_bucket(url)
    elif parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        with _http_errors(shown(url)), urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310
            size = answer.headers.get("Content-Length")
            yield (int(size) if size else None), iter(lambda: answer.read(CHUNK), b"")
    else:
        hint = (
            "Use https://." if parts.scheme == "http" else "Give a path, https:// or s3://, gs://."
        )
        raise DataError(f"{parts.scheme}:// addresses are not fetched.", hint=hint, file=shown(url))


@contextmanager
def _http_errors(url: str) -> Iterator[None]:
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        raise _answered(url, error.code) from None
    except TimeoutError as error:
        raise TimedOut(f"{url} did not answer in time.", hint="Try again later.") from error
    except (urllib.error.URLError, OSError) as error:
        raise _unreachable(url) from error


def _answered(url: str, status: int) -> DataError | ConnectionFailed:
    if status in (404, 410):
        return _absent(url)
    if status in (401, 403):
        return _refused(url, "Download it with your browser and upload the file.")
    return ConnectionFailed(f"{url} answered with status {status}.", hint="Try again later.")


def _from_bucket(url: str) -> Body:
    import obstore
    from obstore.store import from_url

    store = from_url(url, retry_config={"max_retries": 2})
    answer = obstore.get(store, "")
    chunks = (bytes(chunk) for chunk in answer.stream(min_chunk_size=CHUNK))
    return answer.meta["size"], chunks


@contextmanager
def _bucket_errors(url: str) -> Iterator[None]:
    from obstore import exceptions

    signed = "Give credentials in the environment, or set AWS_SKIP_SIGNATURE=true for public data."
    try:
        yield
    except (exceptions.NotFoundError, FileNotFoundError) as error:
        raise _absent(url) from error
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
        raise _refused(url, signed) from error
    except exceptions.BaseError as error:
        raise _unreachable(url, signed) from error


def _absent(url: str) -> DataError:
    return DataError(
        f"There is no file at {url}.", hint="Check the address.", file=url, code="not_found"
    )


def _refused(url: str, hint: str) -> DataError:
    return DataError(f"You are not allowed to read {url}.", hint=hint, file=url, code="not_allowed")


def _unreachable(
    url: str, hint: str = "Check the address and your connection."
) -> ConnectionFailed:
    return ConnectionFailed(f"{url} cannot be reached.", hint=hint)
