"""What every response carries: nothing is kept, nothing is loaded from elsewhere, and little goes over the line."""

import gzip
from typing import Final

from flask import Flask, Response, request

from shared.web.assets import takes_gzip

SECURITY: Final = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HTTPS_ONLY: Final = "max-age=31536000"
"""A year: who was here by HTTPS once is never taken to plain HTTP again. Browsers heed it for names, not for numbers."""
WORTH_SQUEEZING: Final = 600
"""Bytes; below that gzip saves less than a packet."""
_TEXTS: Final = ("text/", "application/json", "application/problem+json", "image/svg+xml")


def mount(app: Flask) -> None:
    """Set them on every response of ``app``."""
    app.after_request(_keep_nothing)
    app.after_request(_squeeze)


def _keep_nothing(response: Response) -> Response:
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = HTTPS_ONLY
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
        response.vary.update(["Accept-Language", "Authorization", "Cookie"])
    return response


def _squeeze(response: Response) -> Response:
    if response.is_streamed or response.direct_passthrough or "Content-Encoding" in response.headers:
        return response
    if not response.content_type or not response.content_type.startswith(_TEXTS):
        return response
    response.vary.add("Accept-Encoding")
    plain = response.get_data()
    if len(plain) >= WORTH_SQUEEZING and takes_gzip(request):
        response.set_data(gzip.compress(plain, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
