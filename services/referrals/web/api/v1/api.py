"""The hub's API, version 1 (contracts.md, HTTP, referrals)."""

from services.referrals.web.api.v1.acts import act_endpoints
from services.referrals.web.api.v1.claims import claim_endpoint
from services.referrals.web.api.v1.hsds import hsds_endpoints
from services.referrals.web.api.v1.others import audit_endpoint, case_endpoint, directory_endpoints
from services.referrals.web.api.v1.referrals import referral_endpoints
from services.referrals.web.api.v1.room import Room
from services.referrals.web.api.v1.services import service_endpoints
from shared.web.api import Api, Authenticate
from shared.web.limits import Limiter

VERSION = "1"


def hub_api(
    room: Room, authenticate: Authenticate, public_url: str | None, limiter: Limiter | None = None
) -> Api:
    """Every endpoint of this hub."""
    api = Api(title="Ventanilla: referrals", version=VERSION, authenticate=authenticate, public_url=public_url, limiter=limiter)
    api.add(*referral_endpoints(room), *act_endpoints(room), case_endpoint(room), *directory_endpoints(room))
    api.add(*service_endpoints(room), *hsds_endpoints(room), claim_endpoint(room), audit_endpoint(room))
    return api
