"""Records what the provider's REST client sends for `messages.create`, and what it makes of an answer.

The client's own transport is used; only the host is turned to a recorder on this machine.
"""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit, urlunsplit

import wire
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

job = wire.read()
recorded = []


class Recorder(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        recorded.append(
            {
                "method": self.command,
                "path": self.path,
                "headers": [[name, value] for name, value in self.headers.items()],
                "body": body.decode("ascii"),
            }
        )
        answer = job["answer"]
        text = answer["body"].encode("utf-8")
        self.send_response(answer["status"])
        for name, value in answer["headers"]:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        """Keeps standard error for faults."""


class Loopback(TwilioHttpClient):
    def __init__(self, port):
        super().__init__(timeout=20)
        self.session.trust_env = False
        self.port = port
        self.host = None

    def request(self, method, url, **kwargs):
        parts = urlsplit(url)
        self.host = f"{parts.scheme}://{parts.netloc}"
        turned = urlunsplit(("http", f"127.0.0.1:{self.port}", parts.path, parts.query, ""))
        return super().request(method, turned, **kwargs)


server = HTTPServer(("127.0.0.1", 0), Recorder)
thread = threading.Thread(target=server.serve_forever, daemon=True)
thread.start()
transport = Loopback(server.server_port)
client = Client(job["account_sid"], job["auth_token"], http_client=transport)
try:
    outcome = {"sid": client.messages.create(**job["create"]).sid}
except TwilioRestException as fault:
    outcome = {"code": fault.code, "status": fault.status}
server.shutdown()
wire.write({"request": dict(recorded[0], host=transport.host), "outcome": outcome})
