"""The console as a caller of its own services."""

import json
import urllib.error
import urllib.request


def answers(url: str, token: str | None = None) -> bool:
    """Whether this address answers well."""
    request = urllib.request.Request(url, headers=_headers(token))  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def post(url: str, token: str, body: object, *, key: str) -> None:
    """Create something; ``urllib.error.HTTPError`` when it is refused."""
    request = urllib.request.Request(  # noqa: S310 - our own address
        url,
        method="POST",
        data=json.dumps(body).encode(),
        headers={**_headers(token), "Content-Type": "application/json", "Idempotency-Key": key},
    )
    urllib.request.urlopen(request, timeout=30).close()  # noqa: S310 - our own address


def _headers(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}
