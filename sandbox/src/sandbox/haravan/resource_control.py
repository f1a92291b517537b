"""The control API's products and customers: put, change and delete them as the shop's own doing, with webhooks."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.common.control import BadRequestError, answer, read_object
from sandbox.haravan.resource_store import Kind, Resource
from sandbox.haravan.state import Haravan, haravan_of
from sandbox.haravan.webhooks import Event, send


def _kind(request: Request) -> Kind:
    """What the path is about: `/_sandbox/shops/ORG/KIND…`."""
    return "products" if request.url.path.split("/")[4] == "products" else "customers"


def _put(request: Request, resource_id: int, given: Resource) -> Resource:
    org_id, kind = request.path_params["org_id"], _kind(request)
    try:
        return haravan_of(request).resources.put(org_id, kind, resource_id, given)
    except (TypeError, ValueError) as error:
        raise BadRequestError(str(error)) from error


async def put_resource(request: Request) -> Response:
    """Store a product or customer; `?notify=products/create` sends it at once."""
    return _stored(request, await read_object(request))


async def put_resources(request: Request) -> Response:
    """Store several, under `products` or `customers`, each with its id; nobody is told."""
    kind, given = _kind(request), (await read_object(request)).get(_kind(request))
    if not isinstance(given, list) or not all(isinstance(each, dict) and _is_id(each.get("id")) for each in given):
        raise BadRequestError(f"{kind}: a list of objects with an id each is needed")
    for each in given:
        _put(request, each["id"], each)
    return answer({"stored": len(given)})


async def patch_resource(request: Request) -> Response:
    """Change top-level fields; `updated_at` becomes now unless it is given."""
    changes, before = await read_object(request), _get(request)
    if before is None:
        return answer({"error": "there is none of that id"}, 404)
    return _stored(request, before | {"updated_at": None} | changes)


async def delete_resource(request: Request) -> Response:
    """Delete it; `?notify=products/deleted` sends its id."""
    resource_id = request.path_params["resource_id"]
    if not haravan_of(request).resources.delete(request.path_params["org_id"], _kind(request), resource_id):
        return answer({"error": "there is none of that id"}, 404)
    return answer({"deliveries": _notify(request, {"id": resource_id})})


async def get_resource(request: Request) -> Response:
    """A product or customer as it was put."""
    found = _get(request)
    return answer({"error": "there is none of that id"}, 404) if found is None else answer(found)


async def list_resources(request: Request) -> Response:
    """All products or customers of a shop."""
    kind = _kind(request)
    return answer({kind: haravan_of(request).resources.all_of(request.path_params["org_id"], kind)})


def _get(request: Request) -> Resource | None:
    haravan: Haravan = haravan_of(request)
    return haravan.resources.get(request.path_params["org_id"], _kind(request), request.path_params["resource_id"])


def _stored(request: Request, given: Resource) -> Response:
    stored = _put(request, request.path_params["resource_id"], given)
    return answer({_kind(request)[:-1]: stored, "deliveries": _notify(request, stored)})


def _notify(request: Request, body: Resource) -> list[int]:
    topic = request.query_params.get("notify")
    return send(haravan_of(request), request.path_params["org_id"], Event(topic=topic, body=body)) if topic else []


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _routes(kind: Kind) -> list[Route]:
    every = f"/_sandbox/shops/{{org_id}}/{kind}"
    one = f"{every}/{{resource_id:int}}"
    return [
        Route(every, list_resources, methods=["GET"]),
        Route(every, put_resources, methods=["PUT"]),
        Route(one, put_resource, methods=["PUT"]),
        Route(one, patch_resource, methods=["PATCH"]),
        Route(one, delete_resource, methods=["DELETE"]),
        Route(one, get_resource, methods=["GET"]),
    ]


ROUTES = [*_routes("products"), *_routes("customers")]
