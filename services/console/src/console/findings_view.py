"""Findings of a check, as a table and as JSON."""

from collections.abc import Sequence
from typing import Any

from shops.findings import Finding

from console.output import Column
from console.session import Session


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return a finding with its texts in both languages."""
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "where": finding.where,
        "what": finding.what._asdict(),
        "remedy": finding.remedy._asdict(),
    }


def print_findings(session: Session, findings: Sequence[Finding]) -> None:
    """Print findings as a table, if there are any."""
    if not findings:
        return
    columns = [
        Column("", whole=True),
        Column(session.word("place"), whole=True),
        Column(session.word("what")),
        Column(session.word("remedy")),
    ]
    session.out.table(columns, [_row(session, found) for found in findings])


def _row(session: Session, finding: Finding) -> list[str]:
    return [
        session.word(f"severity-{finding.severity.value}"),
        finding.where,
        finding.what.in_language(session.language),
        finding.remedy.in_language(session.language),
    ]
