"""Our labels as descriptions of a user's: they draw the same, with the same codes, from fields that ours have."""

import pytest

from labels.backends.zpl import zpl
from labels.starting_point import source_of
from labels.template import templates
from labels.user_templates import compile_template, prove

DESCRIBED = ("badge", "carton", "command_card", "gs1_datamatrix", "item", "location", "lpn", "shipping", "test_sheet")


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_label_of_ours_begins_as_a_description_that_is_proved(name):
    ours, mine = templates()[name], compile_template(source_of(templates()[name]))
    assert sorted(prove(mine)) == sorted(code.data.replace("\x1d", "<GS>") for code in ours.drawings(ours.sample)[0].codes)
    kinds = {one.name: one.kind for one in ours.fields}
    assert all(kinds[one.name] == one.kind for one in mine.fields)


def test_with_other_data_it_draws_what_ours_draws():
    ours, mine = templates()["lpn"], compile_template(source_of(templates()["lpn"]))
    values = {"code": "LPN00000077", "name": "Tea with lemon", "item": "TEA", "quantity": 9, "document": "ASN-9", "lot": "L9", "expiry": "2031-02-03"}
    assert zpl(mine.drawings(values)) == zpl(ours.drawings(values))


@pytest.mark.parametrize(("name", "why"), [("packing_list", "a list of rows"), ("digital_link", "in another way than it was given")])
def test_what_cannot_be_described_says_why(name, why):
    with pytest.raises(ValueError, match=why):
        source_of(templates()[name])
