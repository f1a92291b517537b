"""What an intent is labelled with, so that people find it and results can name its order."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.commands import IssueInvoice


@dataclass(frozen=True, slots=True)
class Labels:
    """The order behind an intent."""

    shop: str
    org_id: int
    order_id: int
    order_name: str
    kind: str

    def to_mapping(self) -> Mapping[str, str]:
        """The labels as the lane engine keeps them."""
        return {
            "shop": self.shop,
            "org": str(self.org_id),
            "order": str(self.order_id),
            "order_name": self.order_name,
            "kind": self.kind,
        }

    @classmethod
    def from_mapping(cls, labels: Mapping[str, str]) -> "Labels":
        """Read what `to_mapping` wrote."""
        return cls(labels["shop"], int(labels["org"]), int(labels["order"]), labels["order_name"], labels["kind"])

    @classmethod
    def of(cls, command: IssueInvoice) -> "Labels":
        """The labels of a command's intent."""
        return cls(command.shop, command.org_id, command.order_id, command.order_name, command.kind)
