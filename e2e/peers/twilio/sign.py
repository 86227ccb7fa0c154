"""Signs a call as the provider would."""

import wire
from twilio.request_validator import RequestValidator

job = wire.read()
signature = RequestValidator(job["token"]).compute_signature(
    job["url"], wire.Fields(job["params"]), job.get("algorithm")
)
wire.write({"signature": signature})
