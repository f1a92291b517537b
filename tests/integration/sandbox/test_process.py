"""The stand-ins as processes: start, kill, start again, orderly end."""

import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from support.sandboxes import ACCOUNT, LOGIN, TAX_CODE, batch, invoice

Start = Callable[[str], tuple[subprocess.Popen[str], str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a stand-in over the test's folder and waits for its address; ends all at the end."""
    with contextlib.ExitStack() as stack:

        def run(vendor: str) -> tuple[subprocess.Popen[str], str]:
            command = [sys.executable, "-m", "sandbox", vendor, "--port", "0", "--data-dir", str(tmp_path)]
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))  # noqa: S603  # our own
            stack.callback(process.kill)
            assert process.stdout is not None
            line = json.loads(process.stdout.readline())
            return process, f"http://127.0.0.1:{line['port']}"

        yield run


def test_issued_invoices_survive_a_kill(start: Start) -> None:
    """After SIGKILL and a new start the invoice is known, the token good, and the next number follows."""
    process, url = start("meinvoice")
    httpx.put(f"{url}/_sandbox/accounts/{TAX_CODE}", json=ACCOUNT)
    httpx.put(f"{url}/_sandbox/clock", json={"offset_seconds": 3600})
    token = httpx.post(f"{url}/api/integration/auth/token", json=LOGIN).json()["Data"]
    headers, sale = {"Authorization": f"Bearer {token}"}, invoice()
    httpx.post(f"{url}/api/integration/invoice", json=batch(sale), headers=headers)
    process.kill()
    process.wait()
    _, url = start("meinvoice")
    answer = httpx.post(f"{url}/api/integration/invoice", json=batch(sale, invoice()), headers=headers).json()
    told = [(each["InvNo"], each["ErrorCode"]) for each in json.loads(answer["publishInvoiceResult"])]
    assert told == [("00000001", "DuplicateInvoiceRefID"), ("00000002", None)]
    assert httpx.get(f"{url}/_sandbox/clock").json()["offset_seconds"] == 3600


@pytest.mark.parametrize("vendor", ("meinvoice", "haravan", "sign-service"))
def test_faults_and_options_survive_a_kill(start: Start, vendor: str) -> None:
    """After SIGKILL and a new start a plan goes on where it was, its chance too, and switches stay as they were set."""
    path = {"meinvoice": "api/integration/invoice", "haravan": "com/shop.json", "sign-service": "api/SignXML"}[vendor]
    once, chance = {"kind": "500-before", "status": 502, "skip": 1, "count": 2}, {"kind": "429", "probability": 0.5}
    process, url = start(vendor)
    httpx.put(f"{url}/_sandbox/options", json={"latency_seconds": 0.01})
    runs: list[list[int]] = []
    for killed in (False, True):
        httpx.put(f"{url}/_sandbox/faults", json={"seed": 3, "rules": [once, chance]})
        statuses = [httpx.post(f"{url}/{path}").status_code for _ in range(6)]
        if killed:
            process.kill()
            process.wait()
            _, url = start(vendor)
        statuses += [httpx.post(f"{url}/{path}").status_code for _ in range(6)]
        runs.append(statuses)
        counted = httpx.get(f"{url}/_sandbox/faults").json()
        assert (counted["seed"], counted["rules"][0]) == (3, once | {"matched": 12, "applied": 2})
    assert runs[0] == runs[1]
    assert runs[0].count(502) == 2
    assert httpx.get(f"{url}/_sandbox/options").json()["latency_seconds"] == 0.01


def test_a_fault_that_was_half_used_up_has_its_rest_after_a_kill(start: Start) -> None:
    """Counters are not begun anew: of three times two are left."""
    process, url = start("meinvoice")
    httpx.put(f"{url}/_sandbox/faults", json={"rules": [{"kind": "500-before", "count": 3}]})
    statuses = [httpx.post(f"{url}/api/integration/invoice").status_code]
    process.kill()
    process.wait()
    _, url = start("meinvoice")
    statuses += [httpx.post(f"{url}/api/integration/invoice").status_code for _ in range(3)]
    assert statuses == [500, 500, 500, 401]


def test_accepted_invoices_and_signatures_survive_a_kill(start: Start) -> None:
    """After SIGKILL an accepted invoice is issued when its time comes, and the tool signs with the same certificate."""
    process, url = start("meinvoice")
    httpx.put(f"{url}/_sandbox/accounts/{TAX_CODE}", json=ACCOUNT)
    token = httpx.post(f"{url}/api/integration/auth/token", json=LOGIN).json()["Data"]
    headers = {"Authorization": f"Bearer {token}"}
    httpx.put(f"{url}/_sandbox/options", json={"asynchronous_delay_seconds": 3600})
    httpx.post(f"{url}/api/integration/invoice", json=batch(invoice(), sign_type=3), headers=headers)
    tool, tool_url = start("sign-service")
    serials = [httpx.get(f"{tool_url}/_sandbox/certificates/{TAX_CODE}").json()["serial"]]
    for each in (process, tool):
        each.kill()
        each.wait()
    _, url = start("meinvoice")
    _, tool_url = start("sign-service")
    httpx.put(f"{url}/_sandbox/clock", json={"offset_seconds": 3700})
    assert httpx.get(f"{url}/_sandbox/audit").json()["invoices"] == 1
    serials.append(httpx.get(f"{tool_url}/_sandbox/certificates/{TAX_CODE}").json()["serial"])
    assert serials[0] == serials[1]


def test_an_older_file_is_taken_over(start: Start, tmp_path: Path) -> None:
    """A database without the columns that came later goes on where it was."""
    process, url = start("meinvoice")
    httpx.put(f"{url}/_sandbox/accounts/{TAX_CODE}", json=ACCOUNT)
    token = httpx.post(f"{url}/api/integration/auth/token", json=LOGIN).json()["Data"]
    headers = {"Authorization": f"Bearer {token}"}
    httpx.post(f"{url}/api/integration/invoice", json=batch(invoice()), headers=headers)
    process.kill()
    process.wait()
    with contextlib.closing(sqlite3.connect(tmp_path / "meinvoice.sqlite3")) as file:
        for column in ("einvoice_status", "original", "sent_at", "xml"):
            file.execute(f"ALTER TABLE invoices DROP COLUMN {column}")
    _, url = start("meinvoice")
    answer = httpx.post(f"{url}/api/integration/invoice", json=batch(invoice()), headers=headers).json()
    assert json.loads(answer["publishInvoiceResult"])[0]["InvNo"] == "00000002"


def test_undelivered_webhooks_survive_a_kill(start: Start) -> None:
    """A delivery that failed before the kill is tried again after the new start."""
    process, url = start("haravan")
    shop = {"access_token": "t", "webhooks": [{"url": "http://127.0.0.1:9/hook", "secret": "s"}]}
    httpx.put(f"{url}/_sandbox/shops/1", json=shop)
    httpx.put(f"{url}/_sandbox/options", json={"webhook_retries": 2, "webhook_retry_window_seconds": 1})
    httpx.put(f"{url}/_sandbox/shops/1/orders/5?notify=orders/create", json={})
    process.kill()
    process.wait()
    _, url = start("haravan")
    delivery = httpx.get(f"{url}/_sandbox/deliveries?wait_seconds=10", timeout=20).json()["deliveries"][0]
    assert (delivery["state"], len(delivery["attempts"])) == ("given-up", 3)


@pytest.mark.parametrize("vendor", ("haravan", "meinvoice", "sign-service"))
@pytest.mark.parametrize("sent", (signal.SIGTERM, signal.SIGINT))
def test_a_signal_ends_with_code_zero(start: Start, vendor: str, sent: signal.Signals) -> None:
    """SIGTERM and SIGINT end the process in order, whatever else is open."""
    process, url = start(vendor)
    with httpx.Client() as client:
        assert client.get(f"{url}/livez").json() == {"status": "ok"}
        process.send_signal(sent)
        started = time.monotonic()
        assert process.wait(timeout=10) == 0
    assert time.monotonic() - started < 5


def test_a_taken_port_is_told(start: Start, tmp_path: Path) -> None:
    """A port in use ends the start with one line and code 2."""
    _, url = start("haravan")
    port = url.rpartition(":")[2]
    command = [sys.executable, "-m", "sandbox", "meinvoice", "--port", port, "--data-dir", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)  # noqa: S603  # our own
    assert ended.returncode == 2
    assert port in ended.stderr
    assert "Traceback" not in ended.stderr
