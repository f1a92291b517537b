"""The commands of `hoadon` and what they share. Nothing heavy is imported here: `--help` must be quick."""

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import typer

from console.commands import (
    config,
    corrections,
    customers,
    dead_letters,
    drafts,
    exchanges,
    lanes,
    preview,
    products,
    releases,
    status,
)
from console.texts import Language


class LanguageName(StrEnum):
    """The languages that hoadon speaks."""

    VI = "vi"
    EN = "en"


app = typer.Typer(
    name="hoadon",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Orders of Haravan shops as MISA meInvoice e-invoices.\n\n"
    "Exit codes: 0 done; 1 something was found wrong, or not found; 2 wrong usage, or MongoDB or Kafka away.",
)
app.add_typer(config.app, name="config")
app.command("status")(status.status)
app.command("preview")(preview.preview)
app.add_typer(releases.app, name="orders")  # those of `orders`, with what a person decides
app.add_typer(drafts.app, name="drafts")
app.add_typer(corrections.app, name="invoices")  # those of `invoices`, with the corrections
app.add_typer(products.app, name="products")
app.add_typer(customers.app, name="customers")
app.add_typer(lanes.app, name="lanes")
app.add_typer(exchanges.app, name="exchanges")
app.add_typer(dead_letters.app, name="dead-letters")


@app.callback()
def settle_language(
    ctx: typer.Context,
    lang: Annotated[
        LanguageName | None, typer.Option("--lang", help="vi or en; by default the locale's, else vi.")
    ] = None,
) -> None:
    """Decide which language the answer is in."""
    ctx.obj = lang.value if lang else language_of(os.environ)


def language_of(environment: Mapping[str, str]) -> Language:
    """Return English for an English locale, Vietnamese for every other."""
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "en" if locale.lower().startswith("en") else "vi"
