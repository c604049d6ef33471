"""Who may be spoken to."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from scraper_backend.core.errors import UsageError
from scraper_backend.scraping.fetch.address import parse
from scraper_backend.scraping.fetch.guard import AllowList, Guard, GuardedResolver, PrivateAddress, is_public


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "2002:808:808::", "64:ff9b::808:808"]
)
def test_public_addresses(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.169.254", "0.0.0.0",
        "0.1.2.3",         "192.0.0.1", "198.18.0.1",
        "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "ff02::1", "ff0e::1", "2001:db8::1",
        "3fff::1", "2001:0:1::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808",
    ],
)  # fmt: skip
def test_addresses_that_are_not_everybodys(text: str) -> None:
    assert not is_public(ip_address(text))


def test_an_allow_list_holds_hosts_ports_and_ranges() -> None:
    allow = AllowList.from_text("127.0.0.1:8801, Shop.Local, 10.0.0.0/8, [::1]:9000")

    assert allow.names_host("127.0.0.1", 8801)
    assert allow.names_host("shop.local", 1234)
    assert allow.names_host("10.9.9.9", 80)
    assert allow.names_host("::1", 9000)
    assert allow.admits(ip_address("::ffff:10.0.0.1"), 80)
    assert not allow.names_host("127.0.0.1", 8802)
    assert not allow.names_host("127.0.0.2", 8801)
    assert not allow.names_host("evil.shop.local", 80)
    assert not allow.admits(ip_address("11.0.0.1"), 80)


def test_every_fault_of_an_allow_list_is_named_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        AllowList.from_text("10.0.0.0/99, fine.example, http://x/, 300.1.1.1, *")

    assert "10.0.0.0/99, http://x/, 300.1.1.1, *;" in str(caught.value)


def test_the_allow_list_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNNER_ALLOW_PRIVATE_HOSTS", raising=False)
    assert AllowList() == AllowList.from_environment()

    monkeypatch.setenv("RUNNER_ALLOW_PRIVATE_HOSTS", "127.0.0.1:1")
    assert AllowList.from_text("127.0.0.1:1") == AllowList.from_environment()


@pytest.mark.parametrize(
    "url", ["http://localhost/", "http://a.localhost:80/", "http://127.1/", "http://[::1]/"]
)
def test_this_machine_is_refused_by_every_name(url: str) -> None:
    at = parse(url)
    assert at is not None

    assert "a private address" in Guard(AllowList()).refusal(at)
    assert "" == Guard(AllowList.from_text("127.0.0.1,::1")).refusal(at)


async def resolve(answer: list[str], allow: str = "", host: str = "shop.example") -> list[str]:
    async def lookup(host: str, port: int) -> list[str]:
        return answer

    resolver = GuardedResolver(AllowList.from_text(allow), lookup)
    return [found["host"] for found in await resolver.resolve(host, 80)]


async def test_a_name_answers_with_its_public_addresses() -> None:
    assert ["8.8.8.8", "2001:4860:4860::8888"] == await resolve(["8.8.8.8", "2001:4860:4860::8888"])


@pytest.mark.parametrize(
    "answer", [["10.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["fe80::1%eth0"], ["::ffff:127.0.0.1"]]
)
async def test_a_name_with_a_private_address_is_refused(answer: list[str]) -> None:
    with pytest.raises(PrivateAddress, match=r"shop\.example leads to"):
        await resolve(answer)


async def test_what_the_operator_named_is_connected_to() -> None:
    assert ["127.0.0.1"] == await resolve(["::1", "127.0.0.1"], "127.0.0.1:80")
    assert ["10.0.0.1"] == await resolve(["10.0.0.1"], "shop.example")
    assert ["10.0.0.1"] == await resolve(["10.0.0.1"], "10.0.0.0/24")
