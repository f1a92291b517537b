"""`hoadon preview`: what would become of orders, from files alone."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from console.session import JsonOption, Session, run


def preview(
    ctx: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILES...",
            help="An order as Haravan sends it, a list of events of orders' lives, or JSON lines of either; - reads "
            "standard input.",
        ),
    ],
    *,
    shop: Annotated[Path, typer.Option("--shop", help="The shop's YAML file.")],
    date: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="Invoice date (Vietnam); by default today."),
    ] = None,
    catalogue: Annotated[
        list[Path] | None,
        typer.Option(
            "--catalogue",
            help="The shop's goods: CSV as `hoadon products export` writes it, or Haravan's products as JSON.",
        ),
    ] = None,
    issue: Annotated[bool, typer.Option("--issue", help="As if somebody had asked for the invoice at once.")] = False,
    consumer: Annotated[bool, typer.Option("--consumer", help="As if somebody had chosen a consumer.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Decide, route and convert orders by a shop's file: no service, broker or database is asked, nothing is sent.

    Shows the decision with its reasons, account and series, and the very body that would be sent. Of events (create,
    paid, edit, refund, cancel, in any order, with repeats) it shows every invoice that would follow, corrections
    included, each as if the one before had been issued; drafts as if they had been approved.
    """

    async def work(session: Session) -> int:
        from console.preview import Asked  # noqa: PLC0415  (drivers make --help slow)
        from console.preview import preview as show  # noqa: PLC0415  (the same)

        day = date.date() if date else None
        return show(session, Asked(files, shop, day, catalogue or [], issue=issue, consumer=consumer))

    run(ctx, work, as_json=as_json)
