"""What must not be written down is masked wherever it stands; the rest stays character by character."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from runtime.redaction import MASK, redact_fields, redact_text

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


@pytest.mark.parametrize(
    "text",
    (
        '{"username": "a", "password": "hidden-1"}',
        '{"PassWord":"hidden-1","b":2}',
        r'{"data": "{\"access_token\":\"hidden-1\"}"}',
        '{"appid": "hidden-1", "taxcode": "0101243150"}',
        '{"password": "hidden-1 cut in the midd',
        "https://user:hidden-1@host/path",
        "GET /x?hub.verify_token=hidden-1&a=1",
        "Authorization: Bearer hidden-1.abc",
        "Authorization: Bearer\u00a0hidden-1.abc",
        "https://user:hidden-1?token=x@host/",
    ),
)
def test_secrets_are_masked_in_text(text: str) -> None:
    """JSON, JSON inside JSON, URLs and headers."""
    assert "hidden-1" not in redact_text(text)
    assert MASK in redact_text(text)


@pytest.mark.parametrize(
    "name",
    (
        *("password", "passwd", "pwd", "secret", "client_secret", "app_secret", "webhook_secret", "webhook_secrets"),
        *("verify_token", "authorization", "cookie", "access_token", "refresh_token", "id_token", "token"),
        *("appid", "app_id", "apikey", "api_key", "secret_keys"),
    ),
)
def test_every_hidden_name_is_looked_for(name: str) -> None:
    """Whatever stands around it, in JSON, in URLs and as a field, in any case."""
    for spelling in (name, name.upper(), name.title()):
        assert "hidden-1" not in redact_text(f'{{"Người mua":"İ","{spelling}": "hidden-1"}}')
        assert "hidden-1" not in redact_text(f"https://host/a?b=c&{spelling}=hidden-1")
        assert redact_fields({spelling: "hidden-1"}) == {spelling: MASK}


def test_a_token_is_masked_by_its_shape() -> None:
    """A JSON Web Token under any name."""
    assert JWT not in redact_text(f'{{"Data": "{JWT}"}}')


@given(
    st.dictionaries(st.sampled_from(["InvSeries", "TotalAmount", "BuyerLegalName"]), st.decimals(0, 10**12, places=2))
)
def test_other_json_stays_as_it_is(fields: dict[str, object]) -> None:
    """Amounts and names of an invoice are kept exactly, since a resend is compared with them."""
    text = json.dumps({name: str(value) for name, value in fields.items()})
    assert redact_text(text) == text


def test_personal_fields_are_masked_in_logs() -> None:
    """Known names at any depth; ids, lanes and amounts stay."""
    fields = {
        "lane": "sandbox:0101243150:1C__TAA",
        "order": {"id": 5, "email": "a@b.vn", "billing_address": {"phone": "0901"}, "lines": [{"phone": "0902"}]},
        "BuyerTaxCode": "0312345678",
    }
    assert redact_fields(fields) == {
        "lane": "sandbox:0101243150:1C__TAA",
        "order": {"id": 5, "email": MASK, "billing_address": MASK, "lines": [{"phone": MASK}]},
        "BuyerTaxCode": MASK,
    }


@pytest.mark.parametrize(
    "name",
    (
        *("contact_email", "CCEmail", "BuyerPhoneNumber", "ReceiverName", "StockInAddress", "client_details"),
        *("AccountObjectIdentificationNumber", "InvoiceNote", "OtherInfo", "CustomField1", "CustomField10"),
    ),
)
def test_vendors_other_names_of_personal_fields_are_known(name: str) -> None:
    """Spellings of Haravan and meInvoice; what only says that a mail goes out is none."""
    assert redact_fields({name: "x", "IsSendEmail": True}) == {name: MASK, "IsSendEmail": True}
