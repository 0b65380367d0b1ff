"""What the bot of a world is told: tokens, and the text of its configuration file."""

from __future__ import annotations

from tests.fakes import jaas as account

SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BOT_TOKEN = "xoxb-w0rld-secret"
APP_TOKEN = "xapp-w0rld-secret"
OM_PASSWORD = "0m-pass-word-never-shown"
KID = f"{account.APP_ID}/ed85b6"

GRANTS = """
[[grants]]
role = "ADMINISTRATOR"
usergroups = ["S0ADMINS"]
[[grants]]
role = "OPERATOR"
usergroups = ["S0OPS"]
[[grants]]
role = "MEMBER"
users = ["U0MIA", "U0MAX", "U0MAYA"]
[[grants]]
role = "VIEWER"
users = ["U0VERA"]
"""
DIALING = """
[dialing]
allow = ["+33", "+40", "+49"]
[dialing.book]
oncall = "+33612345678"
"""
CONFIG = """
default_backend = "{default}"
timezone = "Europe/Paris"
{top}
[slack]
{slack}
[backends.jaas]
kind = "jaas"
base_url = "{jaas}"
app_id = "{app_id}"
key_id = "ed85b6"
private_key_file = "jaas.pem"
webhook_secrets = ["{webhook_secret}"]
[backends.meetings]
kind = "openmeetings"
base_url = "{meetings}"
username = "soap"
password = "{password}"
{meetings_more}
{pexip}
{lasuite}
{sbc}
{grants}
{dialing}
"""
