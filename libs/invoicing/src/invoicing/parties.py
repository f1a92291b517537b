"""Who ordered and who is billed, as Haravan has them; printed only where a shop's aliases say so."""

from dataclasses import dataclass, field

from invoicing.reading import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """The shop's customer; marketplaces mask his names."""

    id: int | None
    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    email: str = field(repr=False)
    note: str = field(repr=False)

    @property
    def name(self) -> str:
        """Family name first, as Haravan joins them."""
        return f"{self.last_name} {self.first_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A billing address. Since the reform of 2025 the commune may stand in `district`, `ward` being null."""

    name: str = field(repr=False)
    company: str = field(repr=False)
    address1: str = field(repr=False)
    ward: str = field(repr=False)
    district: str = field(repr=False)
    province: str = field(repr=False)

    @property
    def address(self) -> str:
        """One line of what is there."""
        return ", ".join(each for each in (self.address1, self.ward, self.district, self.province) if each)


def read_customer(order: Reader) -> Customer | None:
    """The customer of an order; counter sales may have none."""
    reader = order.child("customer")
    if reader is None:
        return None
    return Customer(
        id=reader.integer("id") or None,
        first_name=reader.text("first_name"),
        last_name=reader.text("last_name"),
        email=reader.text("email"),
        note=reader.text("note"),
    )


def read_billing_address(order: Reader) -> Address | None:
    """The billing address: an object, or by Haravan's documentation a list of one."""
    reader = order.child_or_first("billing_address")
    if reader is None:
        return None
    joined = f"{reader.text('last_name')} {reader.text('first_name')}".strip()
    return Address(
        name=reader.text("name") or joined,
        company=reader.text("company"),
        address1=reader.text("address1"),
        ward=reader.text("ward"),
        district=reader.text("district"),
        province=reader.text("province"),
    )
