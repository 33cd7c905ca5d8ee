"""Servers for a machine that has none: PostgreSQL, Valkey and an SMTP sink, started and ended with the portal.

For development, demonstration and tests. A production installation names its own servers in DATABASE_URL, REDIS_URL
and EMAIL_URL, and nothing in here is started.
"""
