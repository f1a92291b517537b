"""The kinds of values that the fields of special trades take (Open API §13.3, §13.4, §13.8)."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from sandbox.meinvoice.checks.numbers import Fields, number
from sandbox.meinvoice.checks.refusal import invalid

_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d)?)?")


class Kind(Enum):
    """What a value must be; its text says so. The document names no form of DateTime: ISO 8601, as JSON has it."""

    TEXT = "phải là chuỗi"
    NUMBER = "phải là số"
    WHOLE = "phải là số nguyên"
    TIME = "phải là ngày dạng yyyy-MM-dd hoặc yyyy-MM-ddTHH:mm:ss"


def _is_time(value: Any) -> bool:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    try:
        return datetime.fromisoformat(value) is not None
    except ValueError:
        return False


_FITS: Mapping[Kind, Callable[[Any], bool]] = {
    Kind.TEXT: lambda value: isinstance(value, str),
    Kind.NUMBER: lambda value: number({"": value}, "") is not None,
    Kind.WHOLE: lambda value: isinstance(value, int) and not isinstance(value, bool),
    Kind.TIME: _is_time,
}


def kinds_of(kind: Kind, names: str) -> dict[str, Kind]:
    """The same kind for each name of a text."""
    return dict.fromkeys(names.split(), kind)


def first_wrong(fields: Fields, kinds: Mapping[str, Kind]) -> tuple[str, str] | None:
    """Name and fault of the first field that is given and not of its kind."""
    if kinds.keys().isdisjoint(fields):  # nearly always
        return None
    for name, kind in kinds.items():
        value = fields.get(name)
        if value is not None and not _FITS[kind](value):
            return name, kind.value
    return None


_INVOICE = (
    kinds_of(Kind.TEXT, "PeriodName AccountObjectIdentificationNumber")
    | kinds_of(Kind.TIME, "PeriodFromDate PeriodToDate CheckIn CheckOut ContractDate InternalCommandDate")
    | kinds_of(Kind.NUMBER, "NewIndex OldIndex AmountOfConsumption WaterUsed Environment EnvironmmentFeeAmount")
    | kinds_of(Kind.NUMBER, "ServiceFeeRate ServiceAmountOC ServiceAmount")
    | kinds_of(Kind.NUMBER, "ExciseTaxRate ExciseTaxAmountOC ExciseTaxAmount StockTotalAmountOC StockTotalAmount")
    | kinds_of(Kind.TEXT, "StockOutLegalName StockOutTaxCode StockOutAddress StockOutFullName InternalCommand")
    | kinds_of(Kind.TEXT, "StockInLegalName StockInTaxCode StockInAddress StockInFullName TransporterName Transport")
    | kinds_of(Kind.TEXT, "TransportContractCode ContractCode InternalCommandNo InternalCommandOwner JournalMemo")
)
"""Electricity and water, hotels, delivery notes (§13.3); `EnvironmmentFeeAmount` is the vendor's spelling."""

_CLOCK_BEFORE = kinds_of(Kind.TEXT, "ClockCodeOld ClockSeriOld") | kinds_of(
    Kind.NUMBER, "LastIndexOld FirstIndexOld CoefficientOld"
)
_CLOCK = (
    kinds_of(Kind.WHOLE, "ClockOrder ClockStatus")
    | kinds_of(Kind.TEXT, "ClockCode ClockSeri RefuelerNo LotNo")
    | kinds_of(Kind.NUMBER, "LastIndex FirstIndex Coefficient StartMeter EndMeter Temperature Density Gallon Liters")
    | _CLOCK_BEFORE
)
_REPLACED = 1
"""ClockStatus: a new meter, the `Old` fields tell of the one before (§13.8)."""


def check_kinds(invoice: Fields) -> None:
    """Every field of a special trade that is given is of its kind, the meters (ClockInfos) included."""
    if wrong := first_wrong(invoice, _INVOICE):
        raise invalid(*wrong)
    clocks = invoice.get("ClockInfos")
    if clocks is None:
        return
    if not isinstance(clocks, list) or not all(isinstance(clock, Mapping) for clock in clocks):
        raise invalid("ClockInfos", "phải là danh sách đồng hồ")
    for place, clock in enumerate(clocks, start=1):
        if fault := _fault_of(clock):
            raise invalid("ClockInfos", f"đồng hồ {place}, {fault}")


def _fault_of(clock: Fields) -> str | None:
    if wrong := first_wrong(clock, _CLOCK):
        return ": ".join(wrong)
    order = clock.get("ClockOrder")
    if order is not None and order < 1:
        return "ClockOrder: bắt đầu từ 1"
    if clock.get("ClockStatus") == _REPLACED and all(clock.get(name) in (None, "") for name in _CLOCK_BEFORE):
        return "ClockStatus: thay mới thì cần thông tin đồng hồ cũ (các trường Old)"
    return None
