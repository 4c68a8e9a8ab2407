"""Clients that insist on https: the shop speaks it, by a certificate that it gives away."""

import json
import socket
import ssl
import subprocess
import sys
from contextlib import closing
from http.client import HTTPSConnection

import pytest

from simulators.shops.shopify import ShopifyShop
from simulators.shops.tls import made
from simulators.shops.woocommerce import WooCommerceShop


@pytest.fixture
def pem(tmp_path):
    return tmp_path / "shop.pem"


def name_of(address, token, context):
    """What the shop at an address says that it is called."""
    with closing(HTTPSConnection(address.removeprefix("https://"), timeout=30, context=context)) as line:
        line.request("GET", "/admin/api/2026-01/shop.json", headers={"X-Shopify-Access-Token": token})
        return json.load(line.getresponse())["shop"]["name"]


def trusting(pem):
    context = ssl.create_default_context(cafile=str(pem))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def test_the_official_woocommerce_client_gives_its_key_plainly_over_tls(pem):
    from woocommerce import API  # noqa: PLC0415 - costs time that only this test shall pay
    shop = WooCommerceShop()
    try:
        shop.speak_tls(made(pem))
        shop.place([("A", 1)])
        shop.place([("A", 1)])
        client = API(url=shop.address, consumer_key="ck_seller", consumer_secret="cs_secret", timeout=30, verify_ssl=str(pem))
        answer = client.get("orders", params={"per_page": 1})
        assert answer.status_code == 200 and answer.headers["Link"].startswith("<https://127.0.0.1:")
    finally:
        shop.close()


def test_the_certificate_has_no_secret_and_is_trusted_by_the_strict(pem):
    shop = ShopifyShop()
    try:
        shop.speak_tls(made(pem))
        assert b"PRIVATE" not in pem.read_bytes()
        assert name_of(shop.address, shop.token, trusting(pem)) == "A shop"
        with pytest.raises(ssl.SSLCertVerificationError):
            name_of(shop.address, shop.token, ssl.create_default_context())
    finally:
        shop.close()


def test_several_shops_are_trusted_together(tmp_path):
    shops, all_ = [ShopifyShop(), ShopifyShop()], tmp_path / "all.pem"
    try:
        for number, shop in enumerate(shops):
            shop.speak_tls(made(tmp_path / f"{number}.pem"))
        all_.write_bytes(b"".join((tmp_path / f"{number}.pem").read_bytes() for number in range(2)))
        for shop in shops:
            assert name_of(shop.address, shop.token, trusting(all_)) == "A shop"
    finally:
        for shop in shops:
            shop.close()


def test_a_caller_that_never_agrees_keeps_nobody_waiting(pem, capsys):
    shop = ShopifyShop()
    try:
        shop.speak_tls(made(pem))
        with socket.create_connection(("127.0.0.1", shop.port), 30), socket.create_connection(("127.0.0.1", shop.port), 30) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
            plain.recv(100)
            assert name_of(shop.address, shop.token, trusting(pem)) == "A shop"
    finally:
        shop.close()
    assert capsys.readouterr().err == ""


def test_the_command_writes_the_certificate_before_it_says_where_it_is(pem):
    process = subprocess.Popen([sys.executable, "-m", "server.cli.main", "simulate", "shop", "shopify", "--tls", str(pem), "--json"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    try:
        told = json.loads(process.stdout.readline())
        assert name_of(told["address"], told["token"], trusting(pem)) == "A shop"
    finally:
        process.kill()
        process.communicate()
