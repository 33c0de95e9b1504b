"""Prints what verify_webhook says of each request on standard input: see ../README.md."""

import base64
import sys

from verify_webhook import SignatureError, verify_webhook

NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")

for line in sys.stdin:
    *fields, now, tolerance = line.rstrip("\n").split("\t")
    body, secrets, *values = fields
    headers = {name: base64.b64decode(value).decode() for name, value in zip(NAMES, values) if value != "-"}
    keys = [base64.b64decode(secret).decode() for secret in secrets.split(",")[1:]]
    try:
        verify_webhook(base64.b64decode(body), headers, keys, int(now), int(tolerance))
        print("ok")
    except SignatureError as error:
        print(error.code)
