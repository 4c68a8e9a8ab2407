from sqlalchemy import text

from server.cli.importing import import_file


def test_a_bad_line_is_told_with_its_number_and_stops_nothing_else(database, tmp_path):
    file = tmp_path / "items.csv"
    file.write_bytes("code,name,gtin,weight_g\nA,Äpfel,9506000134352,5\nB,Bad,9506000134353,1\nC,Cups,,x\n"
                     "D,Dates\nE,苹果,,7\n".encode() + b"F,\xff\xfe,,1\n")
    report = import_file(database, "items", file)
    assert (report["done"], report["failed"]) == (2, 4)
    assert [one["line"] for one in report["errors"]] == [3, 4, 5, 7]
    codes = database.read(lambda tx: [row.code for row in tx.rows(text("SELECT code FROM item ORDER BY code"))])
    assert codes == ["A", "E"]


def test_a_file_twice_changes_nothing(database, tmp_path):
    file = tmp_path / "items.csv"
    file.write_text("\ufeffcode,name,gtin\nA,Apples,9506000134352\n", encoding="utf-8")
    assert [import_file(database, "items", file)["done"] for _ in range(2)] == [1, 1]
