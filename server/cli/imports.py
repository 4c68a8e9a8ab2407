"""`aisle import`."""

from pathlib import Path

import click

from server.cli.common import say, with_database
from server.cli.papers import PAPERS, import_papers
from server.masterdata.csv_files import ENCODINGS
from server.masterdata.importing import COLUMNS, import_file


@click.command("import")
@click.argument("kind", type=click.Choice(sorted([*COLUMNS, *PAPERS])))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--encoding", type=click.Choice(ENCODINGS), default="utf-8", show_default=True,
              help="How the file is written; gb18030 is what a Chinese Excel calls CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: done, repeated, failed, errors (line, what).")
@click.pass_context
def import_(context: click.Context, *, kind: str, file: Path, encoding: str, as_json: bool) -> None:
    """Bring in a CSV file with a header line; commas, semicolons or tabs separate its cells.

    \b
    items: code, name; also unit, gtin, case_quantity, case_gtin,
      pack_level, pack_quantity, pack_barcode (one more pack a line),
      weight_g, volume_ml, length_mm, width_mm, height_mm (of one piece),
      this_side_up, lot, expiry, serial, catch_weight (yes or no),
      abc, zone, picture, handling, price (of one piece, in
      the smallest unit of the currency). Columns that are not there stay as they are.
    locations: site, code; also kind, zone, rack, bin, aisle, level, x_mm,
      y_mm, z_mm, max_weight_g, max_volume_ml, max_lpns, mixing, abc.
    cartons: site, code, length_mm, width_mm, height_mm (inner sides); also
      max_weight_g (of the closed parcel), own_weight_g, cost, blocked,
      outer_length_mm, outer_width_mm, outer_height_mm (for carriers).
    orders, one line of the file for each line of an order: reference,
      site, item, quantity; also channel (csv if left out), customer,
      carrier, priority (1 to 9), cutoff (2026-11-30T16:00Z), lot, serial,
      name, street, postcode, city, country.
    asns, in the same way: code, site, item, quantity; also supplier,
      expected (a date or 2026-11-30T16:00Z), lot, expiry (a date), sscc,
      over_percent.

    Lines with the same reference (or code) are one order (or ASN). It is taken as a whole or not at all: a bad line is
    reported with its number and stops its own order, nothing else. What is known already is counted as repeated; the
    same file twice doubles nothing. When anything was refused, the command ends with 1.
    """  # noqa: D301 - click keeps the lines after a backspace as they are
    bring = import_file if kind in COLUMNS else import_papers
    report = with_database(context.obj, lambda database: bring(database, kind, file, encoding))
    said = f"{report['done']} {kind} brought in, {report['repeated']} known already, {report['failed']} refused."
    say(report, as_json, "\n".join([*(f"line {one['line']}: {one['what']}" for one in report["errors"]), said]))
    if report["failed"]:
        context.exit(1)
