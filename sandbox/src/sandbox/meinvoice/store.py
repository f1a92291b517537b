"""The tables of the meInvoice stand-in, and what is issued as a row of them."""

from collections.abc import Mapping

from sandbox.common import faults, options, requests

SCHEMA = f"""
{faults.SCHEMA}{options.SCHEMA}{requests.SCHEMA}
CREATE TABLE IF NOT EXISTS accounts (tax_code TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, tax_code TEXT NOT NULL, issued_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS token_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT, tax_code TEXT NOT NULL, at TEXT NOT NULL, outcome TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS invoices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tax_code TEXT NOT NULL, ref_id TEXT NOT NULL COLLATE NOCASE, transaction_id TEXT NOT NULL UNIQUE,
    base TEXT NOT NULL, year INTEGER NOT NULL, series TEXT NOT NULL, number INTEGER NOT NULL, inv_date TEXT NOT NULL,
    inv_code TEXT, sign_type INTEGER NOT NULL, body TEXT NOT NULL, content TEXT NOT NULL, request INTEGER NOT NULL,
    issued_at TEXT NOT NULL, visible_at TEXT NOT NULL, verdict_at TEXT NOT NULL, refused INTEGER NOT NULL,
    UNIQUE (tax_code, ref_id), UNIQUE (tax_code, base, year, number));
CREATE INDEX IF NOT EXISTS invoices_by_date ON invoices (tax_code, base, inv_date);
CREATE TABLE IF NOT EXISTS overlaps (
    id INTEGER PRIMARY KEY AUTOINCREMENT, tax_code TEXT NOT NULL, base TEXT NOT NULL,
    first_request INTEGER NOT NULL, second_request INTEGER NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refusals (
    id INTEGER PRIMARY KEY AUTOINCREMENT, tax_code TEXT NOT NULL, series TEXT, ref_id TEXT, code TEXT NOT NULL,
    description TEXT NOT NULL, request INTEGER NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS created (
    transaction_id TEXT PRIMARY KEY, tax_code TEXT NOT NULL, ref_id TEXT NOT NULL COLLATE NOCASE,
    series TEXT NOT NULL, number INTEGER, inv_date TEXT NOT NULL, xml TEXT NOT NULL, body TEXT NOT NULL,
    request INTEGER NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pending (
    id INTEGER PRIMARY KEY AUTOINCREMENT, tax_code TEXT NOT NULL, ref_id TEXT NOT NULL COLLATE NOCASE,
    series TEXT NOT NULL, inv_date TEXT NOT NULL, body TEXT NOT NULL, sign_type INTEGER NOT NULL,
    request INTEGER NOT NULL, at TEXT NOT NULL, due_at TEXT NOT NULL, visible_after REAL NOT NULL,
    refused INTEGER NOT NULL, original TEXT, lost TEXT, UNIQUE (tax_code, ref_id));
CREATE INDEX IF NOT EXISTS pending_by_time ON pending (due_at) WHERE lost IS NULL;
CREATE TABLE IF NOT EXISTS views (
    key TEXT PRIMARY KEY, tax_code TEXT NOT NULL, kind TEXT NOT NULL, content TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, tax_code TEXT NOT NULL, transaction_id TEXT NOT NULL, receiver_name TEXT,
    receiver_email TEXT NOT NULL, cc_email TEXT, reply_email TEXT, cause TEXT NOT NULL, sent INTEGER NOT NULL,
    at TEXT NOT NULL);
"""

LATER_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "invoices": {
        "einvoice_status": "INTEGER",
        "original": "TEXT",
        "sent_at": "TEXT NOT NULL DEFAULT ''",
        "xml": "TEXT",
        "passing_status": "INTEGER",
        "passing_until": "TEXT",
        "seller": "TEXT",
    }
}
"""Columns of `invoices` that files of an earlier version do not have: what it has become (7 replaced, 8 adjusted,
2 cancelled; null for as issued), the key of the original it corrects, when it is sent to the tax authority, its
XML (signed outside, or made for its first download), what it is until the tax authority refuses the correction that
made it so, and the seller's name on it."""
