"""`hoadon lanes`: which series publish, which wait, and why."""

from typing import Annotated

import typer

from console.session import JsonOption, Session, run

app = typer.Typer(no_args_is_help=True, help="Lanes: one for each series, publishing in order.")

OneLane = Annotated[
    str | None, typer.Argument(help="environment:tax code:series, as `lanes list` shows it.", show_default=False)
]
Account = Annotated[
    str | None, typer.Option("--account", help="All lanes of this account, environment:tax code, present and future.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change; do nothing.")]
Lane = Annotated[str, typer.Argument(help="environment:tax code:series, as `lanes list` shows it.")]


@app.command("list")
def list_lanes(
    ctx: typer.Context,
    account: Annotated[str | None, typer.Option("--account", help="Only this account, environment:tax code.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the lanes with their state, what waits and since when."""

    async def work(session: Session) -> None:
        from console.lanes_view import show_lanes  # noqa: PLC0415  (drivers make --help slow)

        await show_lanes(session, account)

    run(ctx, work, as_json=as_json)


@app.command()
def show(ctx: typer.Context, lane: Lane, as_json: JsonOption = False) -> None:
    """Show one lane: why it stands, what it has in flight, the head of its queue, the next step and what to do."""

    async def work(session: Session) -> None:
        from console.lane_view import show_lane  # noqa: PLC0415  (drivers make --help slow)

        await show_lane(session, lane)

    run(ctx, work, as_json=as_json)


@app.command()
def pause(
    ctx: typer.Context,
    lane: OneLane = None,
    *,
    account: Account = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; shown to everybody who looks.")],
    resends: Annotated[
        bool, typer.Option("--resends", help="Stop resends too: what is in flight is looked up only.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Stop a lane, or all lanes of an account, from sending anything new; what is under way is settled."""

    async def work(session: Session) -> None:
        from console.lane_control import Target  # noqa: PLC0415  (drivers make --help slow)
        from console.lane_control import pause as stop  # noqa: PLC0415  (the same)

        await stop(session, Target(lane, account), reason, resends=resends, dry_run=dry_run)

    run(ctx, work)


@app.command()
def resume(ctx: typer.Context, lane: OneLane = None, *, account: Account = None, dry_run: DryRun = False) -> None:
    """Let a paused or blocked lane go on, together with its account; or an account with its lanes.

    What is in flight gets new chances: it is looked up, then one by one sent again unchanged if it is not found.
    """

    async def work(session: Session) -> None:
        from console.lane_control import Target  # noqa: PLC0415  (drivers make --help slow)
        from console.lane_control import resume as go_on  # noqa: PLC0415  (the same)

        await go_on(session, Target(lane, account), dry_run=dry_run)

    run(ctx, work)
