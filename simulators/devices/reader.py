"""`aisle simulate reader`: an RFID reader, by LLRP or by the frames of serial modules."""

from collections.abc import Sequence
from pathlib import Path

import click

from labels.gs1.epc import EpcFault
from labels.gs1.epc_texts import encoded
from simulators.devices.wire import Device
from simulators.rfid.field import Field, Tag, UnknownTag, read_tags
from simulators.rfid.llrp import LlrpDevice
from simulators.rfid.uhf import A0Device, Uhf18Device
from simulators.simulate import run

MODELS: dict[str, type[LlrpDevice | A0Device | Uhf18Device]] = {"llrp": LlrpDevice, "r2000": A0Device, "uhfreader18": Uhf18Device}
_SOME = ("urn:epc:tag:sgtin-96:1.9506000.134352.1 antennas=1", "urn:epc:tag:sgtin-96:1.9506000.134352.2 antennas=1,2",
         "urn:epc:tag:sscc-96:2.9506000.1000000001 antennas=1,2 for=4 passages=1000 every=20", "E28011606000020000000001 antennas=2")
"""What stands there where no file is given."""


@click.command("reader")
@click.option("--listen", metavar="HOST:PORT", help="Listen here. LLRP readers listen at port 5084.")
@click.option("--link", type=click.Path(path_type=Path), help="Be a serial line under this name (not for LLRP).")
@click.option("--model", type=click.Choice(list(MODELS)), default="llrp", show_default=True, help="What it speaks.")
@click.option("--fault", "faults", multiple=True, metavar="NAME", help="Begin with this fault; may be given again.")
@click.option("--tags", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The tags, one a line: EPC antennas=1,2 from=0 for=3 passages=2 every=20 (seconds).")
@click.option("--speed", default=50.0, show_default=True, type=click.FloatRange(0.1, 20_000), help="Reads a second, all tags together.")
@click.option("--antennas", default=4, show_default=True, type=click.IntRange(1, 32), help="How many it has.")
@click.option("--json", "as_json", is_flag=True, help="Say where it listens as JSON.")
def COMMAND(*, listen: str | None, link: Path | None, model: str, faults: tuple[str, ...], file: Path | None, speed: float,  # noqa: N802
            antennas: int, as_json: bool) -> None:
    """An RFID reader. EPCs are hexadecimal or URIs (urn:epc:tag:..., urn:epc:id:...).

    Orders beside those of all devices: `tag LINE` puts a tag there, as a line of --tags; `remove EPC` takes one away.
    Faults of llrp: busy, drop, keepalive-lost, silent, antenna-off, rubbish, stranger, error-status, slow; of the others:
    drop, silent, antenna-off (r2000), rubbish, stranger, error-status, slow.
    """
    if link is not None and model == "llrp":
        raise click.UsageError("LLRP is spoken over TCP: use --listen HOST:PORT.")
    try:
        field = Field(read_tags(file.read_text("utf-8").splitlines() if file else _SOME), speed)
        device: Device = MODELS[model](field, faults, antennas)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    run(device, listen=listen, link=link, as_json=as_json, orders=lambda words: _obey(field, words))


def _obey(field: Field, words: Sequence[str]) -> bool:
    try:
        match words:
            case ["tag", *line] if line:
                field.add(Tag.of(" ".join(line)))
            case ["remove", text]:
                field.remove(encoded(text).data)
            case _:
                return False
    except (UnknownTag, EpcFault) as error:
        click.echo(str(error), err=True)
    return True
