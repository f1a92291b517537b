"""What the command line does without any server: help, language, environment, words."""

import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest
from console.cli import app, language_of
from console.environment import load_environment
from console.output import money
from console.texts import word
from support.shops import EXAMPLES
from typer.testing import CliRunner

COMMANDS = ("config", "status", "orders", "invoices", "lanes", "products", "customers", "dead-letters")


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Run commands with no server to be found."""
    for name in ("KAFKA_BOOTSTRAP_SERVERS", "MONGO_URL", "HOADON_SECRET_KEYS"):
        monkeypatch.delenv(name, raising=False)
    return CliRunner()


def test_help_names_every_command(runner: CliRunner) -> None:
    """The help lists the commands and the exit codes."""
    result = runner.invoke(app, ["--help"])
    assert result.exit_code == 0
    assert all(command in result.stdout for command in COMMANDS)
    assert "Exit codes" in result.stdout


def test_help_imports_no_driver() -> None:
    """The help is quick because nothing heavy is imported for it."""
    code = (
        "import sys; from console.cli import app; "
        "heavy = {'motor', 'pymongo', 'aiokafka', 'httpx', 'pydantic', 'faststream', 'rich'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert done.returncode == 0, done.stderr


def test_importing_is_quick() -> None:
    """Nothing but the commands' signatures is made at import: well under half a second of work."""
    code = "import time; began = time.process_time(); import console.cli; print(time.process_time() - began)"
    spent = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)  # noqa: S603 - ours
        for _ in range(3)
    ]
    assert min(spent) < 0.5


@pytest.mark.parametrize("arguments", (["orders", "list", "--state", "nonsense"], ["nonsense"], ["config", "export"]))
def test_wrong_usage_is_2(runner: CliRunner, arguments: list[str]) -> None:
    """Wrong usage ends with 2."""
    assert runner.invoke(app, arguments).exit_code == 2


@pytest.mark.parametrize(
    ("variables", "expected"),
    (
        ({}, "vi"),
        ({"LANG": "C.UTF-8"}, "vi"),
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "vi_VN.UTF-8"}, "vi"),
    ),
)
def test_language_follows_the_locale(variables: dict[str, str], expected: str) -> None:
    """English for an English locale, Vietnamese otherwise."""
    assert language_of(variables) == expected


def test_environment_file(tmp_path: Path) -> None:
    """The file sets what is not set, in either spelling, and nothing else."""
    file = tmp_path / "env"
    file.write_text("# a comment\nexport A='x y'\nB=2\nC=\"3\"\nD='unfinished\n\nexport MONGO_URL='mongodb://u:p@h/'\n")
    environment = {"B": "given"}
    load_environment(file, environment)
    assert environment == {"A": "x y", "B": "given", "C": "3", "MONGO_URL": "mongodb://u:p@h/"}


def test_no_environment_file(tmp_path: Path) -> None:
    """Without the file nothing happens."""
    environment: dict[str, str] = {}
    load_environment(tmp_path / "none", environment)
    assert environment == {}


@pytest.mark.parametrize(("language", "expected"), (("vi", "MONGO_URL"), ("en", "run in the folder of `make up`")))
def test_missing_settings_are_one_line(runner: CliRunner, language: str, expected: str) -> None:
    """A command without its settings says which, in one line, and ends with 2."""
    result = runner.invoke(app, ["--lang", language, "config", "list"])
    assert result.exit_code == 2
    assert expected in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_unreachable_mongodb_is_one_line(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    """MongoDB away is one line that names the host and never the password, within seconds."""
    monkeypatch.setenv("MONGO_URL", "mongodb://user:sup3r@127.0.0.1:1/?directConnection=true")
    monkeypatch.setenv("MONGO_TIMEOUT", "0.5")
    began = time.monotonic()
    result = runner.invoke(app, ["--lang", "en", "orders", "list"])
    assert result.exit_code == 2
    assert "127.0.0.1:1" in result.stderr
    assert "sup3r" not in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert time.monotonic() - began < 20


def test_file_is_checked_without_a_server(runner: CliRunner, tmp_path: Path) -> None:
    """A file can be looked at with nothing running; what is wrong is named with its line."""
    file = tmp_path / "shop.yaml"
    file.write_text((EXAMPLES / "one-company.yaml").read_text().replace("env:", "made-up-"))
    good = runner.invoke(app, ["--lang", "en", "config", "check", "--offline", "--file", str(file)])
    first = good.stdout.partition("\n")[0]  # December has reminders below it
    assert (good.exit_code, first) == (0, "cua-hang-mau (Cửa hàng mẫu): 0 errors, 0 warnings")
    file.write_text(file.read_text().replace("sign_type: 2", "sign_type: 9"))
    bad = runner.invoke(app, ["--lang", "en", "config", "check", "--offline", "--file", str(file)])
    assert bad.exit_code == 1
    assert f"{file}: accounts[0].series[0].sign_type, line 25: must be one of: " in bad.stderr


@pytest.mark.parametrize("file", ("/nowhere/shop.yaml", "/"))
def test_unreadable_file(runner: CliRunner, file: str) -> None:
    """A file that cannot be read is named, and the exit code is 2."""
    result = runner.invoke(app, ["--lang", "en", "config", "check", "--offline", "--file", file])
    assert result.exit_code == 2
    assert f"file {file} cannot be read" in result.stderr


@pytest.mark.parametrize(
    ("text", "expected"), (("", "{file}: the file is empty"), ("shop: a\n\tname: b\n", "{file}, line 2: this is not"))
)
def test_a_fault_of_the_whole_file_names_it(runner: CliRunner, tmp_path: Path, text: str, expected: str) -> None:
    """Without a place inside the document, file and line stand alone."""
    file = tmp_path / "shop.yaml"
    file.write_text(text)
    result = runner.invoke(app, ["--lang", "en", "config", "check", "--offline", "--file", str(file)])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"hoadon: {expected.format(file=file)}")


def test_money_is_grouped() -> None:
    """Amounts are read as in Vietnam, without digits that say nothing."""
    amounts = (1234567, 0, None, "", Decimal("5500000.0"), Decimal("2.50"), Decimal("-1234.5"), Decimal("1E+6"))
    assert [money(amount) for amount in amounts] == [
        "1.234.567",
        "0",
        "",
        "",
        "5.500.000",
        "2,5",
        "-1.234,5",
        "1.000.000",
    ]


def test_words_take_values() -> None:
    """A text has its values filled in, in both languages."""
    assert word("no-shop", "vi", shop="a") != word("no-shop", "en", shop="a")
