"""The demo outlives a stand-in that dies and is started again."""

import httpx
import pytest
from local_stack.demo import control
from local_stack.demo.control import Sandbox, SandboxError
from local_stack.errors import StackError


async def test_a_stand_in_that_is_away_for_a_moment_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused and a lost connection are no answer."""
    monkeypatch.setattr(control, "_PAUSE", 0)
    failures: list[Exception] = [httpx.ConnectError("refused"), httpx.RemoteProtocolError("cut off")]

    def answer(_: httpx.Request) -> httpx.Response:
        if failures:
            raise failures.pop()
        return httpx.Response(200, json={"deliveries": [], "pending": 0})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        assert (await Sandbox(client, "http://haravan", "http://meinvoice").under_way()).count == 0


async def test_one_that_stays_away_ends_the_demo_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the address and where to look."""
    monkeypatch.setattr(control, "_AWAY_SECONDS", -1)

    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
        with pytest.raises(
            SandboxError, match=r"http://meinvoice/_sandbox/audit does not answer .* see the logs"
        ) as error:
            await Sandbox(client, "http://haravan", "http://meinvoice").audit()
    assert isinstance(error.value, StackError)
