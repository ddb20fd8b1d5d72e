"""`cop journal`: prove what is on record, look into it, take it out."""

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from cop.journal.reading import JournalReader

_WHERE = click.argument("where", metavar="FILE|FOLDER", type=click.Path(path_type=Path))
_OPERATION = click.option("--operation", default="", metavar="NAME", help="Of this one, where a folder holds several.")
_CANNOT_BE_READ = 2


@click.group()
def journal() -> None:
    """What was said: prove that it is whole, look into it, take it out."""


@journal.command()
@_WHERE
@click.option(
    "--key",
    "key_files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PUB.pem",
    help="The desk's public key.",
)
@_OPERATION
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON.")
def verify(where: Path, *, key_files: tuple[Path, ...], operation: str, as_json: bool) -> None:
    """Prove a journal whole, or name the first record that was altered, removed, inserted or put elsewhere.

    FILE may be one that is being written. Exit code 0: whole; 1: not whole; 2: it cannot be read. Without --key,
    signatures are held against the key that stands in the file: whoever wrote the file may have put it there. With
    --key all signatures must be by that key (or one of several), and reach the end.
    """
    from cop.journal.keys import read_public_key
    from cop.journal.verifying import verify as verify_journal

    try:
        verdict = verify_journal(
            where, operation, keys=[read_public_key(one) for one in key_files], told=_progress("records proved")
        )
    except (OSError, ValueError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_CANNOT_BE_READ)
    click.echo(json.dumps(verdict.as_json(), indent=2) if as_json else verdict.text())
    sys.exit(0 if verdict.whole else 1)


@journal.command()
@_WHERE
@_OPERATION
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON.")
def info(where: Path, *, operation: str, as_json: bool) -> None:
    """Say what is on record: how much of whom, from when to when, starts, stops and gaps, size, signatures."""
    from cop.journal.contents import contents

    with _reader(where, operation) as reader:
        found = contents(reader)
        click.echo(json.dumps(found.as_json(), indent=2) if as_json else "\n".join(found.as_text()))
        _tell_unread(reader.unread)


@journal.command()
@_WHERE
@_OPERATION
@click.option("--from", "since", metavar="TIME", help="2026-11-22T14:30 (local), with Z or an offset, or 14:30.")
@click.option("--to", "until", metavar="TIME", help="As --from; a day alone is all of it. Both are included.")
@click.option("--agency", "agencies", multiple=True, metavar="ID", help="Messages of this agency; may be repeated.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="position, incident, task ...; may be repeated.")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", help="Default: jsonl.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Default: to the screen.")
def export(
    where: Path,
    *,
    operation: str,
    since: str | None,
    until: str | None,
    agencies: tuple[str, ...],
    kinds: tuple[str, ...],
    form: Any,
    out: Path | None,
) -> None:
    """Take records out, as lines of JSON or as CSV, in the order in which they came.

    A payload is given as it is where it is JSON, else as text, else as base64. Messages that hold several kinds
    ("mixed") come along with each kind. Snapshots, which the desk makes for itself, come only with --kind snapshot.
    Exit code 1 if something could not be read: what, is said.
    """
    from cop.journal.exporting import Wanted
    from cop.journal.exporting import export as export_records
    from cop.journal.moments import moment

    with _reader(where, operation) as reader, _written(out) as file:
        first, last = reader.first_at, reader.last_at
        try:
            begin = moment(since, first_at=first, last_at=last) if since is not None else -math.inf
            end = moment(until, first_at=first, last_at=last, end=True) if until is not None else math.inf
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        if begin > end:
            raise click.UsageError("--from is later than --to")
        blocks = reader.blocks_received(begin, end)
        told = export_records(blocks, Wanted(begin, end, agencies, kinds), form, file)
        unread = list(reader.unread)
    several = f", {told.mixed:,} of them of several kinds" if told.mixed and kinds else ""
    click.echo(f"{told.records:,} records{several}", err=True)
    _tell_unread(unread)


@journal.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def key(file: Path) -> None:
    """Make a key with which a desk signs its journal, and print the public one, with which others verify it."""
    from cop.journal.keys import fingerprint, make_key, read_public_key

    try:
        public = make_key(file)
        click.echo(public, nl=False)
        click.echo(f"{file} is the private key: it stays on this desk, readable for its owner alone.", err=True)
        click.echo("Name it as `key_file` in [journal] of cop.toml; give the public one to those who verify.", err=True)
        click.echo(f"Fingerprint (SHA-256): {fingerprint(read_public_key(file))}", err=True)
    except FileExistsError:
        raise click.ClickException(f"{file} exists: no key is overwritten") from None
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{file} could not be written: {error}") from None


@contextmanager
def _reader(where: Path, operation: str) -> "Iterator[JournalReader]":
    """The journal, closed again; what cannot be read ends the command with code 2."""
    from cop.journal.reading import JournalReader

    try:
        reader = JournalReader(where, operation)
    except (OSError, ValueError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_CANNOT_BE_READ)
    try:
        yield reader
    except BrokenPipeError:
        raise
    except OSError as error:
        raise click.ClickException(str(error)) from None
    finally:
        reader.close()


@contextmanager
def _written(out: Path | None) -> Iterator[TextIO]:
    """Where records go: a file, or standard output as UTF-8 whatever the terminal says."""
    if out is not None:
        with out.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    yield sys.stdout


def _tell_unread(unread: Iterable[str]) -> None:
    """Name what could not be read, and end with code 1 if there is something."""
    told = list(unread)
    for one in told:
        click.echo(f"not read: {one}", err=True)
    if told:
        sys.exit(1)


def _progress(what: str) -> Callable[[int], None]:
    """Tell a person who waits how far it is; nobody where standard error is no terminal."""
    if not sys.stderr.isatty():
        return lambda _: None
    return lambda count: click.echo(f"\r{count:,} {what} ...", err=True, nl=False)
