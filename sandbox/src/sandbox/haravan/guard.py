"""What stands before every REST resource: token, leaky bucket, scope."""

from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.control import answer
from sandbox.haravan.rate_limit import RETRY_AFTER
from sandbox.haravan.state import Haravan, bearer, haravan_of

Endpoint = Callable[[Request], Awaitable[Response]]
ShopEndpoint = Callable[[Request, str], Awaitable[Response]]


def refusal(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """An error answer in Haravan's form."""
    return answer({"errors": message}, status, headers)


def guarded(scope: str) -> Callable[[ShopEndpoint], Endpoint]:
    """Let only a known token with that scope through, within the shop's bucket; the endpoint gets the org id."""

    def decorate(endpoint: ShopEndpoint) -> Endpoint:
        @wraps(endpoint)
        async def checked(request: Request) -> Response:
            haravan = haravan_of(request)
            org_id = haravan.shops.of_token(bearer(request.headers.get("authorization")))
            if org_id is None:
                return refusal(401, "Unauthorized")
            response = _over_limit(haravan, org_id) or _out_of_scope(haravan, org_id, scope)
            response = response or await endpoint(request, org_id)
            bucket = haravan.buckets[org_id].told(haravan.options.current.bucket_size)
            response.headers["X-Haravan-Api-Call-Limit"] = bucket
            return response

        return checked

    return decorate


def _over_limit(haravan: Haravan, org_id: str) -> Response | None:
    options = haravan.options.current
    fits = haravan.buckets[org_id].take(
        haravan.basics.clock.now(), size=options.bucket_size, leak_per_second=options.bucket_leak_per_second
    )
    return None if fits else refusal(429, "Too many requests", {"Retry-After": RETRY_AFTER})


def _out_of_scope(haravan: Haravan, org_id: str, scope: str) -> Response | None:
    shop = haravan.shops.get(org_id)
    scopes = () if shop is None else shop.scopes
    granted = set(scopes) | {name.replace(".write_", ".read_") for name in scopes}
    return None if scope in granted else refusal(403, f"This action requires the scope {scope}")
