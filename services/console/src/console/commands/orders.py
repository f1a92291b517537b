"""`hoadon orders`: what became of each order, and why."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from console.session import JsonOption, LimitOption, Session, run

app = typer.Typer(no_args_is_help=True, help="Orders: what became of each, and why.")

DAY = ["%Y-%m-%d"]


class OrderState(StrEnum):
    """How far an order has come: the decision on it, or what became of its invoice."""

    PLANNED = "planned"
    DRAFT = "draft"
    WAITING = "waiting"
    SKIPPED = "skipped"
    HELD = "held"
    ISSUED = "issued"
    REJECTED = "rejected"
    PENDING = "pending"


@app.command("list")
def list_orders(
    ctx: typer.Context,
    *,
    shop: Annotated[str | None, typer.Option("--shop", help="Only this shop.")] = None,
    state: Annotated[OrderState | None, typer.Option("--state", help="Only orders in this state.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Only this reason's code, e.g. does-not-tie.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=DAY, help="Updated on or after this day (Vietnam).")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=DAY, help="Updated on or before this day (Vietnam).")
    ] = None,
    attention: Annotated[bool, typer.Option("--attention", help="Only orders a person has to look at.")] = False,
    limit: LimitOption = 50,
    skip: Annotated[int, typer.Option("--skip", min=0, help="Leave out this many first.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """List orders, newest change first."""

    async def work(session: Session) -> None:
        from console.orders_view import Asked, show_orders  # noqa: PLC0415  (drivers make --help slow)

        asked = Asked(shop, state.value if state else None, reason, since, until, attention=attention)
        await show_orders(session, asked, limit=limit, skip=skip)

    run(ctx, work, as_json=as_json)


@app.command()
def recheck(
    ctx: typer.Context,
    *,
    orders: Annotated[list[str] | None, typer.Argument(help="Orders by name or by Haravan's number.")] = None,
    shop: Annotated[str | None, typer.Option("--shop", help="Only in this shop.")] = None,
    held: Annotated[bool, typer.Option("--held", help="All orders that are held.")] = False,
    waiting: Annotated[bool, typer.Option("--waiting", help="All orders that wait.")] = False,
    reason: Annotated[str | None, typer.Option("--reason", help="Of those only this reason's code.")] = None,
    limit: LimitOption = 500,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show which orders it would be.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read orders again from Haravan and judge them by the rules of now; what has an invoice gets no second one."""

    async def work(session: Session) -> None:
        from console.orders_view import Asked  # noqa: PLC0415  (drivers make --help slow)
        from console.recheck import Wanted  # noqa: PLC0415  (the same)
        from console.recheck import recheck as ask  # noqa: PLC0415  (the same)

        chosen = [state for state, wanted in ((OrderState.HELD, held), (OrderState.WAITING, waiting)) if wanted]
        asked = [Asked(shop, state.value, reason) for state in chosen]
        await ask(session, Wanted(orders or [], shop, asked), limit=limit, dry_run=dry_run)

    run(ctx, work, as_json=as_json)


@app.command()
def show(
    ctx: typer.Context,
    order: Annotated[str, typer.Argument(help="The order's name, such as #1001, or Haravan's number of it.")],
    shop: Annotated[str | None, typer.Option("--shop", help="Only in this shop.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show one order: the decision with its reason and facts, and its invoices."""

    async def work(session: Session) -> None:
        from console.orders_view import show_order  # noqa: PLC0415  (drivers make --help slow)

        await show_order(session, order, shop)

    run(ctx, work, as_json=as_json)
