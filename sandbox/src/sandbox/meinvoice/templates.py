"""`GET /invoice/templates` (Open API §3, §13.1)."""

from uuid import NAMESPACE_URL, uuid5

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.clock import vietnam_date
from sandbox.common.control import answer
from sandbox.meinvoice.accounts import Template
from sandbox.meinvoice.envelope import as_told, business
from sandbox.meinvoice.state import authorised, meinvoice_of

_TICKET = "5"


def flag(request: Request, name: str) -> bool:
    """A true/false parameter of the query; false where it is absent."""
    return request.query_params.get(name, "").strip().lower() == "true"


async def list_templates(request: Request) -> Response:
    """The company's templates with or without code, invoices or tickets; series in the present year."""
    tax_code, account = authorised(request)
    meinvoice = meinvoice_of(request)
    year = vietnam_date(meinvoice.basics.clock.now()).year
    rows = [
        _row(tax_code, template, year)
        for template in account.templates
        if template.parsed.with_code == flag(request, "invoiceWithCode")
        and (template.parsed.template_number == _TICKET) == flag(request, "ticket")
    ]
    return answer(business(data=as_told(rows, meinvoice.options.current.results_as)))


def _row(tax_code: str, template: Template, year: int) -> dict[str, object]:
    series = template.parsed.in_year(year)
    return {
        "IPTemplateID": str(uuid5(NAMESPACE_URL, f"{tax_code}:{series.base}")),
        "CompanyID": int(tax_code[:9]) if tax_code[:9].isdecimal() else 0,
        "TemplateName": template.name,
        "InvTemplateNo": series.template_number,
        "InvSeries": series.text,
        "OrgInvSeries": series.text[1:],
        "CreatedDate": f"{year}-01-01T00:00:00+07:00",
        "ModifiedDate": f"{year}-01-01T00:00:00+07:00",
        "Inactive": template.inactive,
        "IsInheritFromOldTemplate": False,
        "IsSendSummary": template.send_summary,
        "IsTemplatePetrol": False,
        "IsMoreVATRate": template.more_vat_rates,
    }
