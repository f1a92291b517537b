"""Customers and buyers against a real MongoDB: found, encrypted, forgotten."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from catalogue.buyers import BuyerBook
from catalogue.changes import Change
from catalogue.customers import CustomerDeleted, CustomerSeen, CustomerStore
from catalogue.resources import Customer
from invoicing.known_buyers import KnownBuyer
from runtime.mongo import Database
from runtime.secrets import SecretBox, UndecryptableError, generate_key

MOMENT = datetime(2026, 3, 14, 3, 7, 2, tzinfo=UTC)
SHOP = "demo"
COMPANY = KnownBuyer(customer_id=5, name="Công ty Kín", tax_code="0101243150", address="1 Phố Kín", emails=("k@n.vn",))
TAX_ONLY = KnownBuyer(name="Công ty Khác", tax_code="0101243150-001")


def customer(name: str = "Nguyễn Văn Kín", minutes: int = 0) -> CustomerSeen:
    at = MOMENT + timedelta(minutes=minutes)
    return CustomerSeen(SHOP, Customer(id=5, name=name, email="k@n.vn", phone="0900", updated_at=at), at)


async def everything(database: Database) -> str:
    found: list[Any] = []
    for name in await database.list_collection_names():
        found += [document async for document in database[name].find()]
    return str(found)


async def put(book: BuyerBook, *buyers: KnownBuyer) -> None:
    await book.edit(SHOP, lambda _: [Change(str(at), None, each) for at, each in enumerate(buyers)], "test")


async def test_only_newer_facts_of_a_customer_win_and_a_deletion_forgets_them(
    database: Database, box: SecretBox
) -> None:
    """Late news brings nobody back."""
    store = CustomerStore(database, box)
    await store.ensure_indexes()
    await store.save([customer("Mới", 5), customer("Cũ", 1)])
    assert [each.name async for each in store.all(SHOP)] == ["Mới"]
    assert (await store.find(SHOP, [5, 6]))[5].email == "k@n.vn"
    await store.save([CustomerDeleted(SHOP, 5, MOMENT + timedelta(minutes=9)), customer("Lại", 8)])
    assert [each async for each in store.all(SHOP)] == []
    assert "sealed': None" in await everything(database)


async def test_a_buyer_is_found_by_tax_code_and_by_customer(database: Database, box: SecretBox) -> None:
    """However the code is typed, in this shop alone."""
    book = BuyerBook(database, box)
    await book.ensure_indexes()
    branch = KnownBuyer(customer_id=6, name="Chi nhánh", tax_code="0101243150-001")
    await put(book, COMPANY, branch, TAX_ONLY)
    assert await book.known_buyer(SHOP, customer_id=5, tax_code="0101243150-001") == TAX_ONLY
    assert await book.known_buyer(SHOP, customer_id=6, tax_code="0101243150-001") == branch
    assert await book.known_buyer(SHOP, customer_id=5, tax_code="0305482862") == COMPANY
    assert await book.known_buyer(SHOP, customer_id=5) == COMPANY
    assert await book.known_buyer(SHOP, customer_id=9, tax_code="0101243150 001") == TAX_ONLY
    assert await book.known_buyer(SHOP, tax_code="010.124.3150") == COMPANY
    assert await book.known_buyer(SHOP, customer_id=9) is None
    assert await book.known_buyer(SHOP) is None
    assert await book.known_buyer("other", customer_id=5, tax_code="0101243150") is None


async def test_nothing_stored_shows_who_it_is(database: Database, box: SecretBox) -> None:
    """Neither facts nor book nor the record of edits, and without the key none can be read."""
    book, customers = BuyerBook(database, box), CustomerStore(database, box)
    await put(book, COMPANY)
    await customers.save([customer()])
    text = await everything(database)
    assert not [word for word in ("Kín", "0101243150", "k@n.vn", "0900") if word in text]
    with pytest.raises(UndecryptableError):
        await BuyerBook(database, SecretBox([generate_key()])).all(SHOP)


async def test_keys_are_rotated(database: Database) -> None:
    """With the new key first everything is encrypted anew and still found; then the old one can go."""
    old, new = generate_key(), generate_key()
    await put(BuyerBook(database, SecretBox([old])), COMPANY)
    await CustomerStore(database, SecretBox([old])).save([customer()])
    both = SecretBox([new, old])
    assert await BuyerBook(database, both).known_buyer(SHOP, tax_code="0101243150") == COMPANY
    assert await BuyerBook(database, both).rewrite() == 2
    assert await CustomerStore(database, both).rewrite() == 1
    book = BuyerBook(database, SecretBox([new]))
    assert await book.known_buyer(SHOP, tax_code="0101243150") == COMPANY
    assert [edit.change.after for edit in await book.history(SHOP)] == [COMPANY]
    assert [each.id async for each in CustomerStore(database, SecretBox([new])).all(SHOP)] == [5]
