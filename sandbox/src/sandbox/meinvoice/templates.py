"""`GET /invoice/templates`: invoice and ticket templates (Open API §3, §13.1, §13.2)."""

from uuid import NAMESPACE_URL, uuid5

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.clock import vietnam_date
from sandbox.common.control import answer
from sandbox.meinvoice.accounts import Template
from sandbox.meinvoice.envelope import as_told, listing
from sandbox.meinvoice.lookup import need_flag
from sandbox.meinvoice.series import Series
from sandbox.meinvoice.state import authorised, meinvoice_of


async def list_templates(request: Request) -> Response:
    """The company's templates with or without code, invoices or tickets; series in the present year."""
    tax_code, account = authorised(request)
    meinvoice = meinvoice_of(request)
    options, year = meinvoice.options.current, vietnam_date(meinvoice.basics.clock.now()).year
    with_code, tickets = need_flag(request, "invoiceWithCode"), need_flag(request, "ticket")
    tell = _ticket if tickets else _invoice_template
    rows = [
        tell(tax_code, template, template.parsed.in_year(year))
        for template in account.templates
        if template.parsed.with_code == with_code and template.parsed.is_ticket == tickets
    ]
    return answer(listing(as_told(rows, options.results_as), options))


def _id(tax_code: str, series: Series) -> str:
    return str(uuid5(NAMESPACE_URL, f"{tax_code}:{series.base}"))


def _ticket(tax_code: str, template: Template, series: Series) -> dict[str, object]:
    return {
        "TicketTemplateID": _id(tax_code, series),
        "TemplateName": template.name,
        "InvSeries": series.text,
        "Inactive": template.inactive,
        "TicketType": template.ticket_type,
        "ServiceName": template.service_name,
        "IsInheritFromOldTemplate": False,
        "IsTicketCode": series.with_code,
    }


def _invoice_template(tax_code: str, template: Template, series: Series) -> dict[str, object]:
    return {
        "IPTemplateID": _id(tax_code, series),
        "CompanyID": int(tax_code[:9]) if tax_code[:9].isdecimal() else 0,
        "TemplateName": template.name,
        "InvTemplateNo": series.template_number,
        "InvSeries": series.text,
        "OrgInvSeries": series.text[1:],
        "CreatedDate": f"{series.year}-01-01T00:00:00+07:00",
        "ModifiedDate": f"{series.year}-01-01T00:00:00+07:00",
        "Inactive": template.inactive,
        "IsInheritFromOldTemplate": False,
        "IsSendSummary": template.send_summary,
        "IsTemplatePetrol": False,
        "IsMoreVATRate": template.more_vat_rates,
    }
