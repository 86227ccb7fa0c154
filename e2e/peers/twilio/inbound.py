"""Signs a webhook call with the provider's library and posts it to a loopback address."""

import sys
from urllib.parse import urlsplit

import requests
import wire
from twilio.request_validator import RequestValidator

job = wire.read()
if urlsplit(job["post_to"]).hostname not in ("127.0.0.1", "::1", "localhost"):
    sys.exit("post_to must be a loopback address")

params = wire.Fields(job["params"])
signature = RequestValidator(job["token"]).compute_signature(
    job.get("public_url", job["post_to"]), params
)
session = requests.Session()
session.trust_env = False
answer = session.post(
    job["post_to"],
    data=dict(params),
    headers={
        "X-Twilio-Signature": signature,
        "User-Agent": "TwilioProxy/1.1",
        "I-Twilio-Idempotency-Token": "7e57c0de-0000-4000-8000-00000000000f",
    },
    timeout=20,
)
wire.write(
    {
        "status": answer.status_code,
        "content_type": answer.headers.get("Content-Type", ""),
        "body": answer.text,
    }
)
