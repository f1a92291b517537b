"""`hoadon orders explain`, `release` and `issue`: why an order stands where it does, and a person's word on it."""

from enum import StrEnum
from typing import Annotated

import typer

from console.commands.orders import app
from console.session import JsonOption, Session, run

__all__ = ["app"]

Order = Annotated[str, typer.Argument(help="The order's name, such as #1001, or Haravan's number of it.")]
Shop = Annotated[str | None, typer.Option("--shop", help="Only in this shop.")]


class BuyerName(StrEnum):
    """Who is printed in the place of what the order says."""

    CONSUMER = "consumer"
    AS_GIVEN = "as-given"


@app.command()
def explain(
    ctx: typer.Context,
    order: Order,
    shop: Shop = None,
    *,
    misa: Annotated[
        bool, typer.Option("--misa", help="Ask meInvoice for a picture of the invoice (a link for 5 minutes).")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say why an order is (not) invoiced, why there, why this amount, and what can be done about it."""

    async def work(session: Session) -> None:
        from console.explaining import explain as tell  # noqa: PLC0415  (drivers make --help slow)

        await tell(session, order, shop, misa=misa)

    run(ctx, work, as_json=as_json)


@app.command()
def release(
    ctx: typer.Context,
    order: Order,
    shop: Shop = None,
    *,
    accept: Annotated[bool, typer.Option("--accept", help="Issue it in spite of the reason it is held for.")] = False,
    buyer: Annotated[
        BuyerName | None,
        typer.Option("--buyer", help="Sell to a consumer, or print the buyer as the order gives him, unchecked."),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="Right name of the buyer; with it the other buyer options.")] = "",
    tax_code: Annotated[str, typer.Option("--tax-code", help="His tax code.")] = "",
    address: Annotated[str, typer.Option("--address", help="His address.")] = "",
    email: Annotated[str, typer.Option("--email", help="Where the invoice is sent.")] = "",
    personal_id: Annotated[str, typer.Option("--personal-id", help="Of a person: the identity number.")] = "",
    account: Annotated[str | None, typer.Option("--account", help="The account, where the mapping gives none.")] = None,
    series: Annotated[str | None, typer.Option("--series", help="Its series; needed with --account.")] = None,
    revoke: Annotated[bool, typer.Option("--revoke", help="Take back what was decided before.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Decide about one order what the rules leave to a person; it is read again from Haravan and judged with that."""

    async def work(session: Session) -> None:
        from console.releasing import Word  # noqa: PLC0415  (drivers make --help slow)
        from console.releasing import release as let_go  # noqa: PLC0415  (the same)

        given = (name, tax_code, address, email, personal_id)
        word = Word(accept, buyer.value if buyer else "", given, account, series, revoke=revoke)
        await let_go(session, order, shop, word)

    run(ctx, work, as_json=as_json)


@app.command()
def issue(
    ctx: typer.Context,
    orders: Annotated[list[str], typer.Argument(help="Orders by name or by Haravan's number.")],
    shop: Annotated[
        str | None, typer.Option("--shop", help="Only in this shop; needed for an order that has not come in yet.")
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Issue orders now, whatever their trigger: one click at the counter. It goes through the same lane, once."""

    async def work(session: Session) -> None:
        from console.releasing import issue_now  # noqa: PLC0415  (drivers make --help slow)

        await issue_now(session, orders, shop)

    run(ctx, work, as_json=as_json)
