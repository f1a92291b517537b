"""What an intent is labelled with, so that people find it and results can name its order."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.commands import CorrectInvoice, PublishInvoice


@dataclass(frozen=True, slots=True)
class Labels:
    """The order behind an intent."""

    shop: str
    org_id: int
    order_id: int
    order_name: str
    kind: str
    original: str | None = None
    """Of a correction: the original's lookup code (`TransactionID`)."""
    cause: str | None = None
    """Of a correction: `error` or `return`."""

    def to_mapping(self) -> Mapping[str, str]:
        """The labels as the lane engine keeps them."""
        corrected = {"original": self.original, "cause": self.cause or ""} if self.original else {}
        return {
            "shop": self.shop,
            "org": str(self.org_id),
            "order": str(self.order_id),
            "order_name": self.order_name,
            "kind": self.kind,
            **corrected,
        }

    @classmethod
    def from_mapping(cls, labels: Mapping[str, str]) -> "Labels":
        """Read what `to_mapping` wrote."""
        return cls(
            shop=labels["shop"],
            org_id=int(labels["org"]),
            order_id=int(labels["order"]),
            order_name=labels["order_name"],
            kind=labels["kind"],
            original=labels.get("original"),
            cause=labels.get("cause"),
        )

    @classmethod
    def of(cls, command: PublishInvoice) -> "Labels":
        """The labels of a command's intent."""
        correction = command if isinstance(command, CorrectInvoice) else None
        return cls(
            shop=command.shop,
            org_id=command.org_id,
            order_id=command.order_id,
            order_name=command.order_name,
            kind=command.kind,
            original=correction.original.lookup_code if correction else None,
            cause=correction.cause if correction else None,
        )
