"""The tables of the meInvoice stand-in, and what is issued as a row of them."""

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
"""
