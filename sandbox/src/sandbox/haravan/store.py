"""The tables of the Haravan stand-in."""

from sandbox.common import faults, options, requests

SCHEMA = f"""
{faults.SCHEMA}{options.SCHEMA}{requests.SCHEMA}
CREATE TABLE IF NOT EXISTS shops (org_id TEXT PRIMARY KEY, access_token TEXT UNIQUE NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS orders (
    org_id TEXT NOT NULL, id INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    processed_at TEXT, state TEXT NOT NULL, financial_status TEXT, fulfillment_status TEXT, body TEXT NOT NULL,
    PRIMARY KEY (org_id, id));
CREATE INDEX IF NOT EXISTS orders_by_change ON orders (org_id, updated_at);
CREATE TABLE IF NOT EXISTS resources (
    org_id TEXT NOT NULL, kind TEXT NOT NULL, id INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (org_id, kind, id));
CREATE TABLE IF NOT EXISTS subscriptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, org_id TEXT NOT NULL, url TEXT NOT NULL, kind TEXT NOT NULL,
    secret TEXT NOT NULL, topics TEXT NOT NULL, state TEXT NOT NULL, reason TEXT,
    failures INTEGER NOT NULL DEFAULT 0, last_success_at TEXT, UNIQUE (org_id, url, kind));
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, org_id TEXT NOT NULL, subscription INTEGER NOT NULL, topic TEXT NOT NULL,
    resource_id TEXT, test INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL, state TEXT NOT NULL,
    created_at TEXT NOT NULL, due_at TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due_at);
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, delivery INTEGER NOT NULL, number INTEGER NOT NULL,
    started_at TEXT NOT NULL, elapsed REAL NOT NULL, status INTEGER, error TEXT);
CREATE INDEX IF NOT EXISTS attempts_of ON attempts (delivery);
"""
