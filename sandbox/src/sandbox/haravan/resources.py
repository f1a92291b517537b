"""`/com/products.json`, `/com/customers.json`, their `/count.json` and `/{id}.json`, `/com/variants/{id}.json`.

Source: Haravan "Omni API", pages products, product-variants and customer. Their largest page is not stated: 50, as of
orders. In which order `since_id` lists is not stated either: by id here.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.common import jsons
from sandbox.common.control import answer
from sandbox.haravan.filters import BadFilterError, Selection, select_resources
from sandbox.haravan.guard import guarded, refusal
from sandbox.haravan.money import written
from sandbox.haravan.resource_store import Kind, Resource
from sandbox.haravan.state import Haravan, haravan_of

_SCOPES: Final[Mapping[Kind, str]] = {"products": "com.read_products", "customers": "com.read_customers"}
_ONE: Final[Mapping[Kind, str]] = {"products": "product", "customers": "customer"}

Endpoint = Callable[[Request], Awaitable[Response]]


def _list(kind: Kind) -> Endpoint:
    @guarded(_SCOPES[kind])
    async def list_resources(request: Request, org_id: str) -> Response:
        """One page; a page shorter than `limit` is the last."""
        haravan, query = haravan_of(request), request.query_params
        try:
            selection = select_resources(org_id, kind, query, haravan.options.current)
        except BadFilterError as error:
            return refusal(400, str(error))
        rows = haravan.basics.database.rows(
            f"SELECT body FROM resources WHERE {selection.where} ORDER BY {selection.order_by} LIMIT ? OFFSET ?",  # noqa: S608  # conditions are ours, values are bound
            (*selection.values, selection.limit, selection.offset),
        )
        return answer({kind: [_shown(haravan, jsons.loads(row["body"]), query) for row in rows]})

    return list_resources


def _count(kind: Kind) -> Endpoint:
    @guarded(_SCOPES[kind])
    async def count_resources(request: Request, org_id: str) -> Response:
        """How many the same filters select."""
        haravan = haravan_of(request)
        try:
            selection = select_resources(org_id, kind, request.query_params, haravan.options.current)
        except BadFilterError as error:
            return refusal(400, str(error))
        return answer({"count": _counted(haravan, selection)})

    return count_resources


def _counted(haravan: Haravan, selection: Selection) -> Any:
    statement = f"SELECT count(*) FROM resources WHERE {selection.where}"  # noqa: S608  # conditions are ours, values are bound
    return haravan.basics.database.value(statement, selection.values)


def _get(kind: Kind) -> Endpoint:
    @guarded(_SCOPES[kind])
    async def get_resource(request: Request, org_id: str) -> Response:
        """One resource."""
        haravan = haravan_of(request)
        found = haravan.resources.get(org_id, kind, request.path_params["resource_id"])
        if found is None:
            return refusal(404, "Not Found")
        return answer({_ONE[kind]: _shown(haravan, found, request.query_params)})

    return get_resource


@guarded("com.read_products")
async def get_variant(request: Request, org_id: str) -> Response:
    """One variant."""
    haravan = haravan_of(request)
    found = haravan.resources.variant(org_id, request.path_params["variant_id"])
    if found is None:
        return refusal(404, "Not Found")
    return answer({"variant": _shown(haravan, found, request.query_params)})


def _shown(haravan: Haravan, resource: Resource, query: QueryParams) -> Resource:
    if fields := query.get("fields"):
        wanted = {name.strip() for name in fields.split(",")}
        resource = {name: value for name, value in resource.items() if name in wanted}
    styled: Resource = written(resource, haravan.options.current.rest_numbers)
    return styled


def _routes(kind: Kind) -> list[Route]:
    return [
        Route(f"/com/{kind}.json", _list(kind), methods=["GET"]),
        Route(f"/com/{kind}/count.json", _count(kind), methods=["GET"]),
        Route(f"/com/{kind}/{{resource_id:int}}.json", _get(kind), methods=["GET"]),
    ]


ROUTES = [
    *_routes("products"),
    *_routes("customers"),
    Route("/com/variants/{variant_id:int}.json", get_variant, methods=["GET"]),
]
