"""Countries by ISO 3166, and what people write instead of their codes."""

import unicodedata

CODES = frozenset(["AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW", "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI", "VN", "VU", "WF", "WS", "XK", "YE", "YT", "ZA", "ZM", "ZW"])
"""ISO 3166-1, and XK, which everybody uses for Kosovo."""
_NAMES = {
    "CN": "CHN China 中国 中华人民共和国 中国大陆", "HK": "HKG HongKong 香港 中国香港", "MO": "MAC Macao Macau 澳门 中国澳门", "TW": "TWN Taiwan 台湾 中国台湾",
    "US": "USA UnitedStates UnitedStatesofAmerica America 美国", "CA": "CAN Canada 加拿大", "GB": "GBR UK UnitedKingdom GreatBritain England Scotland Wales 英国",
    "IE": "IRL Ireland 爱尔兰", "DE": "DEU Germany Deutschland 德国", "FR": "FRA France 法国", "IT": "ITA Italy Italia 意大利", "ES": "ESP Spain España 西班牙",
    "PT": "PRT Portugal 葡萄牙", "NL": "NLD Netherlands TheNetherlands Nederland Holland 荷兰", "BE": "BEL Belgium België Belgique 比利时",
    "LU": "LUX Luxembourg 卢森堡", "AT": "AUT Austria Österreich 奥地利", "CH": "CHE Switzerland Schweiz Suisse 瑞士", "DK": "DNK Denmark Danmark 丹麦",
    "SE": "SWE Sweden Sverige 瑞典", "NO": "NOR Norway Norge 挪威", "FI": "FIN Finland Suomi 芬兰", "PL": "POL Poland Polska 波兰",
    "CZ": "CZE Czechia CzechRepublic 捷克", "SK": "SVK Slovakia 斯洛伐克", "HU": "HUN Hungary 匈牙利", "RO": "ROU Romania 罗马尼亚", "BG": "BGR Bulgaria 保加利亚",
    "GR": "GRC Greece 希腊", "TR": "TUR Turkey Türkiye 土耳其", "RU": "RUS Russia RussianFederation 俄罗斯", "UA": "UKR Ukraine 乌克兰", "IL": "ISR Israel 以色列",
    "SA": "SAU SaudiArabia 沙特 沙特阿拉伯", "AE": "ARE UnitedArabEmirates UAE 阿联酋", "ZA": "ZAF SouthAfrica 南非", "JP": "JPN Japan 日本",
    "KR": "KOR Korea SouthKorea RepublicofKorea 韩国", "SG": "SGP Singapore 新加坡", "MY": "MYS Malaysia 马来西亚", "TH": "THA Thailand 泰国",
    "VN": "VNM Vietnam VietNam 越南", "PH": "PHL Philippines 菲律宾", "ID": "IDN Indonesia 印度尼西亚 印尼", "IN": "IND India 印度", "PK": "PAK Pakistan 巴基斯坦",
    "KZ": "KAZ Kazakhstan 哈萨克斯坦", "AU": "AUS Australia 澳大利亚", "NZ": "NZL NewZealand 新西兰", "MX": "MEX Mexico México 墨西哥", "BR": "BRA Brazil Brasil 巴西",
    "AR": "ARG Argentina 阿根廷", "CL": "CHL Chile 智利", "CO": "COL Colombia 哥伦比亚"}


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in apart if sign.isalnum())


_CODE_OF = {_plain(name): code for code, names in _NAMES.items() for name in names.split()}
US_STATES = dict(one.split("=") for one in ["AL=Alabama", "AK=Alaska", "AZ=Arizona", "AR=Arkansas", "CA=California", "CO=Colorado", "CT=Connecticut", "DE=Delaware", "DC=DistrictofColumbia", "FL=Florida", "GA=Georgia", "HI=Hawaii", "ID=Idaho", "IL=Illinois", "IN=Indiana", "IA=Iowa", "KS=Kansas", "KY=Kentucky", "LA=Louisiana", "ME=Maine", "MD=Maryland", "MA=Massachusetts", "MI=Michigan", "MN=Minnesota", "MS=Mississippi", "MO=Missouri", "MT=Montana", "NE=Nebraska", "NV=Nevada", "NH=NewHampshire", "NJ=NewJersey", "NM=NewMexico", "NY=NewYork", "NC=NorthCarolina", "ND=NorthDakota", "OH=Ohio", "OK=Oklahoma", "OR=Oregon", "PA=Pennsylvania", "RI=RhodeIsland", "SC=SouthCarolina", "SD=SouthDakota", "TN=Tennessee", "TX=Texas", "UT=Utah", "VT=Vermont", "VA=Virginia", "WA=Washington", "WV=WestVirginia", "WI=Wisconsin", "WY=Wyoming", "PR=PuertoRico", "GU=Guam", "VI=VirginIslands", "AS=AmericanSamoa", "MP=NorthernMarianaIslands", "AA=ArmedForcesAmericas", "AE=ArmedForcesEurope", "AP=ArmedForcesPacific"])
CA_PROVINCES = dict(one.split("=") for one in ["AB=Alberta", "BC=BritishColumbia", "MB=Manitoba", "NB=NewBrunswick", "NL=NewfoundlandandLabrador", "NS=NovaScotia", "NT=NorthwestTerritories", "NU=Nunavut", "ON=Ontario", "PE=PrinceEdwardIsland", "QC=Quebec", "SK=Saskatchewan", "YT=Yukon"])
AU_STATES = dict(one.split("=") for one in ["ACT=AustralianCapitalTerritory", "NSW=NewSouthWales", "NT=NorthernTerritory", "QLD=Queensland", "SA=SouthAustralia", "TAS=Tasmania", "VIC=Victoria", "WA=WesternAustralia"])
STATES = {"US": US_STATES, "CA": CA_PROVINCES, "AU": AU_STATES}
"""Countries where a parcel goes nowhere without one of these."""


def country_code(text: str) -> str | None:
    """The code of what somebody wrote for a country; None when it means none."""
    code = text.strip().upper()
    return code if code in CODES else _CODE_OF.get(_plain(text))


def state_code(country: str, text: str) -> str | None:
    """The code of a state as its post writes it; None when there is none such."""
    names = STATES[country]
    code = _plain(text).upper()
    return code if code in names else next((one for one, name in names.items() if _plain(name) == _plain(text)), None)
