"""`hoadon drafts`: invoices that wait for a person's approval."""

from datetime import datetime
from typing import Annotated

import typer

from console.session import JsonOption, LimitOption, Session, run

app = typer.Typer(no_args_is_help=True, help="Drafts: invoices that wait for approval; nothing of them was sent yet.")

Names = Annotated[list[str] | None, typer.Argument(help="RefID of a draft, or an order's name: all its drafts.")]
Shop = Annotated[str | None, typer.Option("--shop", help="Only in this shop.")]
All = Annotated[bool, typer.Option("--all", help="All drafts that the other options leave, oldest first.")]
UpTo = Annotated[int | None, typer.Option("--up-to", min=0, help="Only drafts of at most this many đồng.")]
Kind = Annotated[str | None, typer.Option("--kind", help="Only sale, adjust or replace.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what will happen; do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command("list")
def list_drafts(
    ctx: typer.Context,
    *,
    shop: Shop = None,
    kind: Kind = None,
    up_to: UpTo = None,
    dismissed: Annotated[bool, typer.Option("--dismissed", help="Those that were dismissed instead.")] = False,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List drafts, oldest first, with what each comes to and why it was made."""

    async def work(session: Session) -> None:
        from console.drafts import Wanted, show_drafts  # noqa: PLC0415  (drivers make --help slow)

        await show_drafts(session, Wanted((), shop, kind, up_to, every=True, limit=limit), dismissed=dismissed)

    run(ctx, work, as_json=as_json)


@app.command()
def approve(
    ctx: typer.Context,
    drafts: Names = None,
    *,
    shop: Shop = None,
    kind: Kind = None,
    up_to: UpTo = None,
    every: All = False,
    agreement_number: Annotated[
        str | None,
        typer.Option("--agreement-number", help="Of the written agreement about an error in a company's invoice."),
    ] = None,
    agreement_date: Annotated[
        datetime | None, typer.Option("--agreement-date", formats=["%Y-%m-%d"], help="When it was signed.")
    ] = None,
    limit: LimitOption = 500,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: JsonOption = False,
) -> None:
    """Let drafts go out, in the order they were made. Each is issued once, whoever else approves it, too."""

    async def work(session: Session) -> int:
        from console.corrections import agreement_of  # noqa: PLC0415  (drivers make --help slow)
        from console.drafts import Wanted  # noqa: PLC0415  (the same)
        from console.drafts import approve as let_go  # noqa: PLC0415  (the same)

        wanted = Wanted(tuple(drafts or ()), shop, kind, up_to, every=every, limit=limit)
        agreement = agreement_of(agreement_number, agreement_date)
        return await let_go(session, wanted, agreement, dry_run=dry_run, yes=yes)

    run(ctx, work, as_json=as_json)


@app.command()
def dismiss(
    ctx: typer.Context,
    drafts: Names = None,
    *,
    shop: Shop = None,
    as_json: JsonOption = False,
) -> None:
    """Keep drafts from going out as they are; should the order change, what it then asks for is a new draft."""

    async def work(session: Session) -> int:
        from console.drafts import Wanted  # noqa: PLC0415  (drivers make --help slow)
        from console.drafts import dismiss as drop  # noqa: PLC0415  (the same)

        return await drop(session, Wanted(tuple(drafts or ()), shop, None, None, every=False, limit=500))

    run(ctx, work, as_json=as_json)
