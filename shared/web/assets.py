"""Static files under names that hold a digest of their content, so that a browser may keep them for good."""

import gzip
import hashlib
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Request, Response, request
from werkzeug.exceptions import NotFound

FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file, read and compressed once."""

    name: str
    content_type: str
    plain: bytes
    squeezed: bytes


class Assets:
    """The static files of some folders; a name must be unique among them."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._by_address: dict[str, Asset] = {}
        self._address_of: dict[str, str] = {}
        for folder in folders:
            for path in sorted(folder.iterdir()):
                self._take(path)

    def address(self, name: str) -> str:
        """The address of ``ui.css`` as pages link it; KeyError for a file that is not there."""
        return "/static/" + self._address_of[name]

    def mount(self, app: Flask) -> None:
        """Serve them in ``app`` and give templates the function ``asset``."""
        app.jinja_env.globals["asset"] = self.address
        app.add_url_rule("/static/<name>", endpoint="static", view_func=self._serve)

    def _take(self, path: Path) -> None:
        plain = path.read_bytes()
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        address = f"{path.stem}.{hashlib.sha256(plain).hexdigest()[:12]}{path.suffix}"
        charset = "; charset=utf-8" if kind.startswith("text/") else ""
        self._by_address[address] = Asset(path.name, kind + charset, plain, gzip.compress(plain, 9, mtime=0))
        self._address_of[path.name] = address

    def _serve(self, name: str) -> Response:
        asset = self._by_address.get(name)
        if asset is None:
            raise NotFound
        squeeze = takes_gzip(request) and len(asset.squeezed) < len(asset.plain)
        response = Response(asset.squeezed if squeeze else asset.plain, content_type=asset.content_type)
        if squeeze:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = FOREVER
        return response


def takes_gzip(asked: Request) -> bool:
    """Whether the caller accepts gzip."""
    return asked.accept_encodings["gzip"] > 0
