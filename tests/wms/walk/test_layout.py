import pytest

from server.kernel.errors import Invalid
from server.wms.walk import layout_of


@pytest.mark.parametrize(("change", "where"), [
    ({"aisles": []}, "aisles"), ({"aisles": [0, 0]}, "aisles"), ({"aisles": [0, "a"]}, "aisles[1]"),
    ({"cross_aisles": [0, float("nan")]}, "cross_aisles[1]"), ({"depot": [1, 0]}, "depot"), ({"end": "x"}, "end"),
    ({"picks": [[9, 1]]}, "picks[0]"), ({"picks": [[0]]}, "picks[0]"), ({"picks": None}, "picks"),
])
def test_a_wrong_layout_is_told_where(change, where):
    document = {"aisles": [0, 3], "cross_aisles": [0, 10], "depot": [0, 0], "picks": [[0, 1]]}
    with pytest.raises(Invalid) as error:
        layout_of({**document, **change})
    assert where in str(error.value.sentence)
