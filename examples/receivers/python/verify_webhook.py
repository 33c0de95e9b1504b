"""Verifies a webhook by Standard Webhooks v1, with nothing but Python's standard library (3.8 or newer)."""

import base64
import binascii
import hashlib
import hmac
import re
import time


class SignatureError(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


def verify_webhook(body, headers, secrets, now=None, tolerance=300):
    """Raises SignatureError, unless one of `secrets` signed `body` (the raw bytes).

    `headers` has a `get` that takes any case, as those of Django, Flask and FastAPI do.
    """
    keys = [_decode_secret(secret) for secret in secrets]
    sent_id, timestamp, signatures = (
        _header(headers, name) for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    )
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", sent_id):
        raise SignatureError("invalid_header")
    if not re.fullmatch(r"0|[1-9][0-9]{0,10}", timestamp):
        raise SignatureError("invalid_timestamp")
    items = signatures.split(" ")
    if len(items) > 16 or not all(re.fullmatch(r"[^,]+,[^,]+", item) for item in items):
        raise SignatureError("invalid_header")
    age = int(time.time() if now is None else now) - int(timestamp)
    if age > tolerance:
        raise SignatureError("timestamp_too_old")
    if -age > tolerance:
        raise SignatureError("timestamp_too_new")

    content = f"{sent_id}.{timestamp}.".encode() + body
    for key in keys:
        digest = hmac.new(key, content, hashlib.sha256).digest()
        expected = b"v1," + base64.b64encode(digest)
        if any(hmac.compare_digest(item.encode(), expected) for item in items):
            return
    raise SignatureError("no_match")


def _header(headers, name):
    value = headers.get(name)
    if value is None:
        raise SignatureError("missing_header")
    return value


def _decode_secret(secret):
    prefix, encoded = secret[:6], secret[6:]
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise SignatureError("invalid_secret") from None
    is_exact = base64.b64encode(key).decode() == encoded
    if prefix != "whsec_" or not is_exact or not 24 <= len(key) <= 64:
        raise SignatureError("invalid_secret")
    return key
