"""What a person decided about one order that the rules leave to a person."""

from dataclasses import dataclass
from typing import Final, Literal

from invoicing.mapping import Target
from invoicing.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBuyer:
    """A buyer as the accountant has him: printed as given; empty texts are left out."""

    name: str = ""
    tax_code: str = ""
    address: str = ""
    emails: tuple[str, ...] = ()
    personal_id: str = ""
    full_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A person's word on one order; nothing of it holds for any other.

    Attributes:
        issue: issue now, whatever the trigger says (one click, `manual`, before the start date).
        accepts: reasons to hold that the person has seen and takes upon himself.
        buyer: `consumer` sells to a consumer, `as-given` prints the order's data unchecked, else who is printed.
        target: the account and series, where the mapping gives no answer.
        by: who decided, for the record.
    """

    issue: bool = False
    accepts: frozenset[Reason] = frozenset()
    buyer: Literal["", "consumer", "as-given"] | GivenBuyer = ""
    target: Target | None = None
    by: str = ""

    def passes(self, reason: Reason) -> bool:
        """Whether the person took this reason upon himself."""
        return reason in self.accepts


NOTHING: Final = Release()
"""Nobody said anything."""
