"""In which province a Chinese postcode lies, by its first two digits."""

_BEGINNINGS = {
    "北京市": "10", "天津市": "30", "上海市": "20", "重庆市": "40", "河北省": "05 06 07", "山西省": "03 04", "内蒙古自治区": "01 02", "辽宁省": "11 12",
    "吉林省": "13", "黑龙江省": "15 16", "江苏省": "21 22", "浙江省": "31 32", "安徽省": "23 24", "福建省": "35 36", "江西省": "33 34", "山东省": "25 26 27",
    "河南省": "45 46 47", "湖北省": "43 44", "湖南省": "41 42", "广东省": "51 52", "广西壮族自治区": "53 54", "海南省": "57", "四川省": "61 62 63 64",
    "贵州省": "55 56", "云南省": "65 66 67", "西藏自治区": "85", "陕西省": "71 72", "甘肃省": "73 74", "青海省": "81", "宁夏回族自治区": "75",
    "新疆维吾尔自治区": "83 84",
}
_ALSO = {"内蒙古自治区": "13 16"}
"""What lies across the border of the province whose post brings it."""
_PROVINCE = {beginning: province for province, some in _BEGINNINGS.items() for beginning in some.split()}


def province_of(postcode: str) -> str:
    """The province whose postcodes begin like this; "" where none does."""
    return _PROVINCE.get(postcode[:2], "")


def lies_in(postcode: str, province: str) -> bool:
    """Whether it may be one of a province's; so it may be of one whose beginnings we do not know."""
    return province not in _BEGINNINGS or postcode[:2] in f"{_BEGINNINGS[province]} {_ALSO.get(province, '')}".split()
