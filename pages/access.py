"""Who may open the page: this machine, those who know a password, or everyone."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from index.errors import AccessError
from pages.guard import is_local

VARIABLE = "CHENGWEN_PASSWORD"
SHORTEST = 8  # characters of a password


@dataclass(frozen=True)
class Access:
    """Where the page listens and whom it lets in.

    Attributes:
        host: Address to listen on.
        password: What is asked for; empty for nothing.
        editable: Whether visitors may change the library.
    """

    host: str = "127.0.0.1"
    password: str = ""
    editable: bool = True

    @property
    def local(self) -> bool:
        """Whether only this machine can reach the page."""
        return is_local(self.host)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add --host, --password and --open."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1: this machine only)")
    parser.add_argument("--password", action="store_true", help=f"let in who knows a password: {VARIABLE}, or asked for at the start")
    parser.add_argument("--open", action="store_true", help="let in everyone who reaches the page; they cannot change the library")


def access(options: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> Access:
    """Decide from the options of the command. The password never stands on the command line, where all users see it.

    Raises:
        AccessError: the page would be open to others without a word about it, or the password cannot be taken.
    """
    if options.password and options.open:
        raise AccessError("--password and --open exclude each other; choose one")
    found = Access(options.host, _password(environment) if options.password else "", not options.open)
    if not found.local and not found.password and not options.open:
        raise AccessError(
            f"--host {options.host} opens the page to other machines; add --password, or --open to let everyone in (the library is then read-only)"
        )
    return found


def _password(environment: Mapping[str, str]) -> str:
    word = environment.get(VARIABLE, "")
    if not word and not sys.stdin.isatty():
        raise AccessError(f"--password needs a password: set {VARIABLE}, or start at a terminal to be asked")
    word = word or getpass.getpass("password for the page: ")
    if len(word) < SHORTEST or not word.isprintable():
        raise AccessError(f"the password has {len(word)} characters; take at least {SHORTEST}, all printable")
    return word
