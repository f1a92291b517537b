"""Fields of special trades: utilities, hotels, transfer notes (meInvoice Open API §13.3, §13.8)."""

from pydantic import Field

from meinvoice.models.base import DateTime, Number, SentModel


class ClockInfo(SentModel):
    """A meter of a water, electricity or petrol invoice; the `Old` fields describe the one it replaces (§13.8)."""

    ClockOrder: int | None = Field(default=None, ge=1)
    ClockCode: str | None = None
    ClockSeri: str | None = None
    LastIndex: Number | None = None
    FirstIndex: Number | None = None
    Coefficient: Number | None = None
    RefuelerNo: str | None = None
    LotNo: str | None = None
    StartMeter: Number | None = None
    EndMeter: Number | None = None
    Temperature: Number | None = None
    Density: Number | None = None
    Gallon: Number | None = None
    Liters: Number | None = None
    ClockStatus: int | None = None
    ClockCodeOld: str | None = None
    ClockSeriOld: str | None = None
    LastIndexOld: Number | None = None
    FirstIndexOld: Number | None = None
    CoefficientOld: Number | None = None


class UtilityFields(SentModel):
    """Electricity and water invoices; `EnvironmmentFeeAmount` is the vendor's spelling."""

    PeriodName: str | None = None
    PeriodFromDate: DateTime | None = None
    PeriodToDate: DateTime | None = None
    NewIndex: Number | None = None
    OldIndex: Number | None = None
    AmountOfConsumption: Number | None = None
    WaterUsed: Number | None = None
    Environment: Number | None = None
    EnvironmmentFeeAmount: Number | None = None
    ClockInfos: tuple[ClockInfo, ...] | None = None


class HotelFields(SentModel):
    """Hotel invoices: stay, service fee, excise tax; the rates are the highest among the lines."""

    CheckIn: DateTime | None = None
    CheckOut: DateTime | None = None
    ServiceFeeRate: Number | None = None
    ServiceAmountOC: Number | None = None
    ServiceAmount: Number | None = None
    ExciseTaxRate: Number | None = None
    ExciseTaxAmountOC: Number | None = None
    ExciseTaxAmount: Number | None = None
    AccountObjectIdentificationNumber: str | None = None


class TransferNoteFields(SentModel):
    """Warehouse transfer notes (phiếu xuất kho, series starting with 6)."""

    StockOutLegalName: str | None = None
    StockOutTaxCode: str | None = None
    InternalCommand: str | None = None
    StockOutAddress: str | None = None
    TransporterName: str | None = None
    Transport: str | None = None
    StockOutFullName: str | None = None
    TransportContractCode: str | None = None
    StockInLegalName: str | None = None
    StockInTaxCode: str | None = None
    StockInFullName: str | None = None
    StockInAddress: str | None = None
    ContractCode: str | None = None
    ContractDate: DateTime | None = None
    InternalCommandNo: str | None = None
    InternalCommandOwner: str | None = None
    InternalCommandDate: DateTime | None = None
    JournalMemo: str | None = None
    StockTotalAmountOC: Number | None = None
    StockTotalAmount: Number | None = None
