"""`python -m hearings`: one media process. The door's secret comes from PROCON_MEDIA_SECRET."""

import argparse
import asyncio
import logging
import os
import sys

import structlog

from hearings.captions.recogniser import ENGINES, engine_of
from hearings.config import MediaConfig
from hearings.negotiation import VIDEO_CODECS, VP8
from hearings.process import serve

SECRET = "PROCON_MEDIA_SECRET"  # noqa: S105 - the variable's name


def read_config(arguments: list[str], environment: dict[str, str]) -> MediaConfig:
    """Start values from the command line; exits with a sentence when they are unusable."""
    parser = argparse.ArgumentParser(prog="hearings", description="Media process of the video hearings")
    parser.add_argument("--door-host", default="127.0.0.1")
    parser.add_argument("--door-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--udp-port", type=int, default=0, help="0: any free port")
    parser.add_argument(
        "--address",
        action="append",
        default=[],
        metavar="ADDRESS[=LOCAL]",
        help="announced media address, repeatable; found by itself when left out",
    )
    parser.add_argument("--codec", choices=VIDEO_CODECS, default=VP8, help="of the pictures")
    parser.add_argument("--captions", default="", metavar="ENGINE:PLACE", help="the model of live captions")
    parser.add_argument("--child", action="store_true", help="end when standard input closes")
    parser.add_argument("--spare", action="store_true", help="as a child: begin at a line on standard input")
    given = parser.parse_args(arguments)
    secret = environment.get(SECRET, "")
    if len(secret) < 16:
        parser.error(f"{SECRET} must hold a secret of at least 16 characters")
    if given.captions:
        try:
            engine_of(given.captions)
        except ValueError:
            parser.error(f"--captions is ENGINE:PLACE, with an engine of {', '.join(ENGINES)}")
    return MediaConfig(
        secret=secret,
        door_host=given.door_host,
        door_port=given.door_port,
        udp_port=given.udp_port,
        addresses=tuple(given.address),
        codec=given.codec,
        child=given.child,
        spare=given.spare,
        captions=given.captions,
    )


def main() -> None:
    """Run the process on uvloop where there is one."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Standard output belongs to the one line a parent waits for.
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    config = read_config(sys.argv[1:], dict(os.environ))
    if sys.platform == "win32":
        asyncio.run(serve(config))
    else:
        import uvloop

        uvloop.run(serve(config))


if __name__ == "__main__":
    main()
