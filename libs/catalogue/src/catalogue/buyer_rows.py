"""The book of buyers as a CSV file, one row a customer, or a tax code of which no customer is known.

A column that the file does not have stays as it is stored; an empty cell clears what is stored.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from invoicing.known_buyers import KnownBuyer
from invoicing.tax_codes import CodeKind, read_tax_code

from catalogue.buyer_keys import buyer_key
from catalogue.cells import BadFileError, Delimiter, Problem, Row, read_table, write_table
from catalogue.changes import Change

COLUMNS: Final = ("customer_id", "customer", "name", "tax_code", "address", "emails", "always_company")
LONGEST: Final[Mapping[str, int]] = {"name": 400, "address": 400}
"""Characters of a buyer's registered name and address on an invoice (meInvoice Open API, section 13.1)."""
_YES = frozenset({"yes", "y", "true", "1", "x", "có", "co"})
_NO = frozenset({"", "no", "n", "false", "0", "không", "khong"})
_EMAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+")
_FIELDS = ("name", "tax_code", "address", "emails", "always_company")


def write_buyers(names: Mapping[int, str], buyers: Iterable[KnownBuyer], delimiter: Delimiter = ",") -> str:
    """A file of all these customers (with Haravan's names, which are only to read) and entries."""
    book = {buyer_key(each): each for each in buyers}
    blank = (KnownBuyer(customer_id=each) for each in names)
    rows = {buyer_key(each): each for each in blank} | book
    ordered = sorted(rows.values(), key=lambda each: (each.customer_id is None, each.customer_id or 0, each.tax_code))
    return write_table(COLUMNS, (_written(each, names) for each in ordered), delimiter)


def _written(buyer: KnownBuyer, names: Mapping[int, str]) -> tuple[str, ...]:
    customer_id = buyer.customer_id
    return (
        "" if customer_id is None else str(customer_id),
        "" if customer_id is None else names.get(customer_id, ""),
        buyer.name,
        buyer.tax_code,
        buyer.address,
        ", ".join(buyer.emails),
        "yes" if buyer.always_company else "",
    )


class BuyerRows:
    """A file that was read: what it says of which buyer."""

    def __init__(self, columns: Collection[str], said: Mapping[str, KnownBuyer], rows: Mapping[str, Row]) -> None:
        """Keep entries and rows by key."""
        self._columns = frozenset(columns)
        self._said = said
        self._rows = rows

    @property
    def customer_ids(self) -> frozenset[int]:
        """The customers that it names."""
        return frozenset(each.customer_id for each in self._said.values() if each.customer_id is not None)

    def changes(self, stored: Mapping[str, KnownBuyer]) -> list[Change[KnownBuyer]]:
        """What storing the file would change.

        Raises:
            BadFileError: when a customer would always be a company, and not enough of it is known for an invoice.
        """
        after = {key: self._merged(stored.get(key), each) for key, each in self._said.items()}
        problems = [
            self._rows[key].problem("always_company", *_INCOMPLETE)
            for key, each in after.items()
            if each.always_company and not (each.customer_id and each.name and each.tax_code and each.address)
        ]
        if problems:
            raise BadFileError(problems)
        return [
            Change(key, stored.get(key), None if _is_empty(each) else each)
            for key, each in after.items()
            if (None if _is_empty(each) else each) != stored.get(key)
        ]

    def _merged(self, stored: KnownBuyer | None, said: KnownBuyer) -> KnownBuyer:
        if stored is None:
            return said
        return replace(said, **{name: getattr(stored, name) for name in _FIELDS if name not in self._columns})


_INCOMPLETE = (
    "luôn xuất cho công ty cần customer_id, name, tax_code và address; ghi đủ hoặc bỏ đánh dấu",
    "always a company needs customer_id, name, tax_code and address; write them or take the mark away",
)


def _is_empty(buyer: KnownBuyer) -> bool:
    said = (buyer.name, buyer.address, buyer.emails, buyer.always_company)
    return not any(said) and (buyer.customer_id is None or not buyer.tax_code)


def read_buyers(content: bytes) -> BuyerRows:
    """Read a file whole.

    Raises:
        BadFileError: with every fault of every row; none of the texts shows who a buyer is.
    """
    table = read_table(content, COLUMNS, ("customer_id", "tax_code"))
    problems: list[Problem] = []
    said: dict[str, KnownBuyer] = {}
    rows: dict[str, Row] = {}
    for row in table.rows:
        buyer = _buyer(row, problems)
        if buyer is None:
            continue
        key = buyer_key(buyer)
        if key in rows:
            column = "tax_code" if buyer.customer_id is None else "customer_id"
            vi, en = f"đã có ở dòng {rows[key].number}; gộp lại", f"is in row {rows[key].number} already; merge both"
            problems.append(row.problem(column, vi, en))
        said[key], rows[key] = buyer, rows.get(key, row)
    if problems:
        raise BadFileError(problems)
    return BuyerRows(table.columns, said, rows)


def _buyer(row: Row, problems: list[Problem]) -> KnownBuyer | None:
    before = len(problems)
    customer_id = _customer_id(row, problems)
    code = read_tax_code(row["tax_code"])
    if code.kind in {CodeKind.BAD, CodeKind.NINE_DIGITS}:
        vi = "mã số không hợp lệ; dùng 10 số, 10 số-3 số, 12 số hoặc mã ngân sách 7 ký tự (để dạng văn bản trong Excel)"
        en = "not a valid code; use 10 digits, 10-3, 12 digits or a budget code of 7 (as text in the spreadsheet)"
        problems.append(row.problem("tax_code", vi, en))
    if customer_id is None and code.kind is CodeKind.NONE and len(problems) == before:
        vi, en = "ghi customer_id hoặc tax_code", "write a customer_id or a tax_code"
        problems.append(row.problem("customer_id", vi, en))
    for column, most in LONGEST.items():
        if len(row[column]) > most:
            vi, en = f"dài quá {most} ký tự; rút ngắn lại", f"longer than {most} characters; shorten it"
            problems.append(row.problem(column, vi, en))
    emails, always = _emails(row, problems), _always(row, problems)
    if len(problems) > before:
        return None
    return KnownBuyer(
        customer_id=customer_id,
        name=row["name"],
        tax_code=code.text,
        address=row["address"],
        emails=emails,
        always_company=always,
    )


def _customer_id(row: Row, problems: list[Problem]) -> int | None:
    text = row["customer_id"]
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 18 and int(text)):  # noqa: PLR2004  (MongoDB's int64)
        vi = "ghi mã số khách của Haravan, chỉ gồm chữ số (định dạng văn bản, không phải 1.0E+09)"
        en = "write Haravan's number of the customer, digits only (as text, not 1.0E+09)"
        problems.append(row.problem("customer_id", vi, en))
        return None
    return int(text)


def _emails(row: Row, problems: list[Problem]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(each for each in re.split(r"[\s,;]+", row["emails"]) if each))
    if not all(_EMAIL.fullmatch(each) for each in found):
        vi = "có địa chỉ không phải e-mail; ghi như a@vidu.vn, b@vidu.vn"
        en = "one of them is no e-mail address; write a@example.vn, b@example.vn"
        problems.append(row.problem("emails", vi, en))
    return found


def _always(row: Row, problems: list[Problem]) -> bool:
    text = row["always_company"].casefold()
    if text not in _YES | _NO:
        vi, en = "ghi yes (có) hoặc để trống", "write yes, or leave it empty"
        problems.append(row.problem("always_company", vi, en))
    return text in _YES
