"""`hoadon exchanges`: every request to Haravan and meInvoice with its answer."""

from datetime import datetime
from typing import Annotated

import typer

from console.session import MOMENT_FORMATS, JsonOption, LimitOption, Session, run

app = typer.Typer(no_args_is_help=True, help="Exchanges: every request to a vendor with its answer, for a time.")


@app.command("list")
def list_exchanges(
    ctx: typer.Context,
    *,
    shop: Annotated[str | None, typer.Option("--shop", help="Only of this shop.")] = None,
    order: Annotated[str | None, typer.Option("--order", help="Only about this order: name or number.")] = None,
    ref_id: Annotated[str | None, typer.Option("--ref-id", help="Only about this invoice.")] = None,
    lane: Annotated[str | None, typer.Option("--lane", help="Only of this lane.")] = None,
    trace: Annotated[str | None, typer.Option("--trace", help="Only of this trace.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=MOMENT_FORMATS, help="Begun on or after this day or time (Vietnam).")
    ] = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List exchanges, newest first, without their bodies."""

    async def work(session: Session) -> None:
        from console.exchanges_view import Asked, show_exchanges  # noqa: PLC0415  (drivers make --help slow)

        await show_exchanges(session, Asked(shop, order, ref_id, lane, trace, since), limit)

    run(ctx, work, as_json=as_json)


@app.command()
def show(
    ctx: typer.Context,
    exchange: Annotated[str, typer.Argument(help="Its id, as `exchanges list` shows it.")],
    personal_data: Annotated[
        bool, typer.Option("--personal-data", help="Show the buyers' data and long texts, too.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show one exchange with its bodies. Buyers' data are masked unless asked for; tokens are never kept."""

    async def work(session: Session) -> None:
        from console.exchanges_view import show_exchange  # noqa: PLC0415  (drivers make --help slow)

        await show_exchange(session, exchange, personal_data=personal_data)

    run(ctx, work, as_json=as_json)
