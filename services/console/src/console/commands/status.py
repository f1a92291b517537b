"""`hoadon status`: the whole system at a glance."""

import typer

from console.session import JsonOption, Session, run


def status(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Show what is reachable, how many orders and invoices are in which state, lanes, and what is held and why.

    Services are asked at HOADON_SERVICE_URLS (name=url, comma-separated), if it is set.
    """

    async def work(session: Session) -> int:
        from console.status_view import show_status  # noqa: PLC0415  (drivers make --help slow)

        return await show_status(session)

    run(ctx, work, as_json=as_json)
