"""Our labels as descriptions of a user's: they draw the same, with the same codes, from fields that ours have."""

import pytest

from labels.backends.zpl import zpl
from labels.errors import LabelError
from labels.gs1.elements import parse_elements
from labels.starting_point import source_of
from labels.template import templates
from labels.user_templates import compile_template, prove
from tests.labels.judges import Zplkit, read, size_in_dots

DESCRIBED = ("badge", "carton", "command_card", "digital_link", "gs1_datamatrix", "item", "location", "lpn", "return_label", "shipping", "sscc", "test_sheet")


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_label_of_ours_begins_as_a_description_that_is_proved(name):
    ours, mine = templates()[name], compile_template(source_of(templates()[name]))
    assert sorted(prove(mine)) == sorted(code.data.replace("\x1d", "<GS>") for code in ours.drawings(ours.sample)[0].codes)
    kinds = {one.name: one.kind for one in ours.fields}
    assert all(kinds[one.name] == one.kind for one in mine.fields)


CODES = {"badge": {"badge": "B-9", "name": "Bo"}, "carton": {"sscc": "006141411234567890", "order": "O-9"}, "command_card": {"code": "CMD-UNDO", "title": "Undo"},
         "gs1_datamatrix": {"gtin": "00614141000036", "lot": "Z"}, "item": {"code": "TEA-9", "name": "Tea", "gtin": "00614141000036"},
         "location": {"code": "W1-B-02-2"}, "lpn": {"code": "LPN00000077"}, "sscc": {"sscc": "006141411234567890"},
         "shipping": {"to_name": "Bo", "sscc": "006141411234567890", "tracking": "T-99999", "to_postcode": "1"}, "digital_link": {"gtin": "00614141000036"}}


@pytest.mark.parametrize("name", CODES)
def test_with_other_data_its_codes_say_what_ours_say(name):
    ours, mine = templates()[name], compile_template(source_of(templates()[name]))
    assert [code.data for code in mine.drawings(CODES[name])[0].codes] == [code.data for code in ours.drawings(CODES[name])[0].codes]


def test_a_case_has_another_code_than_a_piece_which_ours_prints_then():
    with pytest.raises(LabelError, match="needs 13 digits, it got '19506000134359'"):
        compile_template(source_of(templates()["item"])).drawings({"code": "A", "gtin": "19506000134359"})


def test_an_arrow_that_only_some_labels_have_is_left_out_and_one_that_all_have_stays():
    assert ['kind = "arrow"' in source_of(templates()[name]) for name in ("location", "test_sheet")] == [False, True]


def test_with_other_data_it_draws_what_ours_draws():
    ours, mine = templates()["lpn"], compile_template(source_of(templates()["lpn"]))
    values = {"code": "LPN00000077", "name": "Tea with lemon", "item": "TEA", "quantity": 9, "document": "ASN-9", "lot": "L9", "expiry": "2031-02-03"}
    assert zpl(mine.drawings(values)) == zpl(ours.drawings(values))


SSCC, GTIN = "095200000000000011", "09506000134352"
PALLETS = ({}, {"content_gtin": GTIN, "count": 12}, {"content_gtin": GTIN, "count": 7, "lot": "A/7", "expiry": "2031-02-03", "gross_weight_g": 1500},
           {"content_gtin": GTIN, "count": 7, "best_before": "2030-01-31", "production_date": "2029-01-31"})


@pytest.mark.parametrize("name", ["sscc", "digital_link"])
@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_a_renderer_that_is_not_ours_reads_from_both_the_same(name, dpi):
    ours, mine = templates()[name], compile_template(source_of(templates()[name]))
    seen = []
    for one in (ours, mine):
        drawing = one.drawings(ours.sample)[0]
        seen.append(sorted(read(Zplkit().draw(zpl([drawing], dpi), *size_in_dots(drawing, dpi), dpi), drawing.codes, dpi)))
    assert seen[0] == seen[1]
    assert {symbology for symbology, _ in seen[0]} == {"]C1" if name == "sscc" else "]Q1"}


@pytest.mark.parametrize("values", PALLETS)
def test_a_pallets_data_is_all_on_its_label_and_below_its_symbols(values):
    drawn = [templates()["sscc"], compile_template(source_of(templates()["sscc"]))]
    said = [sorted(pair for code in one.drawings({"sscc": SSCC, **values})[0].codes for pair in parse_elements(code.data)) for one in drawn]
    assert said[0] == said[1]
    below = "".join(text.text for text in drawn[1].drawings({"sscc": SSCC, **values})[0].elements if hasattr(text, "text"))
    assert [f"({ai}){value}" for ai, value in said[0] if ai != "00" and f"({ai}){value}" not in below] == []


def test_a_pallet_of_a_tonne_is_not_drawn_wrong():
    mine = compile_template(source_of(templates()["sscc"]))
    with pytest.raises(LabelError, match="AI 3303"):
        mine.drawings({"sscc": SSCC, "content_gtin": GTIN, "count": 1, "gross_weight_g": 1_000_000})


def test_a_symbol_may_be_completed_by_another_one_and_by_nothing_else():
    source = source_of(templates()["sscc"])
    with pytest.raises(LabelError, match="AI 02 also needs AI 37"):
        compile_template(source).drawings({"sscc": SSCC, "content_gtin": GTIN})
    with pytest.raises(LabelError, match="AI 02 also needs AI 37"):
        prove(compile_template(source.replace('["37", "{{count}}"]', '["21", "{{count}}"]')))


def test_a_link_begins_as_its_field_says():
    mine, values = compile_template(source_of(templates()["digital_link"])), {"gtin": GTIN, "lot": "A/7"}
    assert next(mine.drawings(values)[0].codes).data == f"https://id.gs1.org/01/{GTIN}/10/A%2F7"
    assert next(mine.drawings({**values, "domain": "http://shop.example:8080/x"})[0].codes).data == f"http://shop.example:8080/x/01/{GTIN}/10/A%2F7"
    for wrong in ("javascript:alert(1)", "https://a b", "ftp://x"):
        with pytest.raises(LabelError, match="no web address"):
            mine.drawings({**values, "domain": wrong})
    with pytest.raises(LabelError, match="no Digital Link: a key is missing"):
        compile_template(source_of(templates()["digital_link"]).replace('["01", "{{gtin}}"], ["10"', '["10"')).drawings({**values, "serial": "S1"})


@pytest.mark.parametrize(("name", "why"), [("packing_list", "a list of rows"), ("count_sheet", "a list of rows")])
def test_what_cannot_be_described_says_why(name, why):
    with pytest.raises(ValueError, match=why):
        source_of(templates()[name])
