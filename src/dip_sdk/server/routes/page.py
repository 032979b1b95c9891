"""`/`: the page for people who have a browser and no notebook. It asks the API like any client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent.parent / "static"
"""Where the built page lies; it is made from `jupyter_ext`, and part of the wheel."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",  # charts as pictures
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",  # forms are sent by the script
        "frame-ancestors 'none'",
    )
)
"""What the page may do: run and load what this server gives it, and nothing else."""
FOREVER = "public, max-age=31536000, immutable"
"""For files whose names change with what is in them."""
NOT_BUILT = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>DIP</title>
<h1>DIP answers here</h1>
<p>Notebooks and programs can ask this server at /api/v1.
<p>The page for browsers is not in this installation. In a clone of the project, make it with
<code>make panel</code>; it needs Node 20 or newer. An installed wheel has it.
</html>
"""

router = APIRouter(include_in_schema=False)


class Assets(StaticFiles):
    """The page's scripts and styles."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        response = super().file_response(*args, **options)
        response.headers["Cache-Control"] = FOREVER
        return response


@router.api_route("/", methods=["GET", "HEAD"])
@router.api_route("/login", methods=["GET", "HEAD"])
async def page() -> HTMLResponse:
    """The same file wherever one is in it. It names the rest, so it is asked for anew each time."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    index = STATIC / "index.html"
    text = index.read_text(encoding="utf-8") if index.is_file() else NOT_BUILT
    return HTMLResponse(text, headers=headers)


def install(app: FastAPI) -> None:
    """Serve the page and its files."""
    app.include_router(router)
    app.mount("/assets", GZipMiddleware(Assets(directory=STATIC / "assets", check_dir=False)))
