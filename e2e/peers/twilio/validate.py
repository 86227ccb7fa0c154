"""Judges a signature of ours with the provider's own validator."""

import wire
from twilio.request_validator import RequestValidator

job = wire.read()
valid = RequestValidator(job["token"]).validate(
    job["url"], wire.fields_of_body(job["body"]), job["signature"], job.get("algorithm")
)
wire.write({"valid": valid})
