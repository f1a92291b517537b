"""The lock against issuing legal invoices by mistake: an account's mark and its host must agree."""

from shops.accounts import Account
from shops.texts import Text
from shops.urls import PRODUCTION_HOSTS, Environment, environment_of, host_of


def check_environment(account: Account) -> Text | None:
    """Compare an account's mark with its host; None when they agree, else why nothing may be published.

    A host that no list knows is refused too, whatever the mark: it might issue legal invoices, or none at all.
    """
    host = host_of(account.base_url)
    found = environment_of(account.base_url)
    if found is account.environment:
        return None
    if found is None:
        return Text(
            vi=f"tài khoản {account.name!r}: không biết máy chủ {host} là thật hay thử nghiệm; dùng "
            f"{', '.join(sorted(PRODUCTION_HOSTS))} cho production, testapi.meinvoice.vn hoặc máy nội bộ cho sandbox",
            en=f"account {account.name!r}: host {host} is known neither as production nor as sandbox; use "
            f"{', '.join(sorted(PRODUCTION_HOSTS))} for production, testapi.meinvoice.vn or a local host for sandbox",
        )
    if account.environment is Environment.PRODUCTION:
        return Text(
            vi=f"tài khoản {account.name!r} ghi production nhưng {host} là máy thử nghiệm; "
            "sửa environment hoặc base_url",
            en=f"account {account.name!r} says production but {host} is a test host; mend environment or base_url",
        )
    return Text(
        vi=f"tài khoản {account.name!r} ghi sandbox nhưng {host} phát hành hóa đơn thật; sửa environment hoặc base_url",
        en=f"account {account.name!r} says sandbox but {host} issues legal invoices; mend environment or base_url",
    )
