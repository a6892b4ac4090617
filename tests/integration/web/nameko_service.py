"""A nameko service around a slow little site; run as a program, it says its port and stops at the end of its input.

With a certificate and its key as arguments it speaks HTTPS.
"""

import sys

import eventlet
from eventlet import tpool

eventlet.monkey_patch()

import time  # noqa: E402
from types import SimpleNamespace  # noqa: E402

from flask import Flask, Response, request  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402

from shared.observability.logs import configure  # noqa: E402
from shared.web.nameko import website  # noqa: E402


def build(config):
    app = Flask(__name__, static_folder=None)

    @app.get("/quick")
    def quick():
        return str(config["WORDS"])

    @app.get("/scheme")
    def scheme():
        return request.scheme

    @app.get("/slow")
    def slow():
        def parts():
            yield "begun\n" * 2000
            time.sleep(float(seconds))
            yield "finished"

        seconds = request.args["seconds"]
        return Response(parts())

    @app.post("/refuse")
    def refuse():
        return Response("not read", 413)

    return app


class Wired:
    """As a service's wiring, with nothing to say to a broker."""

    messaging = SimpleNamespace(declare=None)

    def __init__(self, config):
        self.site = build(config)

    def close(self):
        say("closed")


class Service:
    name = "tiny"
    wire = Wired

    @website
    def site(self):
        """The whole site; nameko never calls this."""


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main():
    configure()
    tls = dict(zip(("WEB_CERTIFICATE", "WEB_KEY"), sys.argv[1:], strict=False))
    container = ServiceContainer(Service, {"WEB_SERVER_ADDRESS": "127.0.0.1:0", "WORDS": "hello", **tls})
    container.start()
    (entrypoint,) = container.entrypoints
    say(entrypoint.port)
    tpool.execute(sys.stdin.readline)
    began = time.monotonic()
    container.stop()
    container.wait()
    say(round(time.monotonic() - began, 2))


if __name__ == "__main__":
    main()
